"""Clean one table: convert column by column, then set rows aside rule by rule."""

import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial, reduce

import numpy as np
import pandas as pd
import pyarrow as pa

from cxlab.cleaning import (
    careless,
    convert,
    counting,
    doubts,
    labels,
    overlaps,
    purchases,
    questions,
)
from cxlab.cleaning.convert import CleaningError, among
from cxlab.cleaning.dates import to_time
from cxlab.cleaning.durations import to_duration
from cxlab.cleaning.purchases import Money
from cxlab.cleaning.rules import RULES, Rule, left_out
from cxlab.codebook import ASKED, COLUMNS, DOUBT, JUDGEMENT, WHERE, Scale, Table

SCORES = ("nps", "csat", "ces")
PLACE = ["file", "line"]


@dataclass(frozen=True, eq=False)
class Cleaned:
    """A table that can be used, and the account of what was done to it.

    Attributes:
        frame: rows kept, typed, under canonical names; the rows of an order, or of a
            questionnaire in long form, as one.
        set_aside: file, line, column, reason, value: one row for each row not kept.
        repairs: column, reason, n: cells changed in rows that were kept.
        judged: rows set aside by judgement alone, typed, with their `reason`; they could
            have been kept, so the headline is shown with and without them.
        notes: what else the reader must know.
        rows_in: rows read; always rows kept + rows set aside.
        made_of: the table it was made of, where it stands in no file.
    """

    frame: pd.DataFrame
    set_aside: pd.DataFrame
    repairs: pd.DataFrame
    judged: pd.DataFrame
    notes: tuple[str, ...]
    rows_in: int
    made_of: str = ""

    @cached_property
    def ids(self) -> pd.Series:
        """Rows of each customer id, those set aside for finding nobody among them."""
        gone = self.set_aside
        orphans = gone.loc[gone["reason"] == "orphan", "value"].astype("str").str.strip()
        both = (self.frame["customer_id"].astype("str"), orphans)
        rows = pd.concat([ids.value_counts(sort=False) for ids in both])
        rows.index = rows.index.astype(object)  # looked for in others several times
        return rows.groupby(level=0, sort=False).sum()


@dataclass(frozen=True, eq=False)
class Around:
    """What the study knows beside a table, which its rows are held against.

    Attributes:
        as_of: last moment known, naive, in the study's zone.
        timezone: the study's zone.
        customers: ids of the customer list, where the study has one.
        money: the study's currency, and what others are worth in it.
    """

    as_of: datetime
    timezone: str = "UTC"
    customers: Collection[str] | None = None
    money: Money = field(default_factory=Money)

    @property
    def last(self) -> pd.Timestamp:
        """The last moment known, in the study's zone."""
        return pd.Timestamp(self.as_of).tz_localize(self.timezone)


@contextmanager
def _wide() -> Iterator[None]:
    """Let a table of thousands of columns be one whose columns came one by one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pd.errors.PerformanceWarning)
        yield


@_wide()
def clean(
    raw: pd.DataFrame,
    *,
    table: str,
    spec: Table,
    around: Around,
    zones: Mapping[str, Mapping[str, str]] | None = None,
    missing: Mapping[str, Mapping[str, Collection[str]]] | None = None,
    rules: Sequence[Rule] = RULES,
) -> Cleaned:
    """Type every column and set aside the rows that cannot be used.

    Args:
        raw: rows as `ingest.read` gives them, with `file`, `line` and `damage`. It is used
            up: columns that no rule looks at leave it once they are read, so that a large
            export is not held twice.
        table: `responses`, `customers`, `orders`, `interactions` or `reviews`.
        spec: the table's part of the study file.
        around: what the study knows beside this table.
        zones: column -> file -> zone its times are written in, where the file says so.
        missing: column -> file -> codes that the file itself declares as missing.
        rules: the reasons to set a row aside, in order.

    Returns:
        Rows in = rows kept + rows set aside; each row set aside has exactly one reason. Rows
        of one order are kept as one row of the frame.

    Raises:
        CleaningError: a column that can be read in two ways.
    """
    if spec.question:
        words = {"around": around, "zones": zones, "missing": missing}
        return _in_long_form(raw, table, spec, rules, words)
    out = counting.uncounted(raw, spec, around.timezone)
    misspelt = counting.misspelt(raw, spec)
    blanked = _without_missing(raw, missing or {})
    typed, repaired, flags, notes = _convert(raw, table, spec, around.timezone, zones or {}, out)
    repaired |= blanked
    counts = ~_ignored(raw, spec, pd.concat([out, flags], axis="columns"))
    if table == "orders":
        repaired |= purchases.filled(typed, counts)
        purchases.priced(typed)
    if table == "interactions":
        _reached(typed)
    if "currency" in typed:
        converted, told = _exchanged(raw, typed, counts, spec, around.money)
        repaired, notes = repaired | converted, (*notes, *told)
    repaired |= _not_known_yet(typed, table, around.last)
    if table == "customers":
        doubts.refuse_spells(typed, raw)
    working = pd.concat([typed, raw[[*PLACE, "damage"]], flags, out], axis="columns")
    _mark(working, table, spec, around)
    working["told_twice"], again = overlaps.told_twice(typed, raw["file"], spec)
    notes = (*notes, *again)
    pa.default_memory_pool().release_unused()
    gone = _judge(working, table, spec, _with_conditions(rules, out, table))
    del working
    kept = np.ones(len(raw), bool)
    kept[gone.index] = False
    left = ["finished", "progress", *(["status"] if table == "responses" else [])]
    typed = typed.drop(columns=left, errors="ignore")
    judged = gone[gone["reason"].isin(JUDGEMENT)]
    could_stay = typed.take(judged.index).reset_index(drop=True)
    notes = (*notes, *misspelt, *doubts.alike_lines(typed, gone, spec))
    whole = {name: column.array for name, column in typed.items()}
    del typed  # so that each column goes as soon as its rows are taken
    columns = {name: whole.pop(name)[kept] for name in list(whole)}
    frame = pd.DataFrame(columns, copy=False)
    if table == "orders":
        frame, made = _orders(frame, raw[kept], spec)
        notes = (*notes, *made)
    for name, mark in spec.split.items():
        frame, could_stay = labels.apart(frame, could_stay, name=name, mark=mark)
    return Cleaned(
        frame=frame,
        set_aside=_booked(raw, gone),
        repairs=_counted(repaired, kept),
        judged=could_stay.assign(reason=judged["reason"].array),
        notes=(*notes, *_notes(frame, table, spec, around.customers)),
        rows_in=len(kept),
    )


def _in_long_form(
    raw: pd.DataFrame, table: str, spec: Table, rules: Sequence[Rule], words: dict
) -> Cleaned:
    """Clean a table whose rows are questions; each of its rows is booked."""
    out = counting.uncounted(raw, spec, words["around"].timezone)
    first = [rule for rule in rules if rule.name in ("below_table", "row_torn")]
    marked = pd.concat([raw[[*PLACE, "damage"]], out], axis="columns")
    gone = _judge(marked, table, spec, _with_conditions(first, out, table))
    left = raw.drop(index=gone.index).reset_index(drop=True)
    wide, member, notes = questions.pivoted(left, spec)
    plain = spec.model_copy(update={"where": {}, "question": None, "answer": None})
    done = clean(wide, table=table, spec=plain, rules=rules, **words)
    rows = left[PLACE].assign(at=member).astype({"file": "str"})
    key = rows.groupby("at")[PLACE].transform("first").set_axis(["file_", "line_"], axis="columns")
    aside = done.set_aside.rename(columns={"file": "file_", "line": "line_"})
    each = pd.concat([rows[PLACE], key], axis="columns").merge(aside, on=["file_", "line_"])
    return replace(
        done,
        set_aside=pd.concat([_booked(raw, gone), each[done.set_aside.columns]], ignore_index=True),
        notes=(*notes, *done.notes),
        rows_in=len(raw),
    )


def _reached(typed: pd.DataFrame) -> None:
    """Tell when a case was answered and closed from how long that took, where no time says it."""
    if "opened_at" not in typed:
        return
    for length, moment in (("first_reply", "first_reply_at"), ("resolution", "closed_at")):
        if length in typed:
            told = typed["opened_at"] + pd.to_timedelta(typed[length].round(), unit="s")
            known = typed.get(moment)
            typed[moment] = told if known is None else known.fillna(told)


def _ignored(raw: pd.DataFrame, spec: Table, flags: pd.DataFrame) -> np.ndarray:
    """Say which rows tell nothing of their columns: torn ones, and those that do not count."""
    torn = (raw["damage"] != "").to_numpy() & (spec.rules.get("row_torn") != "off")
    if spec.rules.get("not_counted") == "off":
        return torn
    named = [n for n in flags if n.startswith(WHERE) or n == "status!not_counted"]
    return torn | flags[named].any(axis="columns").to_numpy()


def _with_conditions(rules: Sequence[Rule], out: pd.DataFrame, table: str) -> Sequence[Rule]:
    """Put the conditions of the study file after what keeps a row from being one."""
    more = [left_out(str(flag), table) for flag in out]
    at = 1 + max((at for at, rule in enumerate(rules) if rule.name == "row_torn"), default=-1)
    return [*rules[:at], *more, *rules[at:]]


def _exchanged(
    raw: pd.DataFrame, typed: pd.DataFrame, counts: np.ndarray, spec: Table, money: Money
) -> tuple[dict[tuple[str, str], np.ndarray], tuple[str, ...]]:
    """Bring the amounts of rows that count into the study's currency."""
    heading, place = spec.sources()["currency"], np.flatnonzero(counts)
    rows = typed[counts].copy() if not counts.all() else typed
    moment = next((name for name in ("ordered_at", "started_at") if name in typed), "")
    try:
        booked, notes = purchases.in_one_currency(rows, money, heading, moment)
    except purchases.TooEarly as error:
        row = raw.loc[error.at]
        raise CleaningError(
            f"{row['file']}, line {row['line']}: {error}", file=str(row["file"]),
            line=int(row["line"]), column=heading,
        ) from None  # fmt: skip
    except CleaningError as error:
        if not error.shown:
            raise CleaningError(f"{raw['file'].iloc[0]}: {error}", column=heading) from None
        raise _placed(error, typed["currency"], raw) from None
    for name, _ in booked:
        typed.loc[counts, name] = rows[name]
    return {key: place[hit] for key, hit in booked.items()}, notes


def _orders(frame: pd.DataFrame, raw: pd.DataFrame, spec: Table) -> tuple[pd.DataFrame, tuple]:
    """Make one row of each order."""
    rows = frame.assign(file=raw["file"].astype("str").array, line=raw["line"].array)
    done = purchases.combined(rows, given="amount" in spec.columns)
    return done.frame, done.notes


def _placed(error: CleaningError, cells: pd.Series, raw: pd.DataFrame) -> CleaningError:
    """Say in which file and line a column cannot be read."""
    if error.file or not error.shown:
        return error
    hit = cells.astype("str").str.strip().isin([str(value).strip() for value in error.shown])
    if not hit.any():
        return error
    row = raw.iloc[int(hit.to_numpy().argmax())]
    file, line = str(row["file"]), int(row["line"])
    return CleaningError(f"{file}, line {line}: {error}", file=file, line=line, column=error.column)


def _without_missing(
    raw: pd.DataFrame, missing: Mapping[str, Mapping[str, Collection[str]]]
) -> dict[tuple[str, str], np.ndarray]:
    """Blank in each file the codes that this file declares as missing."""
    booked = {}
    for name, declared in missing.items():
        text, cells = raw[name].astype("str"), np.zeros(len(raw), bool)
        for file, codes in declared.items():
            cells |= (text.isin(list(codes)) & (raw["file"] == file)).to_numpy()
        booked[name, "declared_missing"] = np.flatnonzero(cells)
        raw[name] = raw[name].mask(cells)
    return booked


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
                booked[str(name), "after_as_of"] = np.flatnonzero(cells)
    return booked


def _convert(
    raw: pd.DataFrame,
    table: str,
    spec: Table,
    timezone: str,
    zones: Mapping[str, Mapping[str, str]],
    out: pd.DataFrame,
) -> tuple[pd.DataFrame, dict[tuple[str, str], np.ndarray], pd.DataFrame, tuple[str, ...]]:
    """Type the columns; give the rows repaired and, as `column!reason`, the cells unusable."""
    columns, repaired = {}, {}
    flags: dict[str, np.ndarray] = {}
    sources = spec.sources()
    here = [rule for rule in RULES if table in rule.tables]
    shown = {rule.column for rule in here}
    fatal = {f"{r.column}!{r.name}" for r in here if spec.rules.get(r.name) != "off"}
    by_status, notes = _by_status(raw, table, spec, out)
    main, told = next((score for score in SCORES if score in spec.columns), ""), [*notes]
    flags |= {f"status!{reason}": hit for reason, hit in by_status.items()}
    silent = _ignored(raw, spec, out.assign(**flags))
    names = [n for n in raw if n not in (*PLACE, "damage") and not n.startswith(WHERE)]
    taken = {name: raw[name] for name in names if name not in shown}
    raw.drop(columns=list(taken), inplace=True)  # at once: of thousands, one by one takes minutes
    for name in names:
        kind, cells = spec.kind(table, name), raw[name] if name in shown else taken.pop(name)
        if silent.any():  # what stands in a torn row says nothing of the column
            cells = cells.mask(silent)
        source = sources.get(name, name)
        try:
            if kind == "time":
                form, zone = (
                    spec.formats.get(name),
                    _zone(raw["file"], zones.get(name, {}), timezone),
                )
                done = to_time(cells, timezone=timezone, format=form, name=source, written_in=zone)
            elif kind == "asked":
                done = convert.Converted(labels.as_answered(cells))
            else:
                scale = _scale(table, spec, str(name))
                read = partial(_converted, kind=kind, spec=spec, source=source, scale=scale)
                done = convert.by_value(read, cells)
                told += _scored(cells, done, kind, scale, name, source, name in spec.scales)
            doubts.refuse_unreadable(
                cells, done, kind=kind, name=str(name), heading=source, table=table
            )
        except CleaningError as error:
            raise _placed(error, cells, raw) from None
        if kind == "duration":
            form = spec.formats.get(name)
            told += filter(None, [doubts.two_figures(
                cells, done.values, name=str(name), heading=source, declared=form)])  # fmt: skip
        if kind == "time" and (said := doubts.one_moment(done.values, source)):
            told.append(said)
            every = name == "churned_at" and done.values.notna().all()
            if name == "answered_at" or every:
                done.repairs["same_moment"] = done.values.notna().to_numpy()
                done.values = done.values.mask(done.values.notna())
        if kind == "time":
            told += filter(None, [doubts.other_years(done.values, source)])
        columns[name] = done.values
        del cells
        pa.default_memory_pool().release_unused()  # of the column as it came
        for reason, hit in _found(done.repairs):
            repaired[name, reason] = np.flatnonzero(hit)
        for reason, hit in _found(done.bad):
            vital = f"{name}!{_vital(table, name, reason, main)}"
            flags[vital] = hit
            if vital not in fatal:
                repaired[name, "unreadable" if reason == "date_impossible" else reason] = (
                    np.flatnonzero(hit)
                )
    flagged = pd.DataFrame(flags, index=raw.index)
    return pd.DataFrame(columns, copy=False), repaired, flagged, tuple(told)


def _by_status(
    raw: pd.DataFrame, table: str, spec: Table, out: pd.DataFrame
) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    """Tell by their status which rows are no whole record, where `where` does not say it."""
    heading = spec.sources().get("status", "Status")
    if "status" not in raw or WHERE + heading in out:
        return {}, ()
    cells = raw["status"].mask(_ignored(raw, spec, out)).rename(heading)
    known = partial(counting.by_status, cells, table=table)
    notes: tuple[str, ...] = ()
    try:
        known(strict=True)
    except CleaningError as error:
        if "status" in spec.columns:
            raise _placed(error, cells, raw) from None
        notes = (f"{DOUBT}{error}",)
    return known(strict=False), notes


def _zone(files: pd.Series, zones: Mapping[str, str], timezone: str) -> str | pd.Series:
    """Give the zone a column is written in: one for all, or one a row where files differ."""
    each = {name: zones.get(name, timezone) for name in files.unique()}
    return files.map(each) if len(set(each.values())) > 1 else next(iter(each.values()), timezone)


def _found(cells: dict[str, np.ndarray]) -> list[tuple[str, np.ndarray]]:
    """Leave out the reasons that no cell has."""
    return [(reason, each) for reason, each in cells.items() if each.any()]


def _scored(
    cells: pd.Series,
    done: convert.Converted,
    kind: str,
    scale: Scale,
    name: str,
    heading: str,
    declared: bool,
) -> list[str]:
    """Doubt scores and ratings whose answers are not those of their scale."""
    if kind not in ("score", "rating"):
        return []
    return doubts.on_scale(cells, done, scale=scale, name=name, heading=heading, declared=declared)


def _scale(table: str, spec: Table, column: str) -> Scale:
    """Give the scale of a score; a desk rates its cases on a scale of its own, if not said."""
    known = spec.scale(column) if table == "responses" else spec.scales.get(column)
    return known or Scale(low=-np.inf, high=np.inf)


def _converted(
    column: pd.Series, kind: str, spec: Table, source: str, scale: Scale
) -> convert.Converted:
    if kind in ("score", "rating"):
        return convert.to_score(column, scale, whole=column.name == "nps")
    if kind == "duration":
        declared = spec.formats.get(str(column.name))
        usual = "seconds" if column.name == "duration_s" else None
        return to_duration(column, declared=declared, heading=source, usual=usual)
    if kind == "id" and (rule := spec.ids.get(str(column.name))):
        return convert.matched(_converted(column, "as it stands", spec, source, scale), rule)
    if column.name == "currency" and source == spec.columns.get("amount"):
        return convert.to_currency(column)
    if column.name == "churned":
        return convert.to_flag(column, yes=convert.LEFT, no=convert.STAYED)
    if kind == "number":
        of = "currency" in spec.columns
        return convert.to_number(column.rename(source), decimal=spec.decimal, currencies=of)
    typed = pd.api.types.is_numeric_dtype(column) and column.dtype != bool
    if kind == "attribute" and typed:
        return convert.Converted(column)
    if kind in ("id", "as it stands", "category") and typed:
        column = column.map(convert.in_full, na_action="ignore").astype("str")
    return {
        "id": convert.to_id,
        "as it stands": convert.to_id,
        "category": convert.to_category,
        "text": convert.to_text,
        "flag": convert.to_flag,
        "attribute": convert.to_attribute,
    }[kind](column)


def _vital(table: str, column: str, reason: str, main: str) -> str:
    """Name the reason a row goes for, where an unusable cell takes its row along.

    Of the scores, the first one alone does: an answer to it is not lost for another question.
    """
    if column == main and table == "responses":
        return f"score_{reason}"
    if (table, column, reason) == ("orders", "amount", "unreadable"):
        return "amount_unreadable"
    if reason == "unreadable" and COLUMNS[table].get(column) == "id":
        return "id_damaged"
    return reason


def _mark(working: pd.DataFrame, table: str, spec: Table, around: Around) -> None:
    """Add what the rules look at beyond the columns themselves."""
    for name in working.columns:
        if isinstance(working[name].dtype, pd.DatetimeTZDtype):
            working[f"{name}!date_after_as_of"] = working[name] > around.last
    if around.customers is not None and "customer_id" in working:
        working["orphan"] = ~among(working["customer_id"], around.customers)
    if table == "visits":
        ids = [name for name in ("visitor_id", "customer_id") if name in working]
        working["nobody"] = working[ids].isna().all(axis="columns")
    if table == "orders" and "order_id" in working:
        working["repeated"] = _repeated(working)
    ratings = [name for name in spec.ratings if name in working]
    answers = [name for name in (*SCORES, "comment") if name in working] + ratings
    answers += [name for name in working if str(name).startswith(ASKED)]
    if answers:
        working["unanswered"] = working[answers].isna().all(axis="columns")
    if ratings:
        _mark_haste(working, spec)


def _mark_haste(working: pd.DataFrame, spec: Table) -> None:
    """Look for haste within the batteries the study file declares, and in time and comment."""
    batteries = {name: [*members] for name, members in spec.batteries.items()}
    rated = list(dict.fromkeys(name for members in batteries.values() for name in members))
    if batteries:
        working["longstring"] = reduce(
            np.maximum, [_all_alike(working[members]) for members in batteries.values()]
        )
    if spec.rules.get("careless") != "off":
        looked_at = [*rated, *({"duration_s", "comment"} & set(working))]
        sound = (working["damage"] == "").to_numpy()
        rows = working[looked_at] if sound.all() else working.loc[sound, looked_at]
        found = careless.signs(rows, ratings=batteries)["flags"]
        working["flags"] = np.zeros(len(working), dtype=np.int8)
        working.loc[sound, "flags"] = found.to_numpy(np.int8)


def _all_alike(items: pd.DataFrame) -> pd.Series:
    """Count the answers of those who gave the same one throughout, 0 for the others."""
    given = [items[name].to_numpy(dtype=float, na_value=np.nan) for name in items]
    same = reduce(np.fmin, given) == reduce(np.fmax, given)
    return items.notna().sum(axis="columns").astype("int16").where(same, 0)


def _repeated(working: pd.DataFrame) -> np.ndarray:
    """Find the rows of an order that stand there twice, alike in every column that is read."""
    codes, _ = pd.factorize(working["order_id"])
    several = np.flatnonzero((np.bincount(codes + 1)[codes + 1] > 1) & (codes >= 0))
    ours = [n for n in working if "!" not in n and n not in (*PLACE, "damage", "orphan")]
    ours = [n for n in ours if not n.startswith(WHERE)]
    rows = working[[*ours, *PLACE]].take(several).sort_values(PLACE)
    out = np.zeros(len(working), bool)
    out[several] = rows.duplicated(ours).sort_index().to_numpy()
    return out


def _judge(working: pd.DataFrame, table: str, spec: Table, rules: Sequence[Rule]) -> pd.DataFrame:
    """Apply the rules in order to the rows still in; give place, reason and column of the rest."""
    went = np.full(len(working), -1, dtype=np.int16)
    for at, rule in enumerate(rules):
        threshold = spec.rules.get(rule.name, rule.threshold)
        if threshold == "off" or not rule.applies(table, working):
            continue
        still = np.flatnonzero(went < 0)
        rows = working[list({*rule.looks_at, *PLACE})]
        rows = rows if len(still) == len(rows) else rows.take(still)
        went[still[pd.Series(rule.fires(rows, threshold)).fillna(False).to_numpy(bool)]] = at
    gone = np.flatnonzero(went >= 0)
    fired = [rules[at] for at in went[gone]]
    named = {"reason": [rule.name for rule in fired], "column": [rule.column for rule in fired]}
    return pd.DataFrame(named, index=gone, dtype="str")


def _booked(raw: pd.DataFrame, gone: pd.DataFrame) -> pd.DataFrame:
    """Write down each row set aside, with the value as it stood in the export."""
    values = pd.Series("", index=gone.index, dtype=object)
    gone = gone.assign(column=gone["column"].str.replace(r"^(status)!.*", r"\1", regex=True))
    for column, rows in gone.groupby("column").groups.items():
        if column in raw:
            values[rows] = raw[column].take(rows).astype(object).map(str).to_numpy()
    return pd.DataFrame(
        {
            "file": raw["file"].take(gone.index).astype("str").array,
            "line": raw["line"].take(gone.index).array,
            "column": gone["column"].map(_named).array,
            "reason": gone["reason"].array,
            "value": values.astype("str").array,
        }
    )


def _named(column: str) -> str:
    return "" if column == "damage" else column.removeprefix(WHERE)


def _counted(repaired: dict[tuple[str, str], np.ndarray], kept: np.ndarray) -> pd.DataFrame:
    rows = [
        {"column": column, "reason": reason, "n": int(kept[cells].sum())}
        for (column, reason), cells in repaired.items()
    ]
    frame = pd.DataFrame(rows, columns=["column", "reason", "n"])
    return frame[frame["n"] > 0].reset_index(drop=True)


def _notes(
    frame: pd.DataFrame, table: str, spec: Table, customers: Collection[str] | None
) -> tuple[str, ...]:
    notes = []
    if table == "responses" and customers is not None and "customer_id" in frame:
        strangers = frame["customer_id"].notna() & ~among(frame["customer_id"], customers)
        if strangers.any():
            notes.append(
                f"{strangers.sum():,} responses name a customer who is not in the customer list; "
                "they are kept."
            )
    if table == "responses":
        notes += doubts.turned(frame, spec)
    for name in (*spec.segments, *spec.attributes):
        if name in frame and name not in spec.split and frame[name].dtype == "str":
            notes.append(doubts.several_labels(frame[name], name, spec.sources()[name]))
    if len(spec.ratings) >= careless.SHORTEST and not spec.batteries:
        notes.append(
            f"{len(spec.ratings)} ratings, and none is said to be asked with others: equal "
            "answers and odd patterns set nothing aside. Name those of one matrix under "
            "tables.responses.batteries, such as 'batteries: {experience: "
            f"[{', '.join([*spec.ratings][:2])}, …]}}'."
        )
    off = sorted(rule for rule, value in spec.rules.items() if value == "off")
    if off:
        notes.append(f"Turned off by the study file: {', '.join(off)}.")
    return tuple(filter(None, notes))
