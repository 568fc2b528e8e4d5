"""Read files that know their types: Parquet and SPSS."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from cxlab.codebook import COLUMNS, Table
from cxlab.ingest.grids import Grid, Wanted
from cxlab.ingest.layouts import Header
from cxlab.ingest.nested import flattened, nested
from cxlab.ingest.opening import IngestError
from cxlab.ingest.sets import of_file

_CODED = ("score", "number", "rating")  # read by their codes; other labelled columns by words
_NOTED = 6


def read_parquet(path: Path, table: Table, wanted: Wanted) -> Grid:
    """Read a Parquet file; its types stay as they are."""
    try:
        file = pyarrow.parquet.ParquetFile(path)
        names = tuple(file.schema_arrow.names)
        twice = [repr(each) for each, n in Counter(names).items() if n > 1]
        if twice:
            raise IngestError(
                f"{path.name}: several columns are called {', '.join(twice[:4])}. "
                "Give each a name of its own."
            )
        if nested(file.schema_arrow):
            header, cells, places = flattened(file.read(), wanted)
        else:
            header = Header("plain", 0, names, names)
            places = wanted(header)
            cells = file.read(columns=[names[place] for place in places])
        body = _without_bytes(cells, path.name).to_pandas()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise IngestError(f"{path.name}: the Parquet file is damaged ({error}).") from None
    body.columns = pd.Index([str(place) for place in places])
    if body.empty:
        raise IngestError(f"{path.name}: the Parquet file has columns but no row.")
    note = f"{path.name}: Parquet, {len(body):,} rows, types as stored."
    return Grid(body, header, np.arange(1, len(body) + 1), notes=(note,))


def _without_bytes(cells: pa.Table, name: str) -> pa.Table:
    """Read columns of bytes as the text they hold, as some programs write it."""
    for at, field in enumerate(cells.schema):
        if pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type):
            try:
                cells = cells.set_column(at, field.name, cells[at].cast(pa.string()))
            except pa.ArrowInvalid:
                raise IngestError(
                    f"{name}: column '{field.name}' holds bytes, not text. Leave it out."
                ) from None
    return cells


def read_spss(path: Path, table: Table, wanted: Wanted) -> Grid:
    """Read an SPSS file: codes for scores, words for what is labelled throughout.

    Codes that SPSS holds as user-missing are kept as they stand and named in `missing`.
    """
    import pyreadstat

    try:
        # the reader drops whole days of a length of time, and stops at a day no calendar has
        body, meta = pyreadstat.read_sav(path, user_missing=True, disable_datetime_conversion=True)
    except (pyreadstat.ReadstatError, UnicodeDecodeError, ValueError) as error:
        raise IngestError(f"{path.name}: the SPSS file is damaged ({error}).") from None
    names = tuple(body.columns)
    wording = tuple(meta.column_names_to_labels.get(name) or name for name in names)
    header = Header("spss", 0, names, wording, sets=of_file(path, meta))
    if body.empty:
        raise IngestError(f"{path.name}: the SPSS file has variables but no case.")
    places = wanted(header)
    coded = _read_by_code(table)
    labels = {
        place: {
            _code(value): str(words) for value, words in meta.variable_value_labels[name].items()
        }
        for place, name in enumerate(names)
        if name in meta.variable_value_labels
    }
    cells, missing = {}, {}
    for place in places:
        name = names[place]
        column = body[name]
        if read := _in_seconds(column, meta.original_variable_types.get(name) or ""):
            cells[str(place)] = read[0]
            continue
        codes = _user_missing(column, meta.missing_ranges.get(name, []))
        if codes:
            missing[place] = codes
        words = labels.get(place, {}) if name not in coded else {}
        cells[str(place)] = _as_words(column, words, codes)
    notes = [f"{path.name}: SPSS, {len(body):,} cases."]
    for place in [place for place in places if place in labels][:_NOTED]:
        said = ", ".join(f"{code} = {words}" for code, words in list(labels[place].items())[:8])
        notes.append(f"{path.name}: {names[place]} is labelled {said}.")
    lines = np.arange(1, len(body) + 1)
    return Grid(pd.DataFrame(cells), header, lines, "", tuple(notes), missing, labels)


_SPSS_START = pd.Timestamp("1582-10-14")  # SPSS counts seconds from the first Gregorian day
_SPSS_DAYS = {"DATE", "ADATE", "EDATE", "JDATE", "SDATE", "DATETIME", "YMDHMS", "MOYR", "QYR"}
_SPSS_DAYS |= {"WKYR"}
_YEARS = 9999


def _in_seconds(column: pd.Series, form: str) -> list[pd.Series]:
    """Read what SPSS keeps in seconds: moments, and lengths of time as clock times."""
    kind = form.rstrip("0123456789.").upper()
    if kind in ("TIME", "DTIME", "MTIME"):
        return [column.map(_clock, na_action="ignore").astype("str")]
    if kind not in _SPSS_DAYS:
        return []
    last = (pd.Timestamp(_YEARS, 12, 31) - _SPSS_START).total_seconds()
    odd = column.notna() & ~column.between(-1.3e10, last)
    micros = (column.mask(odd).fillna(0) * 1e6).round().astype("int64")
    moments = (_SPSS_START.as_unit("us") + pd.to_timedelta(micros, unit="us")).astype(
        "datetime64[us]"
    )
    moments = moments.mask(column.isna() | odd)
    if not odd.any():
        return [moments]
    text = moments.astype("str").mask(moments.isna())
    return [text.mask(odd, column[odd].map(lambda value: f"{value:.0f} seconds since 1582"))]


def _clock(seconds: float) -> str:
    whole, part = divmod(abs(seconds), 1)
    hours, rest = divmod(int(whole), 3600)
    told = f"{hours}:{rest // 60:02d}:{rest % 60:02d}" + (f"{part:.3f}"[1:] if part else "")
    return f"-{told}" if seconds < 0 else told


def _read_by_code(table: Table) -> set[str]:
    """Name the columns of the export that are scores, ratings or numbers."""
    kinds = {ours: kind for columns in COLUMNS.values() for ours, kind in columns.items()}
    ours = {name for name in table.columns if kinds.get(name) in _CODED} | set(table.ratings)
    return {theirs for name, theirs in table.sources().items() if name in ours}


def _user_missing(column: pd.Series, ranges: list[Any]) -> tuple[str, ...]:
    """List the values that fall in what SPSS calls user-missing."""
    found: list[str] = []
    for each in ranges:
        inside = column.map(
            lambda value, low=each["lo"], high=each["hi"]: (
                isinstance(value, str | float | int)
                and isinstance(value, str) == isinstance(low, str)
                and low <= value <= high
            )
        )
        found += [_code(value) for value in column[inside.astype(bool)].dropna().unique()]
    return tuple(dict.fromkeys(found))


def _as_words(column: pd.Series, words: dict[str, str], missing: tuple[str, ...]) -> pd.Series:
    """Write codes as text, or as their labels where every value in use has one."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return column
    text = column.map(_code, na_action="ignore").astype("str")
    in_use = set(text.dropna().unique()) - set(missing)
    if words and in_use <= set(words):
        text = text.map(lambda code: words.get(code, code) if code not in missing else code)
    return text


def _code(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value).strip()
