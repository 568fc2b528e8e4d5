"""Parameters arrive as what they are: the kind the notebook's cell declares, or a refusal."""

import ast
import datetime
import math
import re
from pathlib import PurePath
from typing import Any

WORDS = {
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    str: "text",
    list: "a list",
    tuple: "a list in round brackets",
    dict: "names with values, such as {'a': 1}",
    type(None): "None, which is all that its default declares",
}
PLAIN = (bool, int, float, str, type(None))


class Unfit(ValueError):
    """A value is none of the kind that was declared."""


def as_declared(value: Any, default: Any) -> Any:
    """Give a value as the kind of its default, where nothing of it is changed by that.

    Args:
        value: a value from Python, or text of a command line.
        default: what the parameters cell declares.

    Raises:
        Unfit: of another kind, not finite, or not to be written down and read back.

    Example:
        >>> as_declared("(0, 2)", (1, 5)), as_declared([0, 2], (1, 5)), as_declared("3", 1.0)
        ((0, 2), (0, 2), 3.0)
    """
    kind = type(default)
    value = _bare(value)
    if isinstance(value, str) and kind is not str:
        value = _read(value)
    if kind is float and type(value) is int:
        value = _float(value)
    if {kind, type(value)} == {list, tuple}:
        value = kind(value)
    if type(value) is not kind or kind not in WORDS or not _keeps(value):
        raise Unfit(WORDS.get(kind, "of a kind that can be written down: text, numbers, lists"))
    return value


def _bare(value: Any) -> Any:
    """Take the number out of an array library's, and write days and paths as text."""
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, datetime.date):  # moments are dates too
        return value.isoformat()
    if type(value) is list or type(value) is tuple:
        return type(value)(_bare(one) for one in value)
    if type(value) is dict:
        return {name: _bare(one) for name, one in value.items()}
    if type(value) not in PLAIN and hasattr(value, "item") and getattr(value, "shape", 1) == ():
        return value.item()
    return value


def _read(text: str) -> Any:
    """Read a literal; digits grouped by `_`, as in 2025_01, are no number."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
        numbers = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and _is_number(n.value)]
        grouped = any("_" in (ast.get_source_segment(text.strip(), n) or "") for n in numbers)
        return text if grouped else ast.literal_eval(tree)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return text


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | complex) and not isinstance(value, bool)


def _float(value: int) -> Any:
    try:
        return float(value) if int(float(value)) == value else value
    except OverflowError:
        return value


def _keeps(value: Any) -> bool:
    """Whether a value is written down, in a notebook and in JSON, and read back as it was."""
    if type(value) is str:
        return not re.search("[\ud800-\udfff]", value)
    if type(value) is float:
        return math.isfinite(value)
    if type(value) is dict:
        return all(type(name) is str and _keeps(one) for name, one in value.items())
    if type(value) in (list, tuple):
        return all(_keeps(one) for one in value)
    return type(value) in PLAIN
