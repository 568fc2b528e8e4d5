"""Read records inside records: JSON lines, and Parquet whose columns hold structures.

A field of a structure goes by the path to it, `device.category`. A list of keys with a value each,
as web analytics keep their parameters, gives a column a key: `event_params.page_location`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cxlab.codebook import Table
from cxlab.ingest.grids import Grid, Wanted
from cxlab.ingest.layouts import Header
from cxlab.ingest.opening import IngestError, Opened

KEY, VALUE = "key", "value"
NO_RECORD = "is no JSON record"


def read_json(path: Path, opened: Opened, table: Table, wanted: Wanted) -> Grid:
    """Read a file of JSON records, one a line or in one list; every value as text.

    Raises:
        IngestError: no record, or a first line that is none.
    """
    try:
        text = bytes(opened.data).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise IngestError(f"{path.name}: the file is not UTF-8. Export it again.") from None
    lines, damage, cells = _records(text, path.name)
    names = tuple(cells)
    header = Header("plain", 1, names, names)
    body = {
        str(place): pd.Series(_spread(cells[names[place]], len(lines)), dtype="str")
        for place in wanted(header)
    }
    kind = "one list" if text.lstrip().startswith("[") else "one a line"
    note = f"{path.name}: JSON records, {kind}, {len(lines):,} rows."
    frame = pd.DataFrame(body, index=pd.RangeIndex(len(lines)))
    return Grid(frame, header, np.array(lines), np.array(damage, dtype=object), (note,))


def nested(schema: pa.Schema) -> bool:
    """Say whether a column of a Parquet file holds structures or lists."""
    return any(_inner(field.type) for field in schema)


def flattened(cells: pa.Table, wanted: Wanted) -> tuple[Header, pa.Table, list[int]]:
    """Give the columns wanted of a table of structures, each under the path to it."""
    found = dict(_leaves(cells))
    header = Header("plain", 0, tuple(found), tuple(found))
    places = wanted(header)
    columns = [found[header.names[place]]() for place in places]
    return header, pa.table(columns, names=[str(place) for place in places]), places


# ---------------------------------------------------------------- Parquet


def _inner(kind: pa.DataType) -> bool:
    return pa.types.is_struct(kind) or pa.types.is_list(kind) or pa.types.is_large_list(kind)


def _leaves(cells: pa.Table) -> Iterator[tuple[str, Any]]:
    """Name every plain column, and what gives it."""
    for name in cells.column_names:
        yield from _of_column(name, cells[name].combine_chunks())


def _of_column(name: str, column: pa.Array) -> Iterator[tuple[str, Any]]:
    kind = column.type
    if pa.types.is_struct(kind):
        for at in range(kind.num_fields):
            inner = kind.field(at).name
            yield from _of_column(f"{name}.{inner}", pc.struct_field(column, inner))
    elif _inner(kind) and _keyed(kind.value_type):
        keys = pc.struct_field(column.flatten(), KEY)
        for key in pc.unique(keys).drop_null().to_pylist():
            yield f"{name}.{key}", lambda key=key: _of_key(column, keys, key)
    elif not _inner(kind):
        yield name, lambda: column


def _keyed(kind: pa.DataType) -> bool:
    return pa.types.is_struct(kind) and {KEY, VALUE} <= {f.name for f in kind}


def _of_key(column: pa.Array, keys: pa.Array, key: str) -> pa.Array:
    """Give the value that each row has under a key, as text; the first where it has several."""
    here = np.flatnonzero(pc.equal(keys, key).fill_null(False).to_numpy(zero_copy_only=False))
    rows = pc.list_parent_indices(column).to_numpy(zero_copy_only=False)[here]
    values = _text(pc.struct_field(column.flatten(), VALUE).take(pa.array(here)))
    rows, first = np.unique(rows, return_index=True)
    places = np.full(len(column), -1)
    places[rows] = first
    return values.take(pa.array(places, mask=places < 0))


def _text(values: pa.Array) -> pa.Array:
    """Write a value as text; of a structure of one field a type, the field that is filled."""
    if not pa.types.is_struct(values.type):
        return values.cast(pa.string())
    kinds = [values.type.field(at) for at in range(values.type.num_fields)]
    plain = [pc.struct_field(values, f.name).cast(pa.string()) for f in kinds if not _inner(f.type)]
    return pc.coalesce(*plain) if plain else pa.nulls(len(values), pa.string())


# ---------------------------------------------------------------- JSON


def _records(text: str, name: str) -> tuple[list[int], list[str], dict[str, tuple[list, list]]]:
    """Give line, damage and the cells by column of every record."""
    lines: list[int] = []
    damage: list[str] = []
    cells: dict[str, tuple[list[int], list[str]]] = {}
    for line, record in _each(text, name):
        for path, value in _paths(record) if isinstance(record, dict) else ():
            rows, values = cells.setdefault(path, ([], []))
            if value is not None and (not rows or rows[-1] != len(lines)):
                rows.append(len(lines))
                values.append(value)
        lines.append(line)
        damage.append("" if isinstance(record, dict) else NO_RECORD)
    if not lines or all(damage):
        raise IngestError(f"{name}: holds no JSON record. One {{…}} a line is expected.")
    return lines, damage, cells


def _each(text: str, name: str) -> Iterator[tuple[int, Any]]:
    if text.lstrip().startswith("["):
        try:
            yield from enumerate(_loaded(text), start=1)
        except ValueError as bad:
            raise IngestError(f"{name}: the list of JSON records is damaged ({bad}).") from None
        return
    if within := _within(text):
        yield from enumerate(within, start=1)
        return
    for at, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield at, _loaded(line)
        except (ValueError, RecursionError):
            yield at, None


_LIST = 5  # records from which a list within one record is what a file is about


def _within(text: str) -> list[Any]:
    """Give the one list of records that an answer of an interface wraps, as `{"data": […]}`."""
    try:
        whole = _loaded(text)
    except (ValueError, RecursionError):
        return []  # a record a line
    held = whole.values() if isinstance(whole, dict) else ()
    lists = [each for each in held if isinstance(each, list) and len(each) >= _LIST
             and isinstance(each[0], dict)]  # fmt: skip
    return lists[0] if len(lists) == 1 else []


def _loaded(text: str) -> Any:
    """Read JSON with numbers as they stand: an id of twenty digits stays one."""
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)


def _paths(record: dict[str, Any], above: str = "") -> Iterator[tuple[str, str | None]]:
    """Give every value under the path to it; of a field that is empty, its name alone."""
    for key, value in record.items():
        path = f"{above}{key}"
        if isinstance(value, dict):
            yield from _paths(value, f"{path}.")
        elif isinstance(value, list):
            for each in value:
                if isinstance(each, dict) and {KEY, VALUE} <= set(each):
                    yield from _keyed_value(f"{path}.{each[KEY]}", each[VALUE])
        else:
            yield path, value if value is None or isinstance(value, str) else json.dumps(value)


def _keyed_value(path: str, value: Any) -> Iterator[tuple[str, str]]:
    filled = list(value.values()) if isinstance(value, dict) else [value]
    for each in filled:
        if each is not None:
            yield path, each if isinstance(each, str) else json.dumps(each)
            return


def _spread(column: tuple[list[int], list[str]], n: int) -> np.ndarray:
    out = np.full(n, None, dtype=object)
    out[column[0]] = column[1]
    return out
