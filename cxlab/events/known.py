"""What was known about each customer on each day."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cxlab.events.answers import answers_of
from cxlab.events.clock import local_micros, local_moment
from cxlab.events.facts import MONEY, streams
from cxlab.events.moments import UTC, earlier, micros, moment, utc
from cxlab.events.periods import ALWAYS, NEVER, Ledger, before, book, people
from cxlab.results import Misuse, Unanswerable

DAY = 86_400_000_000  # microseconds
KINDS = 8
#: Columns of the customer list that are settled when a customer signs up.
FROM_THE_START = ("plan", "acquired_via")
ALWAYS_TOLD = ("customer_id", "day", "tenure_days")


class EventsError(Unanswerable):
    """What was known on a day cannot be told from these tables."""


def as_of(
    study,
    days,
    lookback: str = "180D",
    *,
    kinds: Sequence[str] | None = None,
    only: Sequence[str] | None = None,
):
    """Tell, for each customer active on each day, what was known then.

    A fact exists from the moment it became known: an order when it was placed, a return when
    it came back, the outcome of a case when it was closed. What the file says about a later
    moment does not exist on the day. A date stands for its last moment.

    Args:
        study: anything with `customers` and `responses` (frames), `orders` and `interactions`
            (Ibis tables), each of which may be None, and `mapping` or None.
        days: one day or several.
        lookback: window of the counts and sums, `180D` or calendar months as `6M`.
        kinds: kinds of contact to count apart; None takes the commonest on the first day.
        only: facts wanted beside `tenure_days`, where they are known; None wants all.

    Returns:
        A frame with `customer_id`, `day`, and one column per fact (`describe` puts each into
        words), ordered by day and customer. Active are those who had signed up, or where
        that is not known had left a trace, and had not left. `frame.attrs["notes"]` says what
        was left aside, such as rows of strangers.

    Raises:
        EventsError: no table to tell from, no day, or ids that do not join at all.
        Misuse: days that are no dates, or a lookback that is no duration.

    Example:
        >>> import ibis, types
        >>> orders = ibis.memtable({
        ...     "customer_id": ["a", "a", "b"], "amount": [10.0, 20.0, 5.0],
        ...     "ordered_at": pd.to_datetime(["2025-01-05", "2025-02-05", "2025-03-05"]),
        ... })
        >>> study = types.SimpleNamespace(
        ...     orders=orders, customers=None, responses=None, interactions=None, mapping=None)
        >>> as_of(study, "2025-02-28")[["customer_id", "orders", "spend"]].to_numpy().tolist()
        [['a', 2, 30.0]]
    """
    return looking_back(study, days, (lookback,), kinds=kinds, only=only)[lookback]


def looking_back(
    study,
    days,
    lookbacks: Sequence[str],
    *,
    kinds: Sequence[str] | None = None,
    only: Sequence[str] | None = None,
) -> dict[str, pd.DataFrame]:
    """Tell what `as_of` tells for each of several lookbacks; each event is read once for all."""
    zone = _zone(study)
    moments = _moments(days, zone)
    looks = [(lookback, day) for lookback in lookbacks for day in moments]
    cuts, windows = _cut(looks, zone)
    roll = _roll(study, zone)
    notes: list[str] = []
    facts: list[dict[str, np.ndarray]] = [{} for _ in looks]
    for table in ("orders", "interactions"):
        ledger = _ledger(study, table, roll.index, cuts, zone, kinds, moments[0])
        if ledger is None:
            continue
        _meet(roll, ledger)
        notes += _strangers(ledger, table, len(roll))
        for known, window, (_, day) in zip(facts, windows, looks, strict=True):
            known.update(_FACTS[table](ledger, window, day, zone))
    start = _from_the_start(study, roll.index)
    named = {"answered_at", "customer_id"}
    asked = study.responses is not None and named <= set(study.responses.columns)
    answers = answers_of(study, roll.index, zone) if asked else None
    parts: dict[str, list[pd.DataFrame]] = {lookback: [] for lookback in lookbacks}
    for (lookback, day), known in zip(looks, facts, strict=True):
        said = answers.on(day, earlier(day, lookback, zone)) if answers else {}
        frame = _on_the_day(roll, start, day, known, said, zone)
        wanted = None if only is None else [*ALWAYS_TOLD, *only]
        parts[lookback].append(frame if wanted is None else frame.filter(wanted))
    frames = {lookback: pd.concat(part, ignore_index=True) for lookback, part in parts.items()}
    for frame in frames.values():
        frame.attrs["notes"] = tuple(notes)
    return frames


def rhythm(study, days) -> pd.DataFrame:
    """Tell each buyer's own rhythm as known on each day.

    Returns:
        `customer_id`, `day`, `orders_ever`, `days_since_order`, and `usual_gap_days`, the mean
        time between orders so far (missing with fewer than two orders).
    """
    zone = _zone(study)
    moments = _moments(days, zone)
    if study.orders is None:
        raise EventsError("there is no table of orders to take a rhythm from; declare 'orders'.")
    cuts, windows = _cut([("1D", day) for day in moments], zone)
    roll = _roll(study, zone)
    ledger = Ledger(roll.index, cuts)
    book(ledger, study.orders, streams()[0], zone)
    parts = []
    for day, (until, _, _) in zip(moments, windows, strict=True):
        facts = _pace(ledger, until, day, zone)
        bought = facts["orders_ever"] > 0
        part = pd.DataFrame({name: values[bought] for name, values in facts.items()})
        part.insert(0, "customer_id", roll.index[bought])
        part.insert(1, "day", day)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


# ---------------------------------------------------------------- days and people


def _zone(study) -> str:
    return getattr(getattr(study, "mapping", None), "timezone", None) or UTC


def _moments(days, zone: str) -> list[pd.Timestamp]:
    given = [days] if isinstance(days, str) or not isinstance(days, Sequence | pd.Index) else days
    try:
        found = sorted({moment(day, zone) for day in given})
    except (ValueError, TypeError):
        raise Misuse(f"days: {list(given)} are not dates; write them as '2025-03-31'.") from None
    if not found or any(stamp is pd.NaT for stamp in found):
        raise EventsError("days: no day is given; name at least one, as '2025-03-31'.")
    return found


def _cut(
    looks: list[tuple[str, pd.Timestamp]], zone: str
) -> tuple[list[pd.Timestamp], list[tuple[int, int, int]]]:
    """Cut time where a window begins or ends; give each look's places: until, half, after."""
    edges = [
        (day, _back(day, lookback, zone, part=0.5), _back(day, lookback, zone))
        for lookback, day in looks
    ]
    cuts = sorted({stamp for edge in edges for stamp in edge})
    return cuts, [tuple(cuts.index(stamp) for stamp in edge) for edge in edges]  # type: ignore


def _back(day: pd.Timestamp, lookback: str, zone: str, *, part: float = 1.0) -> pd.Timestamp:
    try:
        return earlier(day, lookback, zone, part=part)
    except ValueError:
        raise Misuse(
            f"lookback: '{lookback}' is no duration; write '180D', or months as '6M'."
        ) from None


def _roll(study, zone: str) -> pd.DataFrame:
    """List the customers with the moments they came and left, as far as known."""
    if study.customers is None:
        tables = [t for t in (study.orders, study.interactions) if t is not None]
        if not tables:
            raise EventsError(
                "there is neither a customer list nor a table of events; what was known on a "
                "day cannot be told. Declare 'customers', 'orders' or 'interactions'."
            )
        ids = people(tables)
        return pd.DataFrame({"came": NEVER, "left": NEVER, "met": ALWAYS}, index=ids)
    listed = study.customers
    twice = listed["customer_id"].duplicated()
    if twice.any():
        raise EventsError(
            f"customers: '{listed['customer_id'][twice].iloc[0]}' stands in more than one row; "
            "let the rule 'duplicate_customer' set the copies aside."
        )
    roll = pd.DataFrame(index=pd.Index(listed["customer_id"].astype("str"), name="customer_id"))
    for ours, column in (("came", "signed_up_at"), ("left", "churned_at")):
        roll[ours] = micros(utc(listed[column], zone)) if column in listed else NEVER
    roll["met"] = ALWAYS
    return roll.sort_index()


def _meet(roll: pd.DataFrame, ledger: Ledger) -> None:
    """Note the first trace of each customer, for those whose sign-up is not known."""
    for first in ledger.first.values():
        roll["met"] = np.minimum(roll["met"].to_numpy(), first[:, -1])


def _strangers(ledger: Ledger, table: str, customers: int) -> list[str]:
    found = ledger.strangers.get(table)
    if not found:
        return []
    rows, shown = found
    joined = any(sums[:, -1].any() for sums in ledger.sums.values())
    if customers and not joined:
        raise EventsError(
            f"{table}.customer_id: none of the {rows:,} rows has a customer on the list (such as "
            f"'{shown}'). Check that both tables name customers by the same id."
        )
    return [
        f"{table}: {rows:,} {'row names a customer' if rows == 1 else 'rows name customers'} "
        f"not on the list (such as '{shown}') and left out."
    ]


def _on_the_day(roll, start: pd.DataFrame, day, facts, said, zone: str) -> pd.DataFrame:
    """Put together the rows of one day: only those active then."""
    now = day.value // 1000
    came, left, met = (roll[name].to_numpy() for name in ("came", "left", "met"))
    here = np.where(came == NEVER, met, came) <= now
    here &= (left == NEVER) | (left > now)
    ids = roll.index[here]
    columns = {
        "customer_id": ids,
        "day": pd.DatetimeIndex([day.as_unit("us")]).repeat(len(ids)),
        "tenure_days": _age(came[here], day, zone),
    }
    columns |= {name: values[here] for name, values in facts.items()}
    frame = pd.DataFrame(columns)
    if (came == NEVER).all():
        frame = frame.drop(columns="tenure_days")
    if len(start.columns):
        frame = frame.join(start[here].reset_index(drop=True))
    frame = frame.assign(**{name: values[here] for name, values in said.items()})
    return frame.assign(asked=_asked(frame)) if said else frame


def _from_the_start(study, ids: pd.Index) -> pd.DataFrame:
    """Give what is known of a customer from the day of signing up."""
    if study.customers is None:
        return pd.DataFrame(index=range(len(ids)))
    listed = study.customers.set_index(study.customers["customer_id"].astype("str"))
    tables = getattr(getattr(study, "mapping", None), "tables", None) or {}
    segments = list(tables["customers"].segments) if "customers" in tables else []
    names = [name for name in dict.fromkeys((*FROM_THE_START, *segments)) if name in listed]
    known = listed[names].reindex(ids).reset_index(drop=True)
    if "referred_by" in listed:
        known["referred"] = listed["referred_by"].notna().reindex(ids).to_numpy()
    return known


def _asked(frame: pd.DataFrame) -> pd.Series:
    """Keep apart who answered, who was asked in vain, and who was never asked."""
    answered = frame["answers_ever"] > 0
    if "invitations_ever" not in frame:
        return pd.Series(np.where(answered, "answered", "never answered"), dtype="str")
    asked = np.where(frame["invitations_ever"] > 0, "asked, never answered", "never asked")
    return pd.Series(np.where(answered, "answered", asked), dtype="str")


# ---------------------------------------------------------------- facts


def _ledger(study, table, customers, cuts, zone, kinds, first) -> Ledger | None:
    events = getattr(study, table)
    if events is None:
        return None
    if "customer_id" not in events.columns:
        raise EventsError(f"{table}: there is no column 'customer_id'; declare it in the study.")
    counted = tuple(kinds) if kinds is not None else ()
    if table == "interactions" and kinds is None:
        counted = _common_kinds(events, first, zone)
    ledger = Ledger(customers, cuts)
    for stream in streams(counted):
        columns = (stream.known_at, *stream.needs)
        if stream.table == table and all(name in events.columns for name in columns):
            book(ledger, events, stream, zone)
    return ledger


def _common_kinds(events, first: pd.Timestamp, zone: str) -> tuple[str, ...]:
    """Name the commonest kinds of contact known on the first day.

    No event after the first day decides what is counted on any day.
    """
    if not {"kind", "opened_at"} <= set(events.columns):
        return ()
    known = events.filter(before(events.opened_at, first, zone))
    found = known.group_by("kind").aggregate(n=known.count()).to_pyarrow().to_pandas()
    found = found[found["kind"].notna()]
    found = found[~found["kind"].str.lower().str.contains("invit")]
    ordered = found.sort_values(["n", "kind"], ascending=[False, True])
    return tuple(sorted(ordered["kind"].head(KINDS)))


def _pace(ledger: Ledger, until: int, day: pd.Timestamp, zone: str) -> dict[str, np.ndarray]:
    ever = ledger.total("orders", until)
    first, last = ledger.first["order"][:, until], ledger.last["order"][:, until]
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        between = _age(first, day, zone) - _age(last, day, zone)
        usual = np.where(ever > 1, between / (ever - 1), np.nan)
    return {
        "orders_ever": ever,
        "days_since_order": _age(last, day, zone),
        "usual_gap_days": np.where(usual > 0, usual, np.nan),
    }


def _orders(ledger: Ledger, window: tuple[int, int, int], day: pd.Timestamp, zone: str):
    until, _, after = window
    facts = _pace(ledger, until, day, zone)
    with np.errstate(invalid="ignore", divide="ignore"):
        facts["silence_ratio"] = facts["days_since_order"] / facts["usual_gap_days"]
    facts["orders"] = ledger.between("orders", after, until)
    facts["orders_trend"] = _trend(ledger, "orders", window)
    for name in ("spend", "discount", "refunded"):
        if name in ledger.sums:
            facts[name] = ledger.between(name, after, until) / MONEY
    if "spend" in ledger.sums:
        facts["spend_ever"] = ledger.total("spend", until) / MONEY
        facts["spend_trend"] = _trend(ledger, "spend", window)
        # what was given back by then was not spent
        for name in [each for each in ("refunded", "credited") if each in ledger.sums]:
            facts["spend"] = facts["spend"] - ledger.between(name, after, until) / MONEY
            facts["spend_ever"] = facts["spend_ever"] - ledger.total(name, until) / MONEY
    for name in ("credits", "returns", "failures"):
        if name in ledger.sums:
            facts[name] = ledger.between(name, after, until)
    if "credit_rows" in ledger.sums:  # booked with the order they were paid for
        facts["credits"] = facts["credits"] + ledger.between("credit_rows", after, until)
    return facts


def _interactions(ledger: Ledger, window: tuple[int, int, int], day: pd.Timestamp, zone: str):
    until, _, after = window
    facts = {
        "contacts": ledger.between("contacts", after, until),
        "contacts_ever": ledger.total("contacts", until),
        "contacts_trend": _trend(ledger, "contacts", window),
        "days_since_contact": _age(ledger.last["contact"][:, until], day, zone),
    }
    for name in ledger.sums:
        if name.startswith("kind:"):
            fact = f"contacts_{_slug(name[5:])}"
            facts[fact] = facts.get(fact, 0) + ledger.between(name, after, until)
    if "invitations" in ledger.sums and ledger.sums["invitations"][:, -1].any():
        facts["invitations_ever"] = ledger.total("invitations", until)
    if "replies" in ledger.sums:
        facts["reply_hours"] = _mean(ledger, "reply_seconds", "replies", window, 3600)
    if "closed" in ledger.sums:
        facts["open_cases"] = ledger.total("contacts", until) - ledger.total("closed", until)
        facts["close_hours"] = _mean(ledger, "close_seconds", "closed", window, 3600)
        facts["days_since_unsolved"] = _age(ledger.last["unsolved"][:, until], day, zone)
    for name in ("solved", "unsolved", "reopened", "channel_changes"):
        if name in ledger.sums:
            facts[name] = ledger.between(name, after, until)
    if "rating" in ledger.sums:
        facts["case_csat"] = _mean(ledger, "rating", "rated", window, 100)
    if "cost" in ledger.sums:
        facts["case_cost"] = ledger.between("cost", after, until) / MONEY
    return facts


_FACTS = {"orders": _orders, "interactions": _interactions}


def _age(last: np.ndarray, day: pd.Timestamp, zone: str) -> np.ndarray:
    """Count days by the clock of the zone: one of them is a day where clocks change, too."""
    now = local_moment(day, zone).value // 1000
    there = (last != NEVER) & (last != ALWAYS)
    age = np.full(len(last), np.nan)
    age[there] = (now - local_micros(last[there], zone)) / DAY
    return age


def _trend(ledger: Ledger, name: str, window: tuple[int, int, int]) -> np.ndarray:
    """Compare the later half of the window with the sooner: from -1 (stopped) to 1 (began)."""
    until, half, after = window
    later, sooner = ledger.between(name, half, until), ledger.between(name, after, half)
    both = np.abs(later) + np.abs(sooner)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(both > 0, (later.astype(float) - sooner) / both, np.nan)


def _mean(ledger: Ledger, total: str, n: str, window: tuple[int, int, int], unit: float):
    until, _, after = window
    counted = ledger.between(n, after, until)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(counted > 0, ledger.between(total, after, until) / counted / unit, np.nan)


def _slug(kind: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in kind.lower()).strip("_")
