"""Do the tables meet, and since when does the customer list tell?"""

from collections.abc import Sequence

import pandas as pd

from cxlab.cleaning.convert import to_id
from cxlab.drafting.guesses import Guess
from cxlab.drafting.profiles import Profile
from cxlab.results import percent

_FEW = 0.34  # of the ids unmatched, from which another form is looked for


def brought_together(tables: Sequence[Guess]) -> None:
    """Look whether ids meet, propose the rule that brings them together, and doubt the rest."""
    lists = next((made for made in tables if made.table == "customers"), None)
    if lists is None:
        return
    if "customer_id" in lists.columns:
        _meet(lists, [made for made in tables if made is not lists])
    _late_entry(lists)


def _meet(lists: Guess, others: Sequence[Guess]) -> None:
    for made in others:
        if "customer_id" not in made.columns:
            continue
        best = _best_column(lists, made)
        known = _ids(lists.columns["customer_id"])
        seen = _ids(best)
        share = _met(seen, known)
        if best is not made.columns["customer_id"]:
            _exchange(made, best)
        rule, better = _rule(seen, known)
        if share < 1 - _FEW and better > share + 0.3:
            lists.said["ids"] = made.said["ids"] = {"customer_id": rule}
            made.doubt(
                f"'{best.name}' ('{best.example}') meets {percent(share)} of the customer list "
                f"('{lists.columns['customer_id'].example}') as it stands and {percent(better)} "
                f"with `ids: {{customer_id: {rule}}}`, which is written down.",
                better - share,
                "ids",
            )
        elif share < 1 - _FEW:
            made.doubt(
                f"only {percent(share)} of the ids of '{best.name}' ('{best.example}') are in the "
                f"customer list ('{lists.columns['customer_id'].example}'); the others are "
                "strangers.",
                1 - share,
                "columns",
                "customer_id",
            )


def _ids(column: Profile) -> pd.Index:
    return pd.Index(to_id(column.counts.index.to_series()).values.dropna())


def _met(seen: pd.Index, known: pd.Index) -> float:
    return float(seen.isin(known).mean()) if len(seen) else 1.0


def _best_column(lists: Guess, made: Guess) -> Profile:
    """Find the column whose ids meet the list best; the one named so, where it meets as well."""
    taken = made.columns["customer_id"]
    known = _ids(lists.columns["customer_id"])
    free = [c for c in made.found if c is taken or c in made.left() or c.name in made.unused]
    met = {c.name: _met(_ids(c), known) for c in free if c.n and len(c.counts) > 1}
    best = max(free, key=lambda c: (round(met.get(c.name, 0.0), 2), c is taken, c.name))
    return best if met.get(best.name, 0) > met.get(taken.name, 0) + 0.5 else taken


def _exchange(made: Guess, best: Profile) -> None:
    made.unused[made.columns["customer_id"].name] = "its values are not those of the customer list"
    made.unused.pop(best.name, None)
    for part in (made.segments, made.attributes):
        for key in [key for key, column in part.items() if column is best]:
            part.pop(key)
    made.columns["customer_id"] = best


def _rule(seen: pd.Index, known: pd.Index) -> tuple[str, float]:
    """Find the rule that brings most ids together."""
    lengths = {*seen.str.len(), *known.str.len()}
    width = max(lengths, default=0)
    forms = {
        "case": lambda ids: ids.str.lower(),
        "plain number": lambda ids: ids.str.replace(r"\D", "", regex=True).str.lstrip("0"),
        "salesforce18": lambda ids: ids.str[:15],
    }
    if seen.str.fullmatch(r"\d+").all() and known.str.fullmatch(r"\d+").all():
        forms = {f"pad {width}": lambda ids: ids.str.zfill(width), **forms}
    if not (lengths <= {15, 18} and known.str.fullmatch(r"[A-Za-z0-9]{15,18}").all()):
        forms.pop("salesforce18")
    found = {}
    for rule, form in forms.items():
        made = form(seen)
        if form(known).nunique() == known.nunique():
            found[rule] = _met(made[made != ""], form(known))
    if not found:
        return "", 0.0
    best = max(found, key=lambda rule: found[rule])
    return best, found[best]


# ---------------------------------------------------------------- lists that begin late


def _late_entry(lists: Guess) -> None:
    """Doubt a list in which nobody left before a day although many had joined by then."""
    if not {"signed_up_at", "churned_at"} <= set(lists.columns):
        return
    rows = pd.DataFrame({ours: _moments(lists, ours) for ours in ("signed_up_at", "churned_at")})
    rows = rows.dropna(subset=["signed_up_at"])
    ends = rows["churned_at"].dropna()
    if len(ends) < 10:
        return
    first = ends.min().normalize()
    before = (rows["signed_up_at"] < first).mean()
    years = (first - rows["signed_up_at"].min()).days / 365.25
    gone = rows.dropna()
    stay = (gone["churned_at"] - gone["signed_up_at"]).dt.days
    # had these customers left as the later ones do, some would have gone before that day
    later = rows[rows["signed_up_at"] >= first]
    early = (stay[gone["signed_up_at"] >= first] < 180).sum() / max(len(later), 1)
    if before < 0.25 or years < 0.5 or early < 0.02:
        return
    day = first.replace(day=1) if first.day <= 7 else first
    lists.doubt(
        f"nobody left before {first:%Y-%m-%d}, although {percent(before)} of {len(rows):,} "
        f"customers had joined by then (from {rows['signed_up_at'].min():%Y-%m-%d} on): the list "
        f"may hold only those who were there. Then write `since: {day:%Y-%m-%d}`; without it, "
        f"staying is overrated ({_share(rows)}).",
        min(0.9, before),
        "since",
    )


def _moments(lists: Guess, ours: str) -> pd.Series:
    from cxlab.cleaning.dates import to_time

    column = lists.columns[ours]
    text = lists.raw(column)
    done = to_time(text, timezone="UTC", format=lists.formats.get(ours), name=ours)
    return done.values.dt.tz_localize(None)


def _share(rows: pd.DataFrame) -> str:
    """Say how many stay a year among those seen from their first day on, and among all."""
    first = rows["churned_at"].min().normalize()
    last = max(rows["signed_up_at"].max(), rows["churned_at"].max())
    shares = []
    for some in (rows, rows[rows["signed_up_at"] >= first]):
        old = some[some["signed_up_at"] <= last - pd.Timedelta(days=365)]
        left = (old["churned_at"] - old["signed_up_at"]).dt.days <= 365
        shares.append(percent(1 - left.mean()) if len(old) else "none")
    return f"{shares[0]} of all stayed a year, {shares[1]} of those who joined since then"
