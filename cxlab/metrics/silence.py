"""What if the silent think otherwise? The score of all asked, from worst case to best."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special

from cxlab import stats
from cxlab.codebook import How, label, question
from cxlab.metrics.workings.answers import CUSTOMER, need, take
from cxlab.metrics.workings.gaps import last_answers
from cxlab.metrics.workings.measures import MetricsError, Score, resolve
from cxlab.results import Result, amount, count, number, percent

STEPS = (-0.2, -0.1, 0.1, 0.2)  # departures tried, in parts of the scale's range
MOST_VALUES = 12
BIAS = "non-response bias"
COLUMNS = ["term", "value", "estimate", "std_error", "conf_low", "conf_high", "share", "n",
           "level", "verdict"]  # fmt: skip


@question("weight", "level", "smallest")
def bounds(
    responses: pd.DataFrame,
    *,
    score: str | Score = "nps",
    asked: int | pd.DataFrame,
    departures: Sequence[float] | None = None,
    line: float = 0.0,
    how: How,
) -> Result:
    """Give the score of all who were asked, for every way the silent may think.

    From no assumption (all the silent at the worst, or all at the best end of the scale; Manski
    1989) over stated departures (the silent score so much lower or higher than those who
    answered; pattern mixture, Little 1993) to none. Intervals carry sampling: how many answered,
    and how they scored; that of the whole range after Imbens and Manski (2004).

    Args:
        responses: answers; of a customer known by `customer_id` the last one counts.
        asked: how many people were asked; or the list of them with `customer_id`, which also
            shows whether response depends on what is known of them.
        departures: how far the silent may lie from those who answered, in the unit of the score;
            a tenth and a fifth of its scale to either side if not given.
        line: where the conclusion would turn, in the unit of the score.

    Returns:
        term, value (the departure), estimate (the score of all asked), std_error, conf_low,
        conf_high, share (who answered), n, level, verdict (`no assumption`, `stated departure`,
        `no departure`, `same within groups`, `tipping point`).

    Raises:
        MetricsError: nobody answered, or fewer were asked than answered.

    Example:
        >>> answers = pd.DataFrame({"nps": [10] * 60 + [3] * 40})
        >>> bounds(answers, asked=200).frame["estimate"].tolist()[:2]
        [-40.0, 60.0]
    """
    what = resolve(score)
    need(responses, [what.column])
    people, again = responses, 0
    if CUSTOMER in responses:
        known, again = last_answers(responses, what, CUSTOMER)
        people = pd.concat([known, responses[responses[CUSTOMER].isna()]])
    listed = None
    if isinstance(asked, pd.DataFrame):
        listed, people = _listed(asked, people)
    answers = take(people, what, weight=how.weight, cluster="")
    n = len(answers.cell)
    total = int(asked) if listed is None else len(listed)  # type: ignore[call-overload]
    if total < n:
        raise MetricsError(f"asked={total:,}: fewer people than answers ({n:,}).")
    said = stats.linearised(answers.values(), weight=answers.weight)
    found = _Silence(float(said.estimate[0]), float(np.nan_to_num(said.std_error[0])), n, total)
    everyone = "asked" if listed is None else "customers"
    rows = _cases(found, what, departures, line, how.level)
    notes = list(answers.notes)
    if again:
        now = amount(found.mean, what.unit)
        notes.append(f"With each person counted once, by the last answer, {what.name} is {now}.")
    dependent = ""
    if listed is not None:
        dependent, row = _known(listed, people, what, found, how.level, how.smallest)
        rows += row
    frame = pd.DataFrame(rows, columns=COLUMNS).assign(share=n / total, n=n, level=how.level)
    notes += _words(frame, found, what, line, dependent, listed is None)
    return Result(
        name=f"{what.name} of all {everyone}",
        frame=frame,
        headline=_headline(frame, found, what, dependent, everyone),
        method="worst and best case (Manski 1989), stated departures (pattern mixture, Little "
        "1993); interval of the range after Imbens and Manski (2004)",
        base=f"{count(n, 'person')} of {number(total, 0)} {everyone} answered".replace(
            "persons", "people"
        )
        + (", weighted." if how.weight else "."),
        notes=tuple(notes),
        unit=what.unit,
    )


class _Silence:
    """Those who answered: their score, its error, and how many of how many they are."""

    def __init__(self, mean: float, error: float, n: int, total: int) -> None:
        self.mean, self.error, self.n, self.total = mean, error, n, total
        self.rate = n / total

    def at(self, silent: float) -> tuple[float, float]:
        """Give the score of all, and its standard error, if the silent score so much."""
        spread = (self.mean - silent) ** 2 * self.rate * (1 - self.rate) / self.total
        value = self.rate * self.mean + (1 - self.rate) * silent
        return value, float(np.sqrt(self.rate**2 * self.error**2 + spread))

    def away(self, departure: float, ends: tuple[float, float]) -> tuple[float, float]:
        """Give the same if the silent lie so far from those who answered, within the scale."""
        silent = self.mean + departure
        if not ends[0] < silent < ends[1]:
            return self.at(float(np.clip(silent, *ends)))
        spread = departure**2 * self.rate * (1 - self.rate) / self.total
        value = self.mean + (1 - self.rate) * departure
        return value, float(np.sqrt(self.error**2 + spread))


def _cases(found: _Silence, what: Score, departures, line: float, level: float) -> list[dict]:
    low, high = what.ends
    if not np.isfinite(high - low):
        raise MetricsError(f"'{what.column}': say on which scale it was given.")
    steps = [step * (high - low) for step in STEPS] if departures is None else list(departures)
    rows = []
    for term, end in (("worst case", low), ("best case", high)):
        rows.append(_row(term, end - found.mean, *found.at(end), "no assumption", what, level))
    for step in sorted({*steps, 0.0}):
        way = "lower" if step < 0 else "higher"
        term = f"silent {what.difference(step)} {way}" if step else "silent score alike"
        word = "stated departure" if step else "no departure"
        rows.append(_row(term, step, *found.away(step, what.ends), word, what, level))
    if found.rate < 1:
        tip = (line - found.mean) / (1 - found.rate)
        possible = low <= found.mean + tip <= high
        value, at = (tip, line) if possible else (np.nan, np.nan)
        word = "tipping point"
        rows.append({"term": word, "value": value, "estimate": at, "verdict": word})
    return rows


def _row(term: str, step: float, value: float, error: float, word: str, what: Score, level: float):
    low, high = stats.mean_interval(value, error, level=level)
    low, high = np.clip([low, high], *what.ends)
    return {"term": term, "value": step, "estimate": value, "std_error": error,
            "conf_low": float(low), "conf_high": float(high), "verdict": word}  # fmt: skip


def _listed(asked: pd.DataFrame, people: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Meet the list of those asked with the answers; who is not on it was not asked."""
    need(asked, [CUSTOMER])
    need(people, [CUSTOMER])
    listed = asked.dropna(subset=[CUSTOMER]).drop_duplicates(CUSTOMER)
    met = people[people[CUSTOMER].isin(listed[CUSTOMER])]
    if met.empty:
        raise MetricsError("No answer comes from anybody on the list of those asked.")
    return listed, met


def _known(listed, people, what: Score, found: _Silence, level: float, smallest: int):
    """Ask whether response depends on what is known, and give the score if only that matters."""
    answered = listed[CUSTOMER].isin(people.loc[people[what.column].notna(), CUSTOMER]).to_numpy()
    names = [
        name for name in listed
        if name != CUSTOMER and 2 <= listed[name].nunique() <= MOST_VALUES
    ]  # fmt: skip
    tests = {}
    for name in names:
        codes = pd.factorize(listed[name])[0]
        told = codes >= 0
        table = stats.tally(
            codes[told], answered[told].astype(int), groups=codes.max() + 1, cells=2
        )
        tests[name] = stats.chi_square(table.n).p_value
    adjusted = stats.adjust(list(tests.values()), method="holm")
    clear = [name for name, p in zip(tests, adjusted, strict=True) if p <= 1 - level]
    if not clear:
        return "", []
    first = min(clear, key=lambda name: tests[name])
    rates = pd.Series(answered).groupby(listed[first].astype(str).to_numpy()).agg(["mean", "size"])
    rates = rates[
        (rates["size"] >= max(smallest, 1)) & rates.index.isin(listed[first].dropna().astype(str))
    ]
    low, high = rates["mean"].idxmin(), rates["mean"].idxmax()
    said = f"{label(first)} ({percent(rates['mean'][low])} of {low} answered, "
    said += f"{percent(rates['mean'][high])} of {high})"
    row = _within(listed, people, what, first, level)
    return said, [row] if row else []


def _within(listed, people, what: Score, name: str, level: float) -> dict | None:
    """Give the score of all if the silent of each group score as those of it who answered."""
    kind = listed.set_index(CUSTOMER)[name]
    group = people[CUSTOMER].map(kind).astype(str)
    sizes, said = listed[name].astype(str).value_counts(), group.value_counts()
    if not set(sizes.index) <= set(said.index):
        return None
    weights = group.map(sizes / said).to_numpy(float)
    answers = take(people.assign(**{"\x00group": weights}), what, weight="\x00group", cluster="")
    mean = stats.linearised(answers.values(), weight=answers.weight)
    found = (float(mean.estimate[0]), float(np.nan_to_num(mean.std_error[0])))
    return _row(f"silent score alike within {label(name)}", np.nan, *found, "same within groups",
                what, level)  # fmt: skip


def _words(frame, found: _Silence, what: Score, line: float, dependent: str, unlisted: bool):
    rows = frame.set_index("term")
    low, high = rows.loc["worst case"], rows.loc["best case"]
    ends = _imbens_manski(low, high, float(frame["level"].iloc[0]))
    notes = [f"With sampling, the range without any assumption is {_span(*ends, what)}."]
    if dependent:
        notes.append(f"Response depends on {dependent}: {BIAS} is to be reckoned with.")
    elif unlisted:
        notes.append(f"Whether response depends on anything known ({BIAS}) needs the list of "
                     "those asked.")  # fmt: skip
    else:
        notes.append("Response does not detectably depend on what the list knows; on what it does "
                     "not know it may.")  # fmt: skip
    tip = rows["value"].get("tipping point", np.nan)
    if np.isfinite(tip):
        way = "below" if tip < 0 else "above"
        notes.append(
            f"The score of all would reach {amount(line, what.unit)} if the silent lay "
            f"{what.difference(tip)} {way} those who answered."
        )
    return notes


def _imbens_manski(low: pd.Series, high: pd.Series, level: float) -> tuple[float, float]:
    """Give the interval that covers the score, wherever in the range it lies, so often."""
    widest = max(low["std_error"], high["std_error"])
    reach = (high["estimate"] - low["estimate"]) / widest if widest > 0 else np.inf
    grid = np.linspace(float(special.ndtri(level)), float(stats.quantile(level)), 2001)
    covered = special.ndtr(grid + reach) - special.ndtr(-grid)
    half = grid[int(np.argmax(covered >= level - 1e-12))]
    return low["estimate"] - half * low["std_error"], high["estimate"] + half * high["std_error"]


def _span(low: float, high: float, what: Score) -> str:
    low, high = np.clip([low, high], *what.ends)
    return f"{amount(low, what.unit)} to {amount(high, what.unit)}"


def _headline(
    frame: pd.DataFrame, found: _Silence, what: Score, dependent: str, everyone: str
) -> str:
    if found.rate == 1:
        mean = amount(found.mean, what.unit)
        return f"All {everyone} answered, so {what.name} is that of all: {mean}."
    worst, best = frame["estimate"].iloc[0], frame["estimate"].iloc[1]
    stated = frame[frame["verdict"] == "stated departure"]["estimate"]
    start = f"{what.name} of all {everyone} lies between {_span(worst, best, what)}".replace(
        " to ", " and "
    )
    bias = f"; {BIAS} is likely" if dependent else ""
    if stated.empty:
        return f"{start} whatever the silent {percent(1 - found.rate)} think{bias}."
    near = _span(stated.min(), stated.max(), what).replace(" to ", " and ")
    return f"{what.name} of all {everyone} lies between {near} unless the silent are far off{bias}."
