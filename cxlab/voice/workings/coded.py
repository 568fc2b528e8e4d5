"""The workbook in which people code comments, as it is read back."""

from pathlib import Path
from zipfile import BadZipFile

import pandas as pd

from cxlab.results import Misuse

NONE = "no theme"
CODERS = ("coder 1", "coder 2")


def read(file: str | Path) -> pd.DataFrame:
    """Give each comment of a coded workbook: `comment`, `first`, `second`, `machine`.

    Raises:
        Misuse: the file is no workbook of `voice.sheet`.
    """
    try:
        page = pd.read_excel(file, sheet_name="coding", dtype=str, keep_default_na=False)
        told = pd.read_excel(file, sheet_name="machine", dtype=str, header=None)
        sides = [page[name].str.strip().replace("", None) for name in CODERS]
        comment, row = page["comment"], page["row"]
    except ImportError:
        raise Misuse("this workbook is no .xlsx; save it as one (Excel, LibreOffice).") from None
    except (ValueError, KeyError, OSError, BadZipFile) as error:
        raise Misuse(f"this is no workbook of voice.sheet ({error}).") from None
    machine = row.map(dict(zip(told[0].dropna(), told[1].dropna(), strict=True)))
    return pd.DataFrame({"comment": comment, "first": sides[0], "second": sides[1],
                         "machine": machine})  # fmt: skip
