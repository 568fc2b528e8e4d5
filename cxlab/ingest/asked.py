"""Which columns hold the answers to the questions of a study, and what the file says of them."""

from typing import Any

from cxlab.codebook import ASKED, Table, did_you_mean, fitting
from cxlab.ingest.grids import Grid
from cxlab.ingest.layouts import Header
from cxlab.ingest.opening import IngestError


def wanted(table: Table, header: Header) -> dict[str, str]:
    """Name the columns that questions are read from.

    Args:
        table: the study file's part, with `questions`.
        header: names and sets of the file.

    Returns:
        Name of ours, `asked:heading` -> heading; patterns and sets are written out.

    Raises:
        IngestError: no column fits a pattern, or the file has no such set.
    """
    found: list[str] = []
    for name, question in table.questions.items():
        for heading in question.headings():
            several = fitting(heading, header.names)
            found += several or [heading]
            if "*" in heading and not several and heading not in header.wording:
                near = did_you_mean(heading.replace("*", ""), header.names)
                raise IngestError(f"no column fits '{heading}' (question '{name}').{near}")
        if question.set:
            found += _members(name, question.set, header)
    return {ASKED + heading: heading for heading in dict.fromkeys(found)}


def asks(table: Table, heading: str) -> str:
    """Name the question that wants a heading."""
    return next((n for n, q in table.questions.items() if heading in q.headings()), "")


def printed(grid: Grid, found: dict[str, int]) -> dict[str, Any]:
    """Give what a file says of the columns of questions, as plain JSON values.

    Args:
        grid: the file.
        found: our column -> its place.

    Returns:
        `layout`; `names`, `wording`, `labels` (code -> words) and `missing` (codes) by our
        column; `sets`.
    """
    mine = {ours: at for ours, at in found.items() if ours.startswith(ASKED)}
    return {
        "layout": grid.header.layout,
        "names": {ours: grid.header.names[at] for ours, at in mine.items()},
        "wording": {ours: grid.header.wording[at] for ours, at in mine.items()},
        "labels": {ours: grid.labels[at] for ours, at in mine.items() if at in grid.labels},
        "missing": {ours: [*grid.missing[at]] for ours, at in mine.items() if at in grid.missing},
        "sets": grid.header.sets,
    }


def _members(question: str, asked: str, header: Header) -> list[str]:
    """Give the members of a multiple-response set."""
    known = {name.casefold(): said for name, said in header.sets.items()}
    said = known.get(asked.lstrip("$").casefold())
    if said is None:
        listed = f" It has {', '.join('$' + name for name in header.sets)}." if known else ""
        raise IngestError(
            f"the file has no multiple-response set '{asked}' (question '{question}')."
            f"{did_you_mean(asked.lstrip('$'), header.sets)}{listed} Name the columns under "
            "'columns' instead."
        )
    if said["lost"]:
        raise IngestError(
            f"the set '{asked}' (question '{question}') names the variable '{said['lost'][0]}', "
            "which is no column of the file. Name the columns under 'columns' instead."
        )
    return list(said["members"])
