"""What is a customer worth who has no contract? The likeliest model, tested, then asked."""

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cxlab.lifetimes.buyers import Buyers, OrdersError, buyers, days_of_purchase
from cxlab.lifetimes.design import FitError
from cxlab.lifetimes.spells import DAYS
from cxlab.results import Result, count, number
from cxlab.value.buying import buying
from cxlab.value.lifetime import lifetime_value
from cxlab.value.outlook import held_out, outlook, tracking
from cxlab.value.workings.purchasing import EVERYBODY, MODELS, Buying

#: How far off a model may have been, where it was tested, for its value to stand as it is.
NEAR = 0.1
#: How many times the time watched a value may reach ahead: further it is assumed, then not told.
AHEAD, TOO_FAR = 2, 10


@dataclass(frozen=True, eq=False)
class Unbound:
    """What is expected of customers who are free to fall silent.

    Attributes:
        fit: the model chosen, fitted to the first half of the time.
        tracked: repeat purchases over the calendar, those expected and those that came.
        held: purchases in the second half, by how often customers had bought before.
        value: what customers will bring from the last day on, and how many are still there.
    """

    fit: Buying
    tracked: Result
    held: Result
    value: Result


def unbound(
    orders: Any,
    *,
    months: float = 12.0,
    discount: float = 0.1,
    as_of: Any,
    level: float = 0.95,
    n_boot: int = 200,
    seed: int = 0,
) -> Unbound:
    """Value customers without contract by their orders alone, and test the model that does it.

    Args:
        orders: as for `buyers`.
        months: how far ahead money is counted.
        discount: yearly rate.
        as_of: the last day known; the model is fitted to the first half of the time before it
            and tested on the second, then fitted to all of it.
        level: confidence level.
        n_boot: resamples of customers.
        seed: of the resampling.

    Raises:
        OrdersError: there are no orders, or they span no time.
        FitError: too few bought more than once.
    """
    known = buyers(orders, as_of=as_of)
    first = pd.Timestamp(days_of_purchase(orders)["day"].min().execute()).normalize()
    middle = (first + (known.as_of - first) / 2).normalize()
    if middle <= first:
        raise OrdersError(
            f"the orders run from {first:%Y-%m-%d} to {known.as_of:%Y-%m-%d}: too short to test "
            "what is expected of customers."
        )
    early = buyers(orders, as_of=middle, until=known.as_of)
    fit = likeliest(early)
    held = held_out(fit, early)
    value = lifetime_value(
        known,
        model=fit.model,
        horizon=months * DAYS["month"] / DAYS[known.unit],
        discount=discount,
        n_boot=n_boot,
        level=level,
        seed=seed,
    )
    seen = (known.as_of - first).days
    told = _as_far_as_watched(_tested(value, held), seen, months * DAYS["month"])
    return Unbound(fit, tracking(fit, early, orders), held, told)


def likeliest(buyers: Buyers) -> Buying:
    """Fit each model of buying, and keep the one under which what came is likeliest.

    All have four parameters, so that their likelihoods may be compared as they are. A model that
    ran to the end of its range is kept only where all of them did.
    """
    fits = []
    why = FitError(
        "no model of buying fits these orders: customers buy too evenly, or too much alike, to "
        "tell who fell silent by chance."
    )
    for model in MODELS:
        try:
            fit = buying(buyers, model=model)
        except FitError as refusal:
            why = refusal
            continue
        # where nothing can be expected any more, the likelihood was climbed in vain
        hoped = outlook(fit, buyers, horizon=1.0)["purchases"].sum()
        fits += [fit] if hoped > 1e-6 else []
    if not fits:
        raise why
    sound = [fit for fit in fits if not fit.top.adrift.any()]
    return max(sound or fits, key=lambda fit: fit.loglik)


# what is proportional to the purchases expected
ON_PURCHASES = ("value per customer", "value of all", "purchases per customer")


def _tested(value: Result, held: Result) -> Result:
    """Hold a value to how far off the model was where it was tested, before it is told.

    What is worth is proportional to the purchases expected. A model that was off by more than a
    tenth is therefore set right by that factor, and the interval reaches from the corrected to
    the uncorrected end; one that expected twice what came, half of it, or purchases where none
    came, gives no value at all.
    """
    frame = held.frame
    came, hoped = (float((frame[word] * frame["n"]).sum()) for word in ("estimate", "expected"))
    times = hoped / came if came > 0 else np.inf
    notes = [*value.notes]
    if value.frame.set_index("term").loc["share still there", "conf_low"] > EVERYBODY:
        notes.append("Nobody is seen to have stopped: everyone is taken to be there still.")
    told = replace(value, notes=tuple(notes))
    if abs(times - 1) <= NEAR:
        headline = value.headline.removesuffix(".")
        headline = f"{headline}. Tested, {_off(times)}."
        return replace(told, headline=headline)
    if not 0.5 < times < 2:
        return _refused(told, times)
    return _set_right(told, times)


def _as_far_as_watched(value: Result, seen: float, ahead: float) -> Result:
    """Take for assumed what is foretold far beyond the time watched, and further tell nothing."""
    frame = value.frame.copy()
    rests = frame["term"].isin(ON_PURCHASES)
    if ahead <= AHEAD * seen or frame.loc[rests, "estimate"].isna().all():
        return value
    watched = f"orders of {count(int(seen), 'day')}"
    if TOO_FAR * seen < ahead < np.inf:
        frame["raw"] = frame["estimate"].where(rests)
        frame.loc[rests, ["estimate", "conf_low", "conf_high"]] = np.nan
        said = (
            f"What a customer will bring in {number(ahead, 0)} days cannot be told from {watched}."
        )
        return replace(value, frame=frame, headline=said)
    verdict = frame["verdict"] if "verdict" in frame else pd.Series(None, frame.index)
    frame["verdict"] = verdict.astype(object).mask(rests, "assumed")
    time = f"for {number(ahead, 0)} days" if np.isfinite(ahead) else "from now on"
    far = f"It is assumed that buying goes on {time} as in the {watched}."
    return replace(value, frame=frame, notes=(far, *value.notes))


def _off(times: float) -> str:
    """Say how far off a model was."""
    if not np.isfinite(times):
        return "the model expected purchases where none came"
    if abs(times - 1) < 0.005:
        return "the model expected as many purchases as came"
    more = "more" if times > 1 else "fewer"
    return f"the model expected {number(100 * abs(times - 1), 0)}% {more} purchases than came"


def _refused(value: Result, times: float) -> Result:
    frame = value.frame.copy()
    rests = frame["term"].isin(ON_PURCHASES)
    frame["raw"] = frame["estimate"].where(rests)
    frame.loc[rests, ["estimate", "conf_low", "conf_high"]] = np.nan
    said = f"What a customer will bring cannot be told: where it was tested, {_off(times)}."
    return replace(value, frame=frame, headline=said)


def _set_right(value: Result, times: float) -> Result:
    """Divide a value by how many times too much was expected; doubt reaches to the raw value."""
    frame = value.frame.copy()
    rests = frame["term"].isin(ON_PURCHASES)
    raw = frame.loc[rests, ["estimate", "conf_low", "conf_high"]].astype(float)
    right = raw / times
    frame["raw"] = raw["estimate"]
    frame.loc[rests, "estimate"] = right["estimate"]
    frame.loc[rests, "conf_low"] = np.minimum(raw["conf_low"], right["conf_low"])
    frame.loc[rests, "conf_high"] = np.maximum(raw["conf_high"], right["conf_high"])
    # of a model that was off nobody knows how many it takes wrongly to be there
    frame["verdict"] = (frame["term"] == "share still there").map({True: "assumed", False: None})
    first = frame.iloc[0]
    low, middle, high = (number(first[word], 2) for word in ("conf_low", "estimate", "conf_high"))
    ahead = re.search(r"from now on|over the next [\d,]+ \w+", value.headline)
    return replace(
        value,
        frame=frame,
        headline=(
            f"Tested, {_off(times)}. Set right, a customer is worth {middle} "
            f"({low} to {high}) {ahead[0] if ahead else 'from now on'}."
        ),
        notes=(
            f"Uncorrected, the model gives {number(first['raw'], 2)}; the range reaches from "
            "the corrected to the uncorrected value.",
            *value.notes,
        ),
    )
