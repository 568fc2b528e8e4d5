"""What goes into a model? Numbers from frames, checked and named, without formulas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from cxlab import stats
from cxlab.codebook import did_you_mean, label
from cxlab.drivers.workings.missing import impute
from cxlab.results import Misuse, Unanswerable, count, listing, percent

MOST_CATEGORIES = 50
HARMLESS_LOSS = 0.05
LEAST_MARKED = 20
HANDLINGS = ("auto", "listwise", "impute", "indicator")


ABSENT = "There is no column '{}' in the answers."


class DriverError(Unanswerable):
    """A question about drivers cannot be answered from these answers."""


@dataclass(frozen=True)
class Survey:
    """How the answers were drawn, and what is done with gaps.

    Give it in place of a weight column, wherever strata or gaps have to be said as well.

    Attributes:
        weight: column of weights.
        cluster: column of what was drawn together, such as a customer or a store.
        strata: column within which answers were drawn; resampling stays inside each.
        missing: `auto`, `listwise`, `impute` (multiple imputation) or `indicator`.
        level: confidence level of every interval.

    Example:
        >>> Survey(weight="weight", cluster="customer_id").level
        0.95
    """

    weight: str | None = None
    cluster: str | None = None
    strata: str | None = None
    missing: str = "auto"
    level: float = 0.95


@dataclass(frozen=True, eq=False)
class Design:
    """Numbers ready for a model: every column named, every row complete or imputed.

    Attributes:
        outcome: name of the outcome.
        drivers: names of the columns of each `x`.
        controls: names of the columns of `z`, coded.
        held: the controls as they were named.
        groups: group name -> its drivers, where groups were asked for.
        y: the outcome.
        x: the drivers, one array for each imputation (one only where nothing is imputed).
        z: the controls.
        w: weights, mean 1.
        cluster: codes of what was drawn together, or None.
        strata: codes of the strata, or None.
        answers: the frame given.
        rows: row numbers in it.
        given: the drivers as answered, gaps as they were.
        survey: how the answers were drawn.
        base: who is counted, when, with which weight.
        notes: what the reader must know.
        low_is_good: columns of which a low value is good news.
    """

    outcome: str
    drivers: tuple[str, ...]
    controls: tuple[str, ...]
    held: tuple[str, ...]
    groups: dict[str, list[str]] | None
    y: np.ndarray
    x: tuple[np.ndarray, ...]
    z: np.ndarray
    w: np.ndarray
    cluster: np.ndarray | None
    strata: np.ndarray | None
    answers: pd.DataFrame
    rows: np.ndarray
    given: np.ndarray
    survey: Survey
    base: str
    notes: tuple[str, ...] = field(default=())
    low_is_good: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Give the number of answers used."""
        return len(self.y)

    @property
    def n_effective(self) -> float:
        """Give how many answers the sample is worth (Kish), less what clustering costs."""
        kish = float(self.w.sum() ** 2 / (self.w**2).sum())
        if self.cluster is None:
            return kish
        found = stats.linearised(self.y, weight=self.w, cluster=self.cluster)
        return min(kish, max(float(found.n_effective[0]), 1.0))

    @cached_property
    def lots(self) -> stats.Lots:
        """Say which answers a replicate draws together."""
        return stats.lots(self.n, cluster=self.cluster, strata=self.strata)

    def good_end(self, name: str) -> int:
        """Say where the good end of a column lies: 1 above, -1 below."""
        return -1 if name in self.low_is_good else 1

    def again(self, *, missing: str) -> "Design":
        """Prepare the same answers, their gaps treated in another way."""
        return prepare(
            self.answers,
            outcome=self.outcome,
            drivers=self.drivers,
            controls=self.held,
            weight=replace(self.survey, missing=missing),
        )

    @property
    def weighted(self) -> bool:
        """Say whether the answers carry weights."""
        return self.survey.weight is not None


def as_survey(
    weight: str | Survey | None,
    cluster: str | None = None,
    level: float = 0.95,
    missing: str | None = None,
) -> Survey:
    """Read how answers were drawn: a `Survey` says all of it, or words each their part.

    Raises:
        Misuse: a word beside a `Survey` says another thing.
    """
    if isinstance(weight, Survey):
        survey = weight
    else:
        survey = Survey(weight=weight, cluster=cluster, level=level)
    for word, said, own in (("cluster", cluster, None), ("level", level, 0.95)):
        if said not in (own, getattr(survey, word)):
            raise Misuse(
                f"{word}={said!r} stands beside a Survey with {word}={getattr(survey, word)!r}.\n"
                "Say it once: in the Survey, or beside a column of weights."
            )
    if survey.missing not in HANDLINGS:
        raise DriverError(
            f"missing='{survey.missing}' is not a way to treat gaps."
            f"{did_you_mean(survey.missing, HANDLINGS)}\nUse one of {', '.join(HANDLINGS)}."
        )
    if not 0 < survey.level < 1:
        raise DriverError(f"level={survey.level:g} is not between 0 and 1. Write 0.95 for 95%.")
    return replace(survey, missing=missing) if missing else survey


def prepare(
    responses: pd.DataFrame,
    *,
    outcome: str,
    drivers: Sequence[str] | Mapping[str, Sequence[str]],
    controls: Sequence[str] = (),
    weight: str | Survey | None = None,
    gaps: str = "impute",
    seed: int = 0,
) -> Design:
    """Check the columns and turn them into numbers.

    Args:
        responses: one row per answer.
        outcome: column of the score.
        drivers: columns of ratings, or group name -> columns.
        controls: columns held constant; text and yes/no columns become one column per value,
            compared with the most frequent one.
        weight: column of weights, or a `Survey`.
        gaps: what `missing="auto"` does once leaving rows out would cost more than 5%:
            `impute` or `indicator`.
        seed: seed of the imputation.

    Returns:
        A `Design`.

    Raises:
        DriverError: names the column, what is wrong with it, and what to do.

    Example:
        >>> answers = pd.DataFrame({"nps": [9, 3, 7, 10, 2], "price": [5, 1, 3, 4, 2]})
        >>> prepare(answers, outcome="nps", drivers=["price"]).n
        5
    """
    survey = as_survey(weight)
    names, groups = _names(drivers)
    _check_names(responses, outcome, names, tuple(controls), survey)
    y = numbers(responses, outcome, "outcome")
    x = np.column_stack([numbers(responses, name, "driver") for name in names])
    w = _weights(responses, survey)
    z, coded, notes = _controls(responses, controls)
    with_outcome = np.isfinite(y) & np.isfinite(w) & (w > 0) & np.isfinite(z).all(axis=1)
    _check_rows(responses, outcome, y, with_outcome)
    _check_present(responses, names, x, with_outcome, controls, survey)
    handling, loss = _handling(x[with_outcome], survey, gaps)
    notes += _gap_note(names, x[with_outcome], handling, loss)
    kept = with_outcome & np.isfinite(x).all(axis=1) if handling == "listwise" else with_outcome
    y, x, z, w = y[kept], x[kept], z[kept], w[kept]
    given = x
    if handling == "indicator":
        x, z, coded = _indicators(x, z, names, coded)
    z, coded, said = _telling(z, coded, w)
    notes += said
    _check_numbers(outcome, names, y, x, z, handling)
    filled = impute(np.column_stack([y, x, z]), w, seed=seed) if handling == "impute" else None
    return Design(
        outcome=outcome,
        drivers=names,
        controls=coded,
        held=tuple(controls),
        groups=groups,
        y=y,
        x=tuple(f[:, 1 : 1 + len(names)] for f in filled) if filled else (x,),
        z=z,
        w=w / w.mean(),
        cluster=_codes(responses, survey.cluster, kept),
        strata=_codes(responses, survey.strata, kept),
        answers=responses,
        rows=np.flatnonzero(kept),
        given=given,
        survey=survey,
        base=_base(responses, outcome, names, survey, kept, handling),
        notes=tuple(notes),
    )


def numbers(responses: pd.DataFrame, name: str, role: str) -> np.ndarray:
    """Give a column as floats; refuse text and infinite values."""
    column = responses[name]
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiu":
        return _finite(responses, name, role, column.to_numpy(float))
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    given = column.notna().to_numpy()
    read = pd.to_numeric(column.where(column.notna(), np.nan), errors="coerce")
    values = np.array(read.to_numpy(dtype=float, na_value=np.nan))
    words = given & np.isnan(values)
    if pd.api.types.is_datetime64_any_dtype(column.dtype) or words.any() or _is_text(column):
        shown = [str(value) for value in column[given & (words | _is_text(column))].unique()[:3]]
        raise DriverError(
            f"{role} '{name}' holds text such as {shown}, not numbers.\n"
            "Declare its scale or labels in the study file, or recode it to numbers."
        )
    return _finite(responses, name, role, values)


def _finite(responses, name: str, role: str, values: np.ndarray) -> np.ndarray:
    if np.isinf(values).any():
        rows = responses.index[np.isinf(values)][:3].tolist()
        raise DriverError(
            f"{role} '{name}': {count(np.isinf(values).sum(), 'value')} infinite "
            f"(first rows {rows}).\nBlank them, or set these rows aside."
        )
    return values


def _is_text(column: pd.Series) -> bool:
    if isinstance(column.dtype, pd.StringDtype):
        return bool(column.notna().any())
    return column.dtype == object and any(isinstance(v, str) for v in column.dropna().head(1000))


def _names(drivers) -> tuple[tuple[str, ...], dict[str, list[str]] | None]:
    if isinstance(drivers, str):
        drivers = [drivers]
    if not isinstance(drivers, Mapping):
        return tuple(drivers), None
    groups = {
        str(group): [members] if isinstance(members, str) else list(members)
        for group, members in drivers.items()
    }
    return tuple(name for members in groups.values() for name in members), groups


def _check_names(responses, outcome, names, controls, survey) -> None:
    if not names:
        raise DriverError("No drivers were named. Give the columns of ratings as drivers=[...].")
    asked = [outcome, *names, *controls]
    asked += [name for name in (survey.weight, survey.cluster, survey.strata) if name]
    for name in asked:
        if name not in responses.columns:
            raise DriverError(
                f"There is no column '{name}' in the answers."
                f"{did_you_mean(name, responses.columns)}\n"
                "Name a column of the frame, or map it in the study file."
            )
    both = [name for name in names if name == outcome or name in controls or names.count(name) > 1]
    if outcome in controls:
        both.append(outcome)
    if both:
        raise DriverError(
            f"'{both[0]}' is named twice among outcome, drivers and controls.\n"
            "A column has one part to play: name it once."
        )


def _weights(responses: pd.DataFrame, survey: Survey) -> np.ndarray:
    if not survey.weight:
        return np.ones(len(responses))
    w = numbers(responses, survey.weight, "weight")
    if (w < 0).any():
        rows = responses.index[w < 0][:3].tolist()
        raise DriverError(
            f"weight '{survey.weight}': {count((w < 0).sum(), 'value')} below zero "
            f"(first rows {rows}).\nWeight the answers anew; a weight is zero or more."
        )
    if not np.nansum(w) > 0:
        raise DriverError(
            f"weight '{survey.weight}': every weight is zero or missing, so no answer counts.\n"
            "Name the column that holds the weights, or leave weight out."
        )
    return w


def _controls(responses, controls) -> tuple[np.ndarray, tuple[str, ...], list[str]]:
    columns, names, notes = [np.empty((len(responses), 0))], [], []
    for name in controls:
        column = responses[name]
        if not _categorical(column):
            columns.append(numbers(responses, name, "control")[:, None])
            names.append(name)
            continue
        values = column.astype(object).where(column.notna(), "(missing)").astype(str)
        found = values.value_counts()
        if len(found) > MOST_CATEGORIES:
            raise DriverError(
                f"control '{name}' has {count(len(found), 'value')}; with more than "
                f"{MOST_CATEGORIES} it is a name, not a category.\n"
                "Group its values, or leave it out."
            )
        rest = sorted(found.index[1:])
        columns.append((values.to_numpy()[:, None] == np.array(rest, dtype=object)).astype(float))
        names += [f"{name}: {value}" for value in rest]
        notes.append(f"'{name}' is held constant, each value compared with '{found.index[0]}'.")
    return np.column_stack(columns), tuple(names), notes


def _categorical(column: pd.Series) -> bool:
    return (
        isinstance(column.dtype, pd.CategoricalDtype)
        or pd.api.types.is_bool_dtype(column.dtype)
        or _is_text(column)
    )


def _check_rows(responses, outcome, y, with_outcome) -> None:
    if not with_outcome.any():
        raise DriverError(
            f"No answer has '{outcome}' together with its weight and controls "
            f"({count(len(responses), 'row')}).\nCheck the mapping of '{outcome}'."
        )
    if np.ptp(y[with_outcome]) == 0:
        raise DriverError(
            f"outcome '{outcome}' has the single value {y[with_outcome][0]:g} in "
            f"{count(with_outcome.sum(), 'answer')}: there is nothing to go with.\n"
            "Choose an outcome that differs between customers."
        )


def _check_present(responses, names, x, rows, controls, survey) -> None:
    for place, name in enumerate(names):
        if not np.isfinite(x[rows, place]).any():
            raise DriverError(
                f"driver '{name}' has no answer at all among {count(rows.sum(), 'answer')}.\n"
                "Leave it out, or check its mapping."
            )
    kinds = [name for name in controls if _categorical(responses[name])]
    for segment in [*kinds, *([survey.strata] if survey.strata else [])]:
        values = responses[segment].astype(object).where(responses[segment].notna(), "(missing)")
        refuse_absent(names, x[rows], values.astype(str).to_numpy()[rows], segment)


def refuse_absent(names, x: np.ndarray, values: np.ndarray, segment: str) -> None:
    """Refuse a driver that nobody in one segment was asked about."""
    for value in pd.unique(values):
        inside = values == value
        empty = ~np.isfinite(x[inside]).any(axis=0)
        if empty.any() and inside.sum() > 1:
            name = names[int(np.argmax(empty))]
            raise DriverError(
                f"driver '{name}' has no answer where {segment} is '{value}' "
                f"({count(inside.sum(), 'answer')}).\n"
                f"Leave '{name}' out, or leave that part of the answers out."
            )


def _handling(x: np.ndarray, survey: Survey, gaps: str) -> tuple[str, float]:
    loss = 1 - np.isfinite(x).all(axis=1).mean()
    if loss == 0:
        return "listwise", 0.0
    if survey.missing == "impute" and gaps != "impute":
        raise DriverError(
            "missing='impute' is not offered for this question.\n"
            "Use missing='indicator', 'listwise' or 'auto'."
        )
    if survey.missing != "auto":
        return survey.missing, loss
    return ("listwise" if loss <= HARMLESS_LOSS else gaps), loss


def _gap_note(names, x, handling: str, loss: float) -> list[str]:
    if loss == 0:
        return []
    gaps = np.isnan(x).mean(axis=0)
    worst = f"'{names[int(np.argmax(gaps))]}' is missing most often ({percent(gaps.max())})"
    if handling == "listwise":
        return [f"{percent(loss, 1)} of the answers lack a rating and are left out; {worst}."]
    if handling == "impute":
        done = "missing ratings are imputed 20 times from the other answers"
    else:
        done = "a missing rating is marked by an indicator and set to the mean"
    return [f"{percent(loss)} of the answers lack a rating; {worst}; {done}."]


def _indicators(x, z, names, coded):
    gaps = np.isnan(x)
    # a handful of gaps tells nothing by itself, and can part the outcome by chance
    marked = np.flatnonzero(gaps.sum(axis=0) >= LEAST_MARKED)
    middle = np.nanmean(x, axis=0)
    flags = gaps[:, marked].astype(float)
    if not len(marked):
        return np.where(gaps, middle, x), z, coded
    # two ratings asked together are missing together: one indicator stands for both
    _, first = np.unique(flags, axis=1, return_index=True)
    first = np.sort(first)
    coded = coded + tuple(f"{names[marked[place]]} missing" for place in first)
    return np.where(gaps, middle, x), np.column_stack([z, flags[:, first]]), coded


def _telling(z: np.ndarray, coded: tuple[str, ...], w: np.ndarray):
    """Keep the control columns that say something the ones before them do not."""
    varies = np.ptp(z, axis=0) > 0 if len(z) else np.zeros(z.shape[1], dtype=bool)
    z, coded = z[:, varies], tuple(n for n, v in zip(coded, varies, strict=True) if v)
    for name, column in zip(coded, z.T, strict=True):
        check_digits("control", name, column)
    own = stats.owned(z, w) > 0
    repeats = [name for name, mine in zip(coded, own, strict=True) if not mine]
    coded = tuple(name for name, mine in zip(coded, own, strict=True) if mine)
    if not repeats:
        return z, coded, []
    verb = "follows" if len(repeats) == 1 else "follow"
    return z[:, own], coded, [f"{listing(repeats)} {verb} from the other controls: left out."]


def check_digits(role: str, name: str, values: np.ndarray) -> None:
    """Refuse a column whose rows differ only beyond the digits that its size leaves them."""
    given = values[np.isfinite(values)]
    if len(given) and np.ptp(given) > 0 and stats.flats(given[:, None])[0]:
        raise DriverError(f"{role} {stats.blurred(name, given)}")


def _check_numbers(outcome, names, y, x, z, handling) -> None:
    needed = x.shape[1] + z.shape[1] + 2
    if len(y) < needed:
        raise DriverError(
            f"{count(len(y), 'answer')} cannot carry {count(x.shape[1], 'driver')} and "
            f"{count(z.shape[1], 'control column')}; at least {needed} are needed.\n"
            "Name fewer drivers, group answers, or treat gaps with Survey(missing='impute')."
        )
    if y.min() == y.max():
        raise DriverError(
            f"outcome '{outcome}' has the single value {y[0]:g} in the "
            f"{count(len(y), 'complete answer')}.\nTreat gaps with Survey(missing='impute')."
        )
    check_digits("outcome", outcome, y)
    for place, name in enumerate(names):
        given = x[np.isfinite(x[:, place]), place]
        check_digits("driver", name, given)
        if np.ptp(given) == 0:
            raise DriverError(
                f"driver '{name}' is {given[0]:g} in all {count(len(given), 'answer')} used: "
                "what does not vary goes with nothing.\nLeave it out."
            )
    _check_repeats(names, x, z, handling)


def _check_repeats(names, x, z, handling) -> None:
    """Refuse ratings that repeat each other, alone or in sum, by their correlations."""
    table = np.column_stack([z, x])
    if handling == "impute":
        table = table[np.isfinite(table).all(axis=1)]
    if len(table) < table.shape[1] + 2 or stats.flats(table).any():
        return
    alike = stats.scaled(table).z
    r = alike.T @ alike / len(alike)
    first = z.shape[1]
    twins = np.argwhere(np.triu(np.abs(r[first:, first:]), 1) > 1 - 1e-10)
    if len(twins):
        one, other = names[twins[0][0]], names[twins[0][1]]
        raise DriverError(
            f"drivers '{one}' and '{other}' hold the same answers.\n"
            "Leave one of them out: nothing can tell them apart."
        )
    sums = np.flatnonzero(stats.owned(table)[first:] == 0)
    if len(sums):
        _refuse_sum(names, r, first + int(sums[0]), first)


def _refuse_sum(names, r: np.ndarray, place: int, first: int) -> None:
    part = np.linalg.lstsq(r[:place, :place], r[:place, place], rcond=1e-9)[0][first:]
    others = [n for n, c in zip(names, part, strict=False) if abs(c) > 1e-6]
    raise DriverError(
        f"driver '{names[place - first]}' is an exact sum of "
        f"{listing(others or ['the controls'])}.\n"
        "Leave it out, or one of those: their parts cannot be told apart."
    )


def _codes(responses, name: str | None, kept: np.ndarray) -> np.ndarray | None:
    if not name:
        return None
    column = responses[name].to_numpy()[kept]
    # a row without a cluster stands for itself
    codes = pd.factorize(column, use_na_sentinel=True)[0].astype(np.int64)
    alone = codes < 0
    codes[alone] = codes.max() + 1 + np.arange(alone.sum())
    return codes


def _base(responses, outcome, names, survey, kept, handling) -> str:
    ratings = count(len(names), "rating")
    complete = f"with {label(outcome)} and {'the rating' if len(names) == 1 else 'all ' + ratings}"
    what = (
        complete if handling == "listwise" else f"with {label(outcome)}, gaps in {ratings} filled"
    )
    text = f"{count(kept.sum(), 'answer')} {what}, of {count(len(responses), 'row')}"
    if "answered_at" in responses.columns:
        when = pd.to_datetime(responses["answered_at"][kept], errors="coerce").dropna()
        if len(when):
            text += f", {when.min():%Y-%m-%d} to {when.max():%Y-%m-%d}"
    text += "; weighted" if survey.weight else "; unweighted"
    one = label(str(survey.cluster).removesuffix("_id"))
    return text + (f"; answers of one {one} taken together." if survey.cluster else ".")
