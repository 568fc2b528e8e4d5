"""The workbook in which people code comments, as it is read back."""

from pathlib import Path
from zipfile import BadZipFile

import pandas as pd

from cxlab.codebook import did_you_mean
from cxlab.results import Misuse

NONE = "no theme"
CODERS = ("coder 1", "coder 2")


def read(file: str | Path) -> pd.DataFrame:
    """Give each comment of a coded workbook: `comment`, `first`, `second`, `machine`.

    A code is one of the sheet `themes`, whatever its case. Lines may be sorted or taken out. Where
    the machine tells several themes, `machine` is the one that people chose, if it is among them.

    Raises:
        Misuse: the file is no workbook of `voice.sheet`, or a code is none of its themes.
    """
    name = Path(file).name
    try:
        page, themes, told = (
            pd.read_excel(file, sheet_name=name, dtype=str, header=head, keep_default_na=False)
            for name, head in (("coding", 0), ("themes", None), ("machine", None))
        )
        codes = page[list(CODERS)].apply(lambda column: column.str.strip())
        comment, row = page["comment"], pd.to_numeric(page["row"], errors="coerce")
        names = {each.strip().casefold(): each for each in themes.iloc[:, 0] if each.strip()}
        said = told.set_index(pd.to_numeric(told[0], errors="coerce")).drop(columns=0)
    except ImportError:
        raise Misuse(f"'{name}' is no .xlsx; save it as one (Excel, LibreOffice).") from None
    except FileNotFoundError:
        raise Misuse(f"there is no file '{file}'; give its whole path.") from None
    except (ValueError, LookupError, OSError, BadZipFile) as error:
        why = "a column is gone" if isinstance(error, LookupError) else "it is no Excel workbook"
        why = f"{error}" if "Worksheet" in str(error) else why
        raise Misuse(
            f"'{name}' is no workbook of voice.sheet ({why}); write one with it, and fill it in."
        ) from None
    sides = [_known(codes[coder], names, name) for coder in CODERS]
    answers = {int(n): list(each) for n, *each in said[said.index.notna()].itertuples()}
    machine = [_answer(answers.get(n, []), code) for n, code in zip(row, sides[0], strict=True)]
    told = {"comment": comment, "first": sides[0], "second": sides[1]}
    return pd.DataFrame(told | {"machine": pd.Series(machine, index=page.index, dtype=object)})


def _answer(themes: list[str], code: str) -> str | None:
    """Give the theme that people chose where the machine tells it too, else its first."""
    return code if code in themes else next(iter(themes), None)


def _known(codes: pd.Series, names: dict[str, str], file: str) -> pd.Series:
    """Give codes as the list spells them; none where nothing was chosen."""
    found = codes.str.casefold().map(names)
    strange = codes[codes.ne("") & found.isna()]
    if strange.empty:
        return found
    near = did_you_mean(strange.iloc[0], list(names.values()))
    more = f" (and {len(strange) - 1:,} more)" if len(strange) > 1 else ""
    raise Misuse(
        f"'{file}', sheet 'coding', line {strange.index[0] + 2}, '{codes.name}': "
        f"'{strange.iloc[0]}' is no theme{more}.{near} Choose one of the list, or add "
        "it to the sheet 'themes'."
    )
