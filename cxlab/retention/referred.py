"""Do customers who were referred stay longer?"""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from cxlab.codebook import label
from cxlab.lifetimes.asking import of_customers
from cxlab.lifetimes.design import FitError
from cxlab.lifetimes.spells import Spells
from cxlab.results import Result, count, listing, number
from cxlab.retention.hazards import hazards


@of_customers
def referred(
    watched: Spells,
    *,
    adjust: Sequence[str] = (),
    level: float = 0.95,
) -> Result:
    """Compare how long referred customers stay with others, as they are and like with like.

    Args:
        customers: one row per customer with `referred_by`.
        adjust: columns held equal, known at the start: region, product.

    Returns:
        term (`referred`, `referred, adjusted`), estimate (hazard ratio), std_error, conf_low,
        conf_high, p_value, coefficient, n, events.

    Raises:
        FitError: nobody was referred, or a column cannot be used.
    """
    if "referred_by" not in watched.frame.columns:
        raise FitError("there is no column 'referred_by'.")
    flag = watched.frame["referred_by"].notna()
    if not 0 < flag.sum() < len(flag):
        raise FitError(
            f"{count(int(flag.sum()), 'customer')} of {len(flag)} were referred: "
            "there is nothing to compare."
        )
    frame = watched.frame.assign(referred=flag.astype(float))
    watched = replace(watched, frame=frame)
    raw = hazards(watched, covariates=["referred"], level=level)
    parts, notes = [raw.frame], raw.notes
    if adjust:
        held = hazards(watched, covariates=["referred", *adjust], level=level)
        parts.append(held.frame.iloc[:1].assign(term="referred, adjusted"))
        notes = held.notes
    table = pd.concat(parts, ignore_index=True)
    row = table.iloc[-1]
    apart = not row["conf_low"] <= 1 <= row["conf_high"]
    alike = f" alike in {listing([label(name) for name in adjust])}" if adjust else ""
    return Result(
        name="referred customers",
        frame=table,
        headline=f"Referred customers leave {'less' if row['estimate'] < 1 else 'more'} "
        f"often than others{alike} (hazard ratio {number(row['estimate'], 2)}, "
        f"{number(row['conf_low'], 2)} to {number(row['conf_high'], 2)})."
        if apart
        else f"No detectable difference in stay between referred and other customers{alike}.",
        method=raw.method,
        base=f"{watched.base}; {count(int(flag.sum()))} were referred",
        notes=notes,
        unit="ratio",
    )
