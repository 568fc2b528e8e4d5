"""Open a study file; what is wrong in it is told in plain words, with its line."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import yaml
from pydantic import BaseModel, ValidationError

from cxlab.codebook.journey import Journey
from cxlab.codebook.mapping import (
    UNLIKE,
    Mapping,
    MappingError,
    Privacy,
    Reports,
    Table,
    Weighting,
)
from cxlab.codebook.words import did_you_mean


def load(path: str | Path) -> Mapping:
    """Read and check a study file.

    Args:
        path: the YAML file.

    Returns:
        The mapping; its `folder` is where relative paths start.

    Raises:
        MappingError: the file is missing, is no YAML, or says something the study cannot
            mean; the message names the line and suggests the nearest word.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MappingError(f"{path}: there is no such study file.") from None
    except (IsADirectoryError, UnicodeDecodeError, PermissionError) as error:
        raise MappingError(f"{path}: this is not a readable text file ({error}).") from None
    mapping = parse(text, path)
    for key, name in mapping.voice.files.items():
        try:
            mapping.beside(name)
        except MappingError as error:
            raise MappingError(f"{path}, line {line_of(path, 'voice', key)}: {error}") from None
    return mapping


def parse(text: str, path: Path) -> Mapping:
    """Check the text of a study file.

    Args:
        text: YAML.
        path: where it stands, or will; its folder is where relative paths start.

    Raises:
        MappingError: as `load` says.
    """
    try:
        node, given = _composed(text)
    except (yaml.YAMLError, ValueError) as error:
        raise MappingError(_unreadable(path, error)) from None
    if not isinstance(given, dict):
        raise MappingError(f"{path}: a study file is a list of 'key: value' lines; this is not.")
    given = _strings(given)
    for own in sorted(given.keys() & _OWN):
        raise MappingError(f"{path}, line {_line(node, (own,))}: unknown key '{own}'.")
    try:
        source = path if path.is_file() else None
        return Mapping(**given, folder=path.resolve().parent, source=source)
    except ValidationError as error:
        raise MappingError(_explain(path, node, given, error)) from None


def _composed(text: str) -> tuple[yaml.Node, Any]:
    """Read YAML by the library's C parser; what it refuses is told by the one in Python."""
    for kind in _LOADERS:
        loader = kind(text)
        try:
            node = loader.get_single_node()
            return node, loader.construct_document(node) if node else None
        except yaml.YAMLError:
            if kind is _Loader:
                raise
        finally:
            loader.dispose()
    raise AssertionError


def line_of(path: Path, *where: str) -> int | None:
    """Find the line of a study file that says something.

    Args:
        path: the study file.
        where: the keys on the way, such as `tables`, `orders`, `columns`, `amount`.

    Returns:
        The line, or None where the file says nothing there.
    """
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None
    for part in where[:-1]:
        held = getattr(node, "value", None) if isinstance(node, yaml.MappingNode) else ()
        node = next((value for key, value in held or () if str(key.value) == part), None)
        if node is None:
            return None
    return _line(node, where[-1:])


_OWN = {"folder", "source"}  # what a mapping knows of its file, and no file says
_OTHERWISE = ("bool", "timestamp")


class _Loader(yaml.SafeLoader):
    """YAML in which only true and false are flags, and days are text until they are checked.

    `no` may be the name of a column, and 2025-13-31 is refused where it stands.
    """

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, found) for tag, found in resolvers if tag.rsplit(":")[-1] not in _OTHERWISE]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("true|false", re.IGNORECASE), list("tTfF")
)


class _Fast(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    yaml_implicit_resolvers: ClassVar = _Loader.yaml_implicit_resolvers


_LOADERS = (_Fast, _Loader)


def _strings(given: dict) -> dict:
    if any(not isinstance(key, str) for key in given):
        given = {str(key): value for key, value in given.items()}
    return given


# ---------------------------------------------------------------- what is no YAML


# what the parser says, in parts -> what it means, and whether that shows where it began
_MEANT = (
    ("found unknown escape", "in double quotes a backslash stands twice; or use single quotes", 0),
    ("quoted scalar", "the quote that opens here is not closed", 1),
    ("while parsing a flow", "the bracket that opens here is not closed", 1),
    ("mapping values are not allowed", "a colon stands where none may; put the text into quotes, "
     "or look at the indentation", 0),
    (r"character '\t'", "a tab stands here; indent with blanks", 0),
    ("cannot start any token", "text that begins with '{0}' goes into quotes", 0),
    ("undefined alias", "text that begins with '*' goes into quotes", 0),
    ("could not find expected ':'", "a colon is missing after the name", 1),
    ("expected <block end>", "the indentation fits none of the lines above", 0),
)  # fmt: skip


def _unreadable(path: Path, error: Exception) -> str:
    """Say what keeps a file from being YAML, and in which line."""
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    context = getattr(error, "context", None) or ""
    began, ended = (getattr(error, f"{name}_mark", None) for name in ("context", "problem"))
    for part, words, whole in _MEANT:
        if part in f"{context} {problem}":
            mark, said = (began if whole else ended), words
            break
    else:
        mark, said = ended, f"this cannot be read ({problem})"
    character = found[1] if (found := re.search(r"character '(.)'", problem)) else ""
    line = f", line {mark.line + 1}" if mark else ""
    return f"{path}{line}: not valid YAML: {said.replace('{0}', character)}."


# ---------------------------------------------------------------- what no study can mean


def _explain(path: Path, node: yaml.Node, given: dict, error: ValidationError) -> str:
    told: dict[tuple[str, ...], list[Any]] = {}
    for item in error.errors():
        told.setdefault(_place(given, item), []).append(item)
    lines = []
    for where, items in told.items():
        said = _sentence(".".join(where), items)
        # a check of the whole file names the place itself
        named = where or tuple(re.match(r"[\w.]*", said)[0].split("."))  # type: ignore[index]
        line = _line(node, named)
        lines.append(f"{path}, line {line}: {said}" if line else f"{path}: {said}")
    return "\n".join(dict.fromkeys(lines))


def _place(given: Any, item: Any) -> tuple[str, ...]:
    """Say where in the file an error lies, without the forms that pydantic tried there."""
    if item["type"] == "missing":
        return tuple(map(str, item["loc"]))
    place = []
    for part in item["loc"]:
        names = {str(name): name for name in given} if isinstance(given, dict) else {}
        if str(part) in names:
            given = given[names[str(part)]]
            place.append(str(part))
        elif isinstance(part, int):
            given = given[part] if isinstance(given, list) and part < len(given) else None
            place.append(str(part))
    return tuple(place)


_FORMS = {
    "string_type": "text (numbers go into quotes)",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "date": "a day, written like 2025-01-31",
    "list_type": "a list",
    "tuple_type": "a name or a list of names",
    "dict_type": "lines of 'name: value'",
    "model_type": "lines of 'name: value'",
    "string_too_short": "some text",
}


def _sentence(where: str, items: Sequence[Any]) -> str:
    last, first = where.rsplit(".", 1)[-1], items[0]
    kind = first["type"]
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"unknown key '{where}'.{did_you_mean(last, _known(where))}"
    if first["loc"][-1:] == ("[key]",) and kind == "literal_error":
        return f"unknown key '{where}'.{did_you_mean(last, _choices(items))}"
    if kind == "missing":
        return f"'{where}' is missing."
    forms = list(dict.fromkeys(form for item in items if (form := _form(item))))
    if not forms:
        message = first["msg"].removeprefix("Value error, ")
        return f"'{where}': {message}" if where else message
    near = did_you_mean(first["input"], _choices(items))
    return f"'{where}' must be {' or '.join(forms)}, not {_shown(first['input'])}.{near}"


def _form(item: Any) -> str:
    """Say which form is asked for; nothing where the message is ours and says it all."""
    kind, context = item["type"], item.get("ctx", {})
    if kind == UNLIKE:
        return item["msg"]
    if kind == "literal_error":
        return context["expected"]
    if kind == "greater_than_equal":
        return f"at least {context['ge']:g}"
    if kind == "greater_than":
        return f"more than {context['gt']:g}"
    return _FORMS.get(kind) or _FORMS.get(kind.split("_")[0], "")


def _choices(items: Sequence[Any]) -> list[str]:
    told = [item["ctx"]["expected"] for item in items if item["type"] == "literal_error"]
    return re.findall(r"'([^']+)'", " ".join(told))


def _shown(given: Any) -> str:
    if given is None:
        return "empty"
    if isinstance(given, dict):
        return "lines of 'name: value'"
    return "a list" if isinstance(given, list) else repr(given)


def _known(where: str) -> list[str]:
    parts = where.split(".")
    if len(parts) == 1:
        return [name for name in Mapping.model_fields if name != "folder"]
    parents: dict[str, type[BaseModel]]
    parents = {"tables": Table, "privacy": Privacy, "reports": Reports, "weighting": Weighting,
               "journey": Journey}  # fmt: skip
    return list(parents.get(parts[0], Mapping).model_fields)


def _line(node: yaml.Node, where: Sequence[str]) -> int | None:
    line = None
    for part in where:
        if not isinstance(node, yaml.MappingNode):
            break
        for key, value in node.value:
            if str(key.value) == part:
                line, node = key.start_mark.line + 1, value
                break
        else:
            break
    return line
