"""Clean one table: convert column by column, then set rows aside rule by rule."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np
import pandas as pd

from cxlab.cleaning import careless, convert
from cxlab.cleaning.dates import to_time
from cxlab.cleaning.rules import RULES, Rule
from cxlab.codebook import COLUMNS, JUDGEMENT, Scale, Table

SCORES = ("nps", "csat", "ces")
PLACE = ["file", "line"]


@dataclass(frozen=True, eq=False)
class Cleaned:
    """A table that can be used, and the account of what was done to it.

    Attributes:
        frame: rows kept, typed, under canonical names.
        set_aside: file, line, column, reason, value: one row for each row not kept.
        repairs: column, reason, n: cells changed in rows that were kept.
        judged: rows set aside by judgement alone, typed, with their `reason`; they could
            have been kept, so the headline is shown with and without them.
        notes: what else the reader must know.
        rows_in: rows read; always rows kept + rows set aside.
    """

    frame: pd.DataFrame
    set_aside: pd.DataFrame
    repairs: pd.DataFrame
    judged: pd.DataFrame
    notes: tuple[str, ...]
    rows_in: int


def clean(
    raw: pd.DataFrame,
    *,
    table: str,
    spec: Table,
    as_of: datetime,
    timezone: str = "UTC",
    zones: Mapping[str, str] | None = None,
    missing: Mapping[str, Collection[str]] | None = None,
    customers: Collection[str] | None = None,
    rules: Sequence[Rule] = RULES,
) -> Cleaned:
    """Type every column and set aside the rows that cannot be used.

    Args:
        raw: rows as `ingest.read` gives them, with `file`, `line` and `damage`.
        table: `responses`, `customers`, `orders`, `interactions` or `reviews`.
        spec: the table's part of the study file.
        as_of: last moment known, naive, in the study's zone.
        timezone: the study's zone.
        zones: column -> zone its times are written in, where the export says so.
        missing: column -> codes that the export itself declares as missing.
        customers: ids of the customer list, where the study has one.
        rules: the reasons to set a row aside, in order.

    Returns:
        Rows in = rows kept + rows set aside; each row set aside has exactly one reason.

    Raises:
        CleaningError: a column that can be read in two ways.
    """
    raw, blanked = _without_missing(raw, missing or {})
    typed, repaired, flags = _convert(raw, table, spec, timezone, zones or {})
    repaired |= blanked
    repaired |= _not_known_yet(typed, table, pd.Timestamp(as_of).tz_localize(timezone))
    working = pd.concat([typed, raw[[*PLACE, "damage"]], flags], axis="columns")
    _mark(working, spec, as_of, timezone, customers)
    kept, reasons = _judge(working, table, spec, rules)
    set_aside = _booked(raw, reasons)
    typed = typed.drop(columns=["status", "finished", "progress"], errors="ignore")
    frame = typed.loc[kept].reset_index(drop=True)
    judged = typed.assign(reason=reasons["reason"].astype("str"))[reasons["reason"].isin(JUDGEMENT)]
    return Cleaned(
        frame=frame,
        set_aside=set_aside,
        repairs=_counted(repaired, kept),
        judged=judged.reset_index(drop=True),
        notes=_notes(frame, table, spec, customers),
        rows_in=len(raw),
    )


def _without_missing(
    raw: pd.DataFrame, missing: Mapping[str, Collection[str]]
) -> tuple[pd.DataFrame, dict[tuple[str, str], np.ndarray]]:
    """Blank the codes that the export itself declares as missing."""
    booked = {}
    for name, codes in missing.items():
        cells = raw[name].astype("str").isin(list(codes)).to_numpy()
        booked[name, "declared_missing"] = cells
        raw = raw.assign(**{name: raw[name].mask(cells)})
    return raw, booked


def _not_known_yet(
    typed: pd.DataFrame, table: str, last: pd.Timestamp
) -> dict[tuple[str, str], np.ndarray]:
    """Blank moments after `as_of` that do not take their row along, such as a planned end."""
    vital = {
        rule.column for rule in RULES if rule.name == "date_after_as_of" and table in rule.tables
    }
    booked = {}
    for name in typed:
        if isinstance(typed[name].dtype, pd.DatetimeTZDtype) and name not in vital:
            cells = (typed[name] > last).to_numpy()
            if cells.any():
                typed[name] = typed[name].mask(cells)
                booked[str(name), "after_as_of"] = cells
    return booked


def _convert(
    raw: pd.DataFrame, table: str, spec: Table, timezone: str, zones: Mapping[str, str]
) -> tuple[pd.DataFrame, dict[tuple[str, str], np.ndarray], pd.DataFrame]:
    """Type the columns; give the cells repaired and, as `column!reason`, those unusable."""
    columns, repaired, flags = {}, {}, {}
    sources = spec.sources()
    for name in raw.columns.drop([*PLACE, "damage"]):
        kind = spec.kind(table, name)
        if kind == "time":
            form, zone = spec.formats.get(name), zones.get(name)
            done = to_time(raw[name], timezone=timezone, format=form, name=name, written_in=zone)
        else:
            source = sources.get(name, name)
            read = partial(_converted, kind=kind, spec=spec, source=source)
            done = convert.by_value(read, raw[name])
        columns[name] = done.values
        for reason, cells in done.repairs.items():
            repaired[name, reason] = cells
        for reason, cells in done.bad.items():
            vital = f"{name}!{_vital(table, name, reason)}"
            flags[vital] = cells
            if not any(
                vital == f"{rule.column}!{rule.name}" and table in rule.tables for rule in RULES
            ):
                repaired[name, "unreadable" if reason == "date_impossible" else reason] = cells
    return pd.DataFrame(columns), repaired, pd.DataFrame(flags, index=raw.index)


def _converted(column: pd.Series, kind: str, spec: Table, source: str) -> convert.Converted:
    if kind in ("score", "rating"):
        scale = spec.scale(str(column.name)) or Scale(low=-np.inf, high=np.inf)
        return convert.to_score(column, scale)
    if kind == "number":
        return convert.to_number(column.rename(source), decimal=spec.decimal)
    typed = pd.api.types.is_numeric_dtype(column) and column.dtype != bool
    if kind == "attribute" and typed:
        return convert.Converted(column)
    if kind in ("id", "category") and typed:
        return convert.Converted(column.map("{:.0f}".format, na_action="ignore").astype("str"))
    return {
        "id": convert.to_id,
        "category": convert.to_category,
        "text": convert.to_text,
        "flag": convert.to_flag,
        "attribute": convert.to_attribute,
    }[kind](column)


def _vital(table: str, column: str, reason: str) -> str:
    """Name the reason a row goes for, where an unusable cell takes its row along."""
    if column in SCORES and table == "responses":
        return f"score_{reason}"
    if (table, column, reason) == ("orders", "amount", "unreadable"):
        return "amount_unreadable"
    if reason == "unreadable" and COLUMNS[table].get(column) == "id":
        return "id_damaged"
    return reason


def _mark(
    working: pd.DataFrame,
    spec: Table,
    as_of: datetime,
    timezone: str,
    customers: Collection[str] | None,
) -> None:
    """Add what the rules look at beyond the columns themselves."""
    last = pd.Timestamp(as_of).tz_localize(timezone)
    for name in working.columns:
        if isinstance(working[name].dtype, pd.DatetimeTZDtype):
            working[f"{name}!date_after_as_of"] = working[name] > last
    if customers is not None and "customer_id" in working:
        working["orphan"] = ~working["customer_id"].isin(customers)
    ratings = [name for name in spec.ratings if name in working]
    answers = [name for name in (*SCORES, "comment") if name in working] + ratings
    if answers:
        working["unanswered"] = working[answers].isna().all(axis="columns")
    if ratings:
        rated = working[ratings].astype(float)
        same = rated.min(axis="columns") == rated.max(axis="columns")
        working["longstring"] = rated.notna().sum(axis="columns").where(same, 0)
        if spec.rules.get("careless") != "off":
            sound = working["damage"] == ""
            found = careless.signs(working[sound], ratings=ratings)["flags"]
            working["flags"] = found.reindex(working.index, fill_value=0)


def _judge(
    working: pd.DataFrame, table: str, spec: Table, rules: Sequence[Rule]
) -> tuple[np.ndarray, pd.DataFrame]:
    """Apply the rules in order to the rows still in."""
    reason = pd.Series("", index=working.index, dtype=object)
    column = pd.Series("", index=working.index, dtype=object)
    for rule in rules:
        threshold = spec.rules.get(rule.name, rule.threshold)
        if threshold == "off" or not rule.applies(table, working):
            continue
        rows = working[reason == ""]
        hit = pd.Series(rule.fires(rows, threshold)).fillna(False).to_numpy(dtype=bool)
        reason[rows.index[hit]] = rule.name
        column[rows.index[hit]] = rule.column
    return (reason == "").to_numpy(), pd.DataFrame({"reason": reason, "column": column})


def _booked(raw: pd.DataFrame, reasons: pd.DataFrame) -> pd.DataFrame:
    """Write down each row set aside, with the value as it stood in the export."""
    gone = reasons[reasons["reason"] != ""]
    values = pd.Series("", index=gone.index, dtype=object)
    for column, rows in gone.groupby("column").groups.items():
        if column in raw:
            values[rows] = raw.loc[rows, column].astype(object).map(str)
    place = raw.loc[gone.index, PLACE]
    booked = pd.DataFrame(
        {
            "file": place["file"].astype("str"),
            "line": place["line"],
            "column": gone["column"].where(gone["column"] != "damage", ""),
            "reason": gone["reason"],
            "value": values.astype("str"),
        }
    )
    return booked.reset_index(drop=True)


def _counted(repaired: dict[tuple[str, str], np.ndarray], kept: np.ndarray) -> pd.DataFrame:
    rows = [
        {"column": column, "reason": reason, "n": int((cells & kept).sum())}
        for (column, reason), cells in repaired.items()
    ]
    frame = pd.DataFrame(rows, columns=["column", "reason", "n"])
    return frame[frame["n"] > 0].reset_index(drop=True)


def _notes(
    frame: pd.DataFrame, table: str, spec: Table, customers: Collection[str] | None
) -> tuple[str, ...]:
    notes = []
    if table == "responses" and customers is not None and "customer_id" in frame:
        strangers = frame["customer_id"].notna() & ~frame["customer_id"].isin(customers)
        if strangers.any():
            notes.append(
                f"{strangers.sum():,} responses name a customer who is not in the customer list; "
                "they are kept."
            )
    if table == "orders" and "amount" in frame and (refunds := (frame["amount"] < 0).sum()):
        notes.append(f"{refunds:,} orders have a negative amount and are kept as refunds.")
    off = sorted(rule for rule, value in spec.rules.items() if value == "off")
    if off:
        notes.append(f"Turned off by the study file: {', '.join(off)}.")
    return tuple(notes)
