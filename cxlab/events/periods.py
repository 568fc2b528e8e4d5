"""Aggregate each event once: sums per customer and period.

The days asked for, and the moments at which their windows begin, cut time into periods. One
query per stream reads its events once and numbers the cell, customer by period, of each. An
engine that lives elsewhere adds the cells up itself, so that few rows travel; the rows of the
embedded one are added up here as they stream by, which is quicker and needs no room. Every
window of every day is then a difference of running sums, which are whole numbers and so exact.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa

from cxlab.events.facts import Stream
from cxlab.events.moments import UTC, micros

NEVER = np.iinfo(np.int64).min
ALWAYS = np.iinfo(np.int64).max
ROWS_AT_ONCE = 1_000_000
EMBEDDED = "duckdb"
ROLL = "cxlab_roll"
_WRITTEN: WeakKeyDictionary[Any, dict[tuple[int, Stream], str]] = WeakKeyDictionary()


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


def query(
    table: ibis.Table, roll: ibis.Table, stream: Stream, cuts: list[pd.Timestamp], timezone: str
) -> ibis.Table:
    """Write the one query of a stream, for an engine that adds up itself.

    Args:
        table: the events.
        roll: the customers with their places, `listed` and `place`.
        stream: what is counted.
        cuts: last moment of each period, in order.
        timezone: the study's zone.

    Returns:
        One row a cell: `cell` (customer times periods, plus the place of the first cut at or
        after the moment; below 0 for a stranger), each measure, and `first …` and `last …` per
        moment.
    """
    rows, edges = _rows(table, roll, stream), _edges(stream, cuts)
    known = [before(rows["when"], edge, timezone) for edge in edges]
    period = ibis.cases(*((passed, at) for at, passed in enumerate(known))).cast("int16")
    rows = rows.filter(known[-1]).mutate(cell=rows["place"] * len(cuts) + period)
    # whole numbers add up exactly in doubles, too (to 9 × 10¹⁵), and faster than in wide integers
    measures = stream.measures(table)
    sums = {name: rows[name].cast("float64").sum().cast("int64") for name in measures}
    ends_of = {f"first {m}": rows[f"at {m}"].min() for m in stream.moments}
    ends_of |= {f"last {m}": rows[f"at {m}"].max() for m in stream.moments}
    return rows.group_by("cell").aggregate(**sums, **ends_of)


def _edges(stream: Stream, cuts: list[pd.Timestamp]) -> list[pd.Timestamp]:
    """Give the last moment at which what is known by each cut may have happened."""
    return [cut - pd.Timedelta(stream.delay) for cut in cuts]


def _rows(table: ibis.Table, roll: ibis.Table, stream: Stream) -> ibis.Table:
    """Write the events of a stream: whose, when, what counts; a row an event."""
    table = table.left_join(roll, table.customer_id.cast("string") == roll.listed)
    when = table[stream.known_at]
    measures = stream.measures(table)
    kept = when.notnull() & table.customer_id.notnull()
    if stream.keep is not None:
        kept &= stream.keep(table)
    columns: dict[str, ibis.Value] = {"place": table.place.fill_null(-1), "when": when, **measures}
    for name in stream.moments:
        counted = next(iter(measures.values())) if name != "unsolved" else measures["unsolved"]
        columns[f"at {name}"] = ibis.ifelse(counted > 0, when, ibis.null(when.type()))
    return table.filter(kept).select(**columns)


def book(ledger: Ledger, table: ibis.Table, stream: Stream, timezone: str) -> None:
    """Run a stream and enter its sums in the ledger."""
    with _listed(table, ledger.customers) as roll:
        _fill(ledger, _batches(table, roll, stream, ledger.cuts, timezone), table, stream, timezone)
    for name in stream.measures(table):
        np.cumsum(ledger.sums[name], axis=1, out=ledger.sums[name])
        ledger.sums[name] = _small(ledger.sums[name])
    for name in stream.moments:
        np.minimum.accumulate(ledger.first[name], axis=1, out=ledger.first[name])
        np.maximum.accumulate(ledger.last[name], axis=1, out=ledger.last[name])


@contextmanager
def _listed(table: ibis.Table, customers: pd.Index) -> Iterator[ibis.Table]:
    """Lend the engine the list of customers, each with its place."""
    rows = {"listed": pa.array(customers, pa.string()), "place": np.arange(len(customers))}
    engine = table.get_backend()
    if engine.name == EMBEDDED:
        engine.con.register(ROLL, pa.table(rows))
        yield engine.table(ROLL)
        engine.con.unregister(ROLL)
    else:
        yield ibis.memtable(pa.table(rows))


def _fill(
    ledger: Ledger,
    batches: Iterable[pa.RecordBatch],
    table: ibis.Table,
    stream: Stream,
    timezone: str,
) -> None:
    """Add up the answer to a query, cell by cell."""
    measures = list(stream.measures(table))
    shape = (len(ledger.customers), len(ledger.cuts))
    for name in measures:
        ledger.sums[name] = np.zeros(shape, np.int64)
    for name in stream.moments:
        ledger.first[name] = np.full(shape, ALWAYS)
        ledger.last[name] = np.full(shape, NEVER)
    strange = 0
    for rows in batches:
        cell = rows["cell"].to_numpy()
        known = cell >= 0
        if not known.all():
            strange += int(rows[measures[0]].to_numpy()[~known].sum())
        cell = cell[known]
        for name in measures:
            counted = rows[name].to_numpy(zero_copy_only=False)[known].astype(np.int64)
            some = np.flatnonzero(counted)
            np.add.at(ledger.sums[name].reshape(-1), cell[some], counted[some])
        for name in stream.moments:
            first, last = ("at", "at") if f"at {name}" in rows.schema.names else ("first", "last")
            sooner = later = micros(_zoned(rows[f"{first} {name}"], timezone))[known]
            if last != first:
                later = micros(_zoned(rows[f"{last} {name}"], timezone))[known]
            sooner = np.where(sooner == NEVER, ALWAYS, sooner)
            np.minimum.at(ledger.first[name].reshape(-1), cell, sooner)
            np.maximum.at(ledger.last[name].reshape(-1), cell, later)
    if strange:
        _note_strangers(ledger, stream.table, table, strange)


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


def _batches(
    table: ibis.Table, roll: ibis.Table, stream: Stream, cuts: list[pd.Timestamp], timezone: str
) -> Iterator[pa.RecordBatch]:
    """Hand over the answer in parts, so that no whole copy of it stands in memory."""
    engine = table.get_backend()
    if engine.name != EMBEDDED:
        asked = query(table, roll, stream, cuts, timezone)
        yield from asked.to_pyarrow().to_batches(ROWS_AT_ONCE)
        return
    for rows in pa.RecordBatchReader.from_stream(engine.con.sql(_sql(table, roll, stream))):
        yield _in_periods(rows, _edges(stream, cuts), timezone)


def _sql(table: ibis.Table, roll: ibis.Table, stream: Stream) -> str:
    """Write the text of a query once; it takes longer to write than to answer."""
    engine = table.get_backend()
    written = _WRITTEN.setdefault(engine, {})
    key = (hash(table.op()), stream)  # the table itself would keep its engine for good
    if key not in written:
        written[key] = engine.compile(_rows(table, roll, stream))
    return written[key]


def _in_periods(rows: pa.RecordBatch, edges: list[pd.Timestamp], timezone: str) -> pa.RecordBatch:
    """Number the cell of each event; what is known after the last cut is left out."""
    when = pd.DatetimeIndex(rows["when"].to_pandas())
    ends = pd.DatetimeIndex(edges)
    if when.tz is None:  # a column without a zone holds local time
        ends = ends.tz_convert(timezone).tz_localize(None)
    period = np.searchsorted(micros(ends), micros(when), side="left")
    cell = rows["place"].to_numpy() * len(edges) + period
    return rows.append_column("cell", pa.array(cell)).filter(pa.array(period < len(edges)))


def _zoned(times: pa.Array, timezone: str) -> pd.DatetimeIndex:
    index = pd.DatetimeIndex(times.to_pandas())
    if index.tz is None:
        index = index.tz_localize(timezone, ambiguous=True, nonexistent="shift_forward")
    return index.tz_convert(UTC)


def _note_strangers(ledger: Ledger, name: str, table: ibis.Table, n: int) -> None:
    before, shown = ledger.strangers.get(name, (0, ""))
    if not shown:
        ids = table.filter(table.customer_id.notnull()).select("customer_id").distinct()
        found = ids.to_pyarrow()["customer_id"].to_pylist()
        shown = min({str(each) for each in found} - set(ledger.customers), default="")
    ledger.strangers[name] = (before + n, shown)
