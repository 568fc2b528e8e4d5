"""The words that every question about drivers takes, written once.

A question is written about prepared answers: `def halo(design, *, n_boot=1000, seed=0)`. Analysts
ask it about a frame: `halo(responses, outcome=…, drivers=…, controls=…, weight=…, cluster=…,
level=…, n_boot=…, seed=…)`, which is what its signature and its help say.
"""

import functools
import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from cxlab.codebook import label, ordered, worded
from cxlab.drivers.workings.design import Survey, as_survey, prepare
from cxlab.results import Result


def _words(
    responses: pd.DataFrame,
    *,
    outcome: str,
    drivers: Sequence[str] | Mapping[str, Sequence[str]],
    controls: Sequence[str] = (),
    weight: str | Survey | None = None,
    cluster: str | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> None:
    """Hold the words that are read before a question is asked."""


LOW = inspect.Parameter(
    "low_is_good", inspect.Parameter.KEYWORD_ONLY, default=(), annotation=Sequence[str]
)
SHARED = {**inspect.signature(_words).parameters, LOW.name: LOW}


def question(
    *, gaps: str | Callable[[Mapping[str, Any]], str] = "impute", missing: str | None = None
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Make a question about prepared answers one about a frame.

    Args:
        gaps: what is done with missing ratings where the survey leaves it open, `impute` or
            `indicator`; or what says so from the question's own words.
        missing: what is done with them in any case.

    Returns:
        What turns `ask(design, *, its own words)` into a question.
    """

    def make(ask: Callable[..., Result]) -> Callable[..., Result]:
        own = list(inspect.signature(ask).parameters.values())[1:]
        mine = {each.name for each in own}
        draws = "seed" in mine or gaps != "indicator"
        shared = [each for each in SHARED.values() if each.name not in mine]
        parameters = [each for each in shared if draws or each.name != "seed"] + own

        @functools.wraps(ask)
        def asked(*given: Any, **words: Any) -> Result:
            bound = signature.bind(*given, **words)
            bound.apply_defaults()
            told = bound.arguments
            own_words = {name: told[name] for name in mine}
            design = prepare(
                told["responses"],
                outcome=told["outcome"],
                drivers=told["drivers"],
                controls=told["controls"],
                weight=as_survey(told["weight"], told["cluster"], told["level"], missing),
                gaps=gaps(own_words) if callable(gaps) else gaps,
                seed=told.get("seed", 0),
            )
            design = replace(design, low_is_good=tuple(told["low_is_good"]))
            return _in_words(ask(design, **own_words), [*told["drivers"], *told["controls"]])

        signature = ordered(ask, parameters)
        asked.__signature__ = signature  # type: ignore[attr-defined]
        return worded(asked)

    return make


def _in_words(told: Result, columns: Iterable[str]) -> Result:
    """Write the columns that sentences name as a person would: "information up"."""
    coded = [str(column) for column in columns if "_" in str(column)]
    if not coded:
        return told
    names = re.compile(rf"(?<!\w)'?((?i:{'|'.join(map(re.escape, coded))}))'?(?!\w)")

    def worded(text: str) -> str:
        return names.sub(lambda found: label(found[1]), text)

    return replace(told, headline=worded(told.headline), notes=tuple(map(worded, told.notes)))
