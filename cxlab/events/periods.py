"""Aggregate each event once: sums per customer and period, in the engine that holds the events.

The days asked for, and the moments at which their windows begin, cut time into periods. One
query per stream sums its measures per customer and period; every window of every day is then a
difference of running sums, which are whole numbers and so exact.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import ibis
import numpy as np
import pandas as pd

from cxlab.events.facts import Stream
from cxlab.events.moments import UTC, micros

NEVER = np.iinfo(np.int64).min
ALWAYS = np.iinfo(np.int64).max
ROWS_AT_ONCE = 1_000_000


@dataclass(eq=False)
class Ledger:
    """Whole numbers per customer and period.

    Attributes:
        customers: id of each row of the tables.
        cuts: last moment of each period, in order.
        sums: measure -> running sums, customers by periods.
        first: name -> first moment up to the end of each period, as microseconds.
        last: name -> last moment up to the end of each period.
        strangers: table -> rows whose customer is not on the list, and one such id.
    """

    customers: pd.Index
    cuts: list[pd.Timestamp]
    sums: dict[str, np.ndarray] = field(default_factory=dict)
    first: dict[str, np.ndarray] = field(default_factory=dict)
    last: dict[str, np.ndarray] = field(default_factory=dict)
    strangers: dict[str, tuple[int, str]] = field(default_factory=dict)

    def total(self, name: str, until: int) -> np.ndarray:
        """Sum a measure over everything known at a cut."""
        return self.sums[name][:, until]

    def between(self, name: str, after: int, until: int) -> np.ndarray:
        """Sum a measure over what became known after one cut and up to another."""
        return self.sums[name][:, until] - self.sums[name][:, after]


def query(table: ibis.Table, stream: Stream, cuts: list[pd.Timestamp], timezone: str) -> ibis.Table:
    """Write the one query of a stream.

    Returns:
        `customer_id`, `period` (place of the first cut at or after the moment), a sum per
        measure, and `first_…` and `last_…` per moment.
    """
    when = table[stream.known_at]
    delay = pd.Timedelta(stream.delay)
    known = [before(when, cut - delay, timezone) for cut in cuts]
    period = ibis.cases(*((passed, at) for at, passed in enumerate(known))).cast("int16")
    measures = stream.measures(table)
    kept = known[-1] & table.customer_id.notnull()
    if stream.keep is not None:
        kept &= stream.keep(table)
    columns: dict[str, ibis.Value] = {"customer_id": table.customer_id, "period": period}
    for name, value in measures.items():
        columns[name] = value
    for name in stream.moments:
        counted = next(iter(measures.values())) if name != "unsolved" else measures["unsolved"]
        columns[f"at {name}"] = ibis.ifelse(counted > 0, when, ibis.null(when.type()))
    rows = table.filter(kept).select(**columns)
    # whole numbers add up exactly in doubles, too (to 9 × 10¹⁵), and faster than in wide integers
    sums = {name: rows[name].cast("float64").sum().cast("int64") for name in measures}
    ends_of = {f"first {m}": rows[f"at {m}"].min() for m in stream.moments}
    ends_of |= {f"last {m}": rows[f"at {m}"].max() for m in stream.moments}
    return rows.group_by("customer_id", "period").aggregate(**sums, **ends_of)


def book(ledger: Ledger, table: ibis.Table, stream: Stream, timezone: str) -> None:
    """Run a stream and enter its sums in the ledger."""
    asked = query(table, stream, ledger.cuts, timezone)
    measures = list(stream.measures(table))
    shape = (len(ledger.customers), len(ledger.cuts))
    for name in measures:
        ledger.sums[name] = np.zeros(shape, np.int64)
    for name in stream.moments:
        ledger.first[name] = np.full(shape, ALWAYS)
        ledger.last[name] = np.full(shape, NEVER)
    for rows in _batches(asked):
        who = ledger.customers.get_indexer(rows["customer_id"])
        _note_strangers(ledger, stream.table, rows, who, measures[0])
        known = who >= 0
        cell = who[known], rows["period"].to_numpy()[known]
        for name in measures:
            ledger.sums[name][cell] = rows[name].to_numpy()[known]
        for name in stream.moments:
            sooner, later = (
                micros(_zoned(rows[f"{end} {name}"], timezone))[known] for end in ("first", "last")
            )
            ledger.first[name][cell] = np.where(sooner == NEVER, ALWAYS, sooner)
            ledger.last[name][cell] = later
    for name in measures:
        np.cumsum(ledger.sums[name], axis=1, out=ledger.sums[name])
        ledger.sums[name] = _small(ledger.sums[name])
    for name in stream.moments:
        np.minimum.accumulate(ledger.first[name], axis=1, out=ledger.first[name])
        np.maximum.accumulate(ledger.last[name], axis=1, out=ledger.last[name])


def _small(sums: np.ndarray) -> np.ndarray:
    """Halve the memory where every number, and every difference of two, allows it."""
    within = sums.size == 0 or max(sums.max(), -sums.min()) < 2**30
    return sums.astype(np.int32) if within else sums


def before(when: ibis.Value, cut: pd.Timestamp, timezone: str) -> ibis.Value:
    """Ask whether moments lie at or before a cut; a column without a zone holds local time."""
    if getattr(when.type(), "timezone", None) is None:
        local = cut.tz_convert(timezone).tz_localize(None)
        return when <= ibis.literal(local.to_pydatetime(), type="timestamp")
    return when <= ibis.literal(cut.to_pydatetime(), type=f"timestamp('{UTC}')")


def people(tables: Iterable[ibis.Table]) -> pd.Index:
    """Name the customers found in event tables, where there is no customer list."""
    ids: set[str] = set()
    for table in tables:
        found = table.filter(table.customer_id.notnull()).select("customer_id").distinct()
        ids.update(found.to_pyarrow()["customer_id"].to_pylist())
    return pd.Index(sorted(ids), dtype="str")


def _zoned(times: pd.Series, timezone: str) -> pd.DatetimeIndex:
    index = pd.DatetimeIndex(times)
    if index.tz is None:
        index = index.tz_localize(timezone, ambiguous=True, nonexistent="shift_forward")
    return index.tz_convert(UTC)


def _batches(asked: ibis.Table) -> Iterator[pd.DataFrame]:
    """Hand over the answer in parts, so that no second whole copy of it stands in memory."""
    answer = asked.to_pyarrow()
    for start in range(0, answer.num_rows, ROWS_AT_ONCE):
        yield answer.slice(start, ROWS_AT_ONCE).to_pandas()


def _note_strangers(
    ledger: Ledger, table: str, rows: pd.DataFrame, who: np.ndarray, measure: str
) -> None:
    strange = who < 0
    if strange.any():
        before, shown = ledger.strangers.get(table, (0, ""))
        here = int(rows[measure].to_numpy()[strange].sum())
        ledger.strangers[table] = (
            before + here,
            shown or str(rows["customer_id"].to_numpy()[strange].min()),
        )
