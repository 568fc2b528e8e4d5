"""A file's cells before they have our names."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from cxlab.ingest.layouts import DATE, Header

Wanted = Callable[[Header], list[int]]  # which places of a header are to be read

FOOTER = "below the table"
LAST_ROWS = 40  # rows among which a total or a note is looked for
_TOTAL = re.compile(r"(?:(?:grand|sub)[ -]?)?(?:total|sum|average|avg|mean|median|count)s?"
                    r"(?:[\s:.=]*\(?(?:n\s*=\s*)?[\d.,]*\)?)", re.IGNORECASE)  # fmt: skip
_BELOW = re.compile(r"(?:(?:grand )?(?:total|sum|count|average|mean)|source|note|end of|generated|"
                    r"exported|report|printed|created|page|\*|©)(?!\w)", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Grid:
    """The cells of one file.

    Attributes:
        cells: columns named by their place, "0" being the first; text, as categories where
            few values repeat.
        header: names, wording and layout.
        lines: where each row begins.
        damage: why a row cannot be trusted, or empty; one text for all, or one a row.
        notes: what was decided on the way.
        missing: place -> codes the file itself declares as missing.
        labels: place -> code -> the words it stands for.
    """

    cells: pd.DataFrame
    header: Header
    lines: np.ndarray
    damage: object = ""
    notes: tuple[str, ...] = ()
    missing: dict[int, tuple[str, ...]] = field(default_factory=dict)
    labels: dict[int, dict[str, str]] = field(default_factory=dict)


def footers(rows: Sequence[Sequence[str]]) -> list[int]:
    """Find the last rows that are a total or a note, not a record.

    A row is a total where its first filled cell is that word alone, whatever else is filled; it
    is a note where few cells are filled and it says so, or where one cell stands apart from the
    table.

    Args:
        rows: the last rows of a table, blank ones among them.

    Returns:
        Their places; none where nothing else would be left.
    """
    filled = [sum(cell.strip() != "" for cell in row) for row in rows]
    usual = float(np.median([n for n in filled if n] or [0]))
    first = [next((cell.strip() for cell in row if cell.strip()), "") for row in rows]
    found: list[int] = []
    parted = told = False
    for at in range(len(rows) - 1, -1, -1):
        few = filled[at] < usual and filled[at] <= usual / 2 + 1 and usual > 2
        says = few and bool(_BELOW.match(first[at]))
        if filled[at] == 0:
            parted = bool(found)
        elif _TOTAL.fullmatch(first[at]) and first[at] not in first[:at]:
            found, told = [*found, at], True
        elif says or (filled[at] == 1 and usual >= 4):
            found, told = [*found, at], told or says
        else:
            return found if parted or told else []
    return []


_SUMS = re.compile(
    r"(?:\S+[ -]){0,5}(?:(?:grand|sub|sous)[ -]?)?(?:sum|\w*summ[ea]|\w*total[es]?|totaal|gesamt|"
    r"insgesamt|suma|razem|celkem|ukupno|yhteensä|összesen|toplam|i alt|итого|всего|合計|小計|"
    r"总计|合计|합계)"
    r"(?:[\s:.=].*)?", re.IGNORECASE)  # fmt: skip


def is_sum(row: Sequence[str], usual: float) -> bool:
    """Say whether a row begins with a word for a sum, and fills few of the usual cells."""
    filled = [cell.strip() for cell in row if cell.strip()]
    few = usual > 2 and len(filled) < usual and len(filled) <= usual / 2 + 1
    return few and bool(filled) and bool(_SUMS.fullmatch(filled[0]))


def sums_amid(cells: pd.DataFrame) -> np.ndarray:
    """Find rows amid a table that add up those above, as of each day: few cells and such a word.

    Args:
        cells: columns named by their place.
    """
    filled = (cells != "").sum(axis="columns").to_numpy()
    usual = float(np.median(filled)) if len(filled) else 0.0
    few = np.flatnonzero((filled < usual) & (filled <= usual / 2 + 1))
    found = [at for at in few if is_sum(cells.iloc[at].tolist(), usual)]
    return np.array(found if len(found) > 1 else [], dtype=int)


GROUP = "group above"  # what a report's own line says of the rows below it


def grouped(cells: pd.DataFrame, header: Header) -> tuple[pd.DataFrame, Header, np.ndarray]:
    """Find lines of a report that name what the rows below them belong to, and write it beside.

    Such a line fills the first column alone, and no record holds the like there: none anything,
    or all a day. The first filled row is one.

    Args:
        cells: columns named by their place.
        header: of these columns.

    Returns:
        The cells and the header with one more column, and the places of such lines; both as they
        were where there are none.
    """
    filled = (cells != "").sum(axis="columns").to_numpy()
    first = cells["0"].to_numpy(object)
    rows, alone = np.flatnonzero(filled), (filled == 1) & (first != "")
    heads = np.array([at for at in np.flatnonzero(alone) if not _SUMS.fullmatch(first[at])], int)
    records = np.flatnonzero(filled > 2)
    held = [cell for cell in first[records] if cell and not _SUMS.fullmatch(cell)]
    apart = not held or (all(map(DATE.fullmatch, held)) and len(held) == len(records))
    if len(heads) < 2 or rows[0] != heads[0] or not apart or len(records) < 2 * len(heads):
        return cells, header, np.array([], int)
    if any(DATE.fullmatch(first[at]) for at in heads) or len({*first[heads]}) < len(heads):
        return cells, header, np.array([], int)
    above = np.searchsorted(heads, np.arange(len(cells)), side="right") - 1
    cells = cells.assign(**{str(len(header.names)): first[heads][np.maximum(above, 0)]})
    names, wording = (*header.names, GROUP), (*header.wording, GROUP)
    return cells, replace(header, names=names, wording=wording), heads


def headers_again(cells: pd.DataFrame, header: Header) -> np.ndarray:
    """Find the rows that repeat the header, as files put together or printed in pages have.

    Args:
        cells: columns named by their place.
        header: of which each row is compared with the names.
    """
    again = np.full(len(cells), header.rows == 1 and len(cells.columns) > 0)
    for place in cells.columns:
        if not again.any():
            break
        name = header.names[int(place)]
        again &= cells[place].isin([name, f"\ufeff{name}"]).to_numpy(bool)
    return np.flatnonzero(again)


def stacked(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put rows below one another; what is categories of text in the first part stays so."""
    if len(parts) == 1:
        return parts[0]
    names = list(dict.fromkeys(name for part in parts for name in part))
    first = {name: next(part[name] for part in parts if name in part) for name in names}
    coded = [name for name, column in first.items() if _is_coded(column)]
    plain = [part.drop(columns=coded, errors="ignore") for part in parts]
    frame = pd.concat(plain, ignore_index=True)
    for name in coded:
        each = [part[name] if name in part else [np.nan] * len(part) for part in parts]
        frame[name] = union_categoricals([pd.Categorical(pd.Series(c, dtype="str")) for c in each])
    return frame[names]


def _is_coded(column: pd.Series) -> bool:
    kind = column.dtype
    return isinstance(kind, pd.CategoricalDtype) and kind.categories.dtype == "str"
