"""Multiple-response sets of SPSS: which variables are the answers to one question.

The reader names the members by the short names of the file format, folded to lower case, and does
not give the counted value of a set of texts; both stand in the file's dictionary.
"""

import re
import struct
from pathlib import Path
from typing import Any

_HEAD = 2**24  # the dictionary stands before the cases
_LONG_NAMES, _SETS, _LATER_SETS = 13, 7, 19


def of_file(path: Path, meta: Any) -> dict[str, dict[str, Any]]:
    """Give the multiple-response sets of a file.

    Args:
        path: the SPSS file.
        meta: what pyreadstat says of it.

    Returns:
        Name without `$` -> `label`, `members` (names of columns), and `counted`: the cell that
        means 'chosen' in a set of yes and no, or nothing where the members hold categories.
    """
    if not meta.mr_sets:
        return {}
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    encoding = meta.file_encoding or "utf-8"
    names = {name.casefold(): name for name in meta.column_names}
    longs = _record(head, _LONG_NAMES).decode(encoding, "replace").strip("\x00").split("\t")
    for short, _, name in (pair.partition("=") for pair in longs):
        if name in meta.column_names:
            names.setdefault(short.casefold(), name)
    told = _record(head, _SETS) + b"\n" + _record(head, _LATER_SETS)
    found = {}
    for name, said in meta.mr_sets.items():
        members = [names.get(str(each).casefold(), "") for each in said["variable_list"]]
        counted = said["counted_value"]
        if said["is_dichotomy"] and counted is None:
            counted = _counted(told, name.encode(encoding, "replace"), encoding)
        found[name] = {
            "label": str(said["label"] or ""),
            "members": [member for member in members if member],
            "lost": [str(each) for each, to in zip(said["variable_list"], members, strict=True)
                     if not to],
            "counted": _plain(counted) if said["is_dichotomy"] else None,
        }  # fmt: skip
    return found


def _record(head: bytes, subtype: int) -> bytes:
    """Give the content of an extension record, whichever end its numbers begin with."""
    for order in "<>":
        at = head.find(struct.pack(f"{order}3i", 7, subtype, 1))
        if at >= 0:
            (size,) = struct.unpack(f"{order}i", head[at + 12 : at + 16])
            return head[at + 16 : at + 16 + size]
    return b""


def _counted(told: bytes, name: bytes, encoding: str) -> str:
    """Read the counted value of a set, `$name=D3 yes …` or `$name=E 1 3 yes …`."""
    found = re.search(rb"\$" + re.escape(name) + rb"=(?:D|E 11? )(\d+) ", told, re.IGNORECASE)
    if not found:
        return ""
    size = int(found[1])
    return told[found.end() : found.end() + size].decode(encoding, "replace").strip()


def _plain(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()
