"""Is a row of this export a question, and not a person?"""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cxlab.drafting.profiles import Profile, folded
from cxlab.drafting.tables import Files
from cxlab.ingest import Grid

_QUESTION = (
    r"^(?:survey )?(?:question|frage|item|variable|pregunta|vraag|pergunta|domanda|indicator|"
    r"merkmal|kriterium|metric|measure|criterion|critere|attribute)s?"
    r"(?: ?(?:text|label|name|title|wording))?$|^fragetext$"
)
_ANSWER = (
    r"^(?:answer|response|value|antwort|wert|reponse|respuesta|resposta|antwoord|valeur|valor|"
    r"risposta|score|rating)s?(?: ?(?:text|value|label))?$"
)
_WHOSE = (
    r"resp|submission|participant|teilnehm|questionnaire|fragebogen|interview|survey|antwort|case|"
    r"\bid\b"
)
_MOST, _FEWEST = 80, 3  # questions asked; rows of a questionnaire, on average two or more


def put_together(files: Files, found: Sequence[Profile]) -> Files:
    """Make one row of the questions of a person, where the export has a row for each.

    Args:
        files: exports of one layout.
        found: their columns.

    Returns:
        The same files, with one column a question; as they are where a row is a person.
    """
    asked = next((c for c in found if re.search(_QUESTION, c.called)), None)
    answers = [c for c in found if c is not asked and re.search(_ANSWER, c.called)]
    if asked is None or not answers or not 1 < len(asked.counts) <= _MOST:
        return files
    rows = pd.concat([_named(grid) for grid in files.grids], ignore_index=True)
    fit = []  # 'Response' may name the answer, or the person whose it is
    for at, said in enumerate(answers):
        fit += [(*whose, at) for whose in _whose(rows, asked.name, said, found)]
    if not fit:
        return files
    *_, whose, at = min(fit)
    said = answers[at]
    grids = [_wide(grid, whose, asked.name, said.name, list(asked.counts.index))
             for grid in files.grids]  # fmt: skip
    return replace(
        files, grids=grids, long={"id": whose, "question": asked.name, "answer": said.name}
    )


def _named(grid: Grid) -> pd.DataFrame:
    cells = grid.cells.astype("str").set_axis(list(grid.header.names), axis="columns")
    return cells[grid.damage == ""] if isinstance(grid.damage, np.ndarray) else cells


def _whose(
    rows: pd.DataFrame, asked: str, said: Profile, found: Sequence[Profile]
) -> list[tuple[bool, bool, int, str]]:
    """Name the columns that may hold together the questions of one questionnaire, ranked."""
    fit = []
    for column in found:
        if column is said or column.name == asked:
            continue
        per = rows.groupby(column.name).size()
        once = 1 - rows.duplicated([column.name, asked])[rows[column.name].notna()].mean()
        filled = (rows[column.name].fillna("").str.strip() != "").mean()
        if filled > 0.98 and len(per) >= _FEWEST and per.mean() >= 1.5 and once > 0.98:
            dated = column.moments is not None
            fit.append((not re.search(_WHOSE, column.called), dated, -len(per), column.name))
    return fit


def _wide(grid: Grid, whose: str, asked: str, said: str, questions: Sequence[str]) -> Grid:
    rows = _named(grid)
    people = rows.drop(columns=[asked, said]).groupby(whose, sort=False).first().reset_index()
    answers = rows.assign(**{asked: rows[asked].str.strip()}).groupby([whose, asked])[said].first()
    answers = answers.unstack().reindex(people[whose]).reset_index(drop=True)
    wide = pd.concat([people, answers.reindex(columns=sorted(questions, key=folded))], axis=1)
    names = tuple(map(str, wide.columns))
    return replace(
        grid,
        cells=wide.set_axis([str(at) for at in range(len(names))], axis="columns"),
        header=replace(grid.header, names=names, wording=names, zones=()),
        lines=np.arange(len(wide)),
        damage="",
        missing={},
        labels={},
    )
