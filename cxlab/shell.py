"""In IPython and Jupyter a refusal is its sentence, and Tab knows columns, segments and values."""

import ast
import re
import sys
from types import TracebackType
from typing import Any

# keywords whose text is a method or a unit, never a column
OTHER_WORDS = {"method", "kind", "model", "correction", "period", "unit", "shape", "within"}


def quiet() -> None:
    """Let the running IPython, if there is one, answer our refusals without a traceback."""
    running = sys.modules.get("IPython")
    shell = running.get_ipython() if running is not None else None
    if shell is not None:
        from cxlab.codebook import Refusal

        shell.set_custom_exc((Refusal,), _answer)
        _complete(shell)


def _answer(
    shell: Any, kind: type[Exception], error: Exception, trace: TracebackType, tb_offset: Any = None
) -> None:
    """Show the sentence where IPython would show the traceback, and keep that for `%tb`."""
    sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace
    shell._showtraceback(kind, error, [f"{kind.__name__}: {error}"])


# ---------------------------------------------------------------- Tab


def _complete(shell: Any) -> None:
    """Let Tab inside quotes offer what the study or the frame before them holds."""
    from IPython.core.completer import SimpleCompletion, context_matcher

    if any(getattr(each, "__name__", "") == "held" for each in shell.Completer.custom_matchers):
        return

    @context_matcher()
    def held(context: Any) -> dict[str, Any]:
        before = "\n".join(context.full_text.split("\n")[: context.cursor_line])
        typed, found = names_for(f"{before}\n{context.text_until_cursor}", shell.user_ns)
        matches = [SimpleCompletion(text=name, type="value") for name in found]
        return {"completions": matches, "matched_fragment": typed, "suppress": bool(found)}

    shell.Completer.custom_matchers.append(held)


def names_for(text: str, names: dict[str, Any]) -> tuple[str, list[str]]:
    """Say what stands in the quotes that the text leaves open, and what could.

    Example:
        >>> import pandas as pd
        >>> rows = pd.DataFrame(columns=["region", "plan"])
        >>> names_for("metrics.nps(rows, by='re", {"rows": rows})
        ('re', ['region'])
        >>> names_for('rows["', {"rows": rows})
        ('', ['region', 'plan'])
    """
    text = re.split(r"\n(?=\S)", text)[-1]
    if text.count('"') % 2 == text.count("'") % 2:
        return "", []
    quote = '"' if text.count('"') % 2 else "'"
    before, _, typed = text.rpartition(quote)
    try:
        offered = _offered(before, names)
    except (SyntaxError, ValueError, LookupError, AttributeError, TypeError):
        return typed, []
    return typed, [name for name in offered if name.lower().startswith(typed.lower())]


def _offered(before: str, names: dict[str, Any]) -> list[str]:
    before = before.rstrip()
    if before.endswith("[") and (owner := _owner(before[:-1])):
        return _held(_value(owner, names))
    start = _call(before)
    inside = before[start:]
    words = re.findall(r"(\w+)\s*=\s*[\[(]?[^=]*$", inside)
    if not words or words[-1] in OTHER_WORDS:
        return []
    if words[-1] in ("segment", "value"):
        owner = _value(_owner(before[: start - 1]).rpartition(".")[0], names)
        named = re.search(r"""segment\s*=\s*["'](.*?)["']""", inside)
        return _held(owner[named[1]] if words[-1] == "value" and named else owner)
    return _held(_value(inside.partition(",")[0].strip(), names))


def _call(before: str) -> int:
    """Find where the arguments of the innermost open call begin."""
    depth = 0
    for at in range(len(before) - 1, -1, -1):
        depth += (before[at] in ")") - (before[at] == "(")
        if depth < 0:
            return at + 1
    raise ValueError("no call is open")


def _owner(before: str) -> str:
    found = re.search(r"""[\w.]+(?:\[(["']).*?\1\][\w.]*)*$""", before)
    return found[0] if found else ""


def _value(expression: str, names: dict[str, Any]) -> Any:
    """Read a name, its parts and its items; nothing that would call or compute."""
    return _read(ast.parse(expression, mode="eval").body, names)


def _read(node: ast.expr, names: dict[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return names[node.id]
    if isinstance(node, ast.Attribute):
        owner = _read(node.value, names)
        if type(owner).__module__.startswith("cxlab."):
            return getattr(owner, node.attr)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return _read(node.value, names)[node.slice.value]
    raise ValueError("not a plain name")


def _held(owner: Any) -> list[str]:
    listed = getattr(owner, "_ipython_key_completions_", None)
    found = listed() if listed else list(getattr(owner, "columns", []))
    return [str(name) for name in found]
