"""The same question over time: how the answers moved, and whether it stayed the same question."""

from typing import Any

import numpy as np
import pandas as pd

from cxlab import codebook
from cxlab.events import begun_late, local_moment, local_times
from cxlab.questionnaire import Asked, Questionnaire
from cxlab.questions.topline import topline
from cxlab.questions.workings.people import QuestionsError, only, questionnaire_of
from cxlab.questions.workings.telling import WITHHELD, asked_as, told_of
from cxlab.results import Misuse, Result, amount, brief, count, hidden, listing, number, whole

EVERY = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}
SURE = 0.0001  # chance of an answer's absence, below which it is taken for not offered
_FEWEST = 30  # answers of a wave in which an absence tells something
_MOST = 60  # waves
METHOD = (
    "Answers of each period tabulated for themselves, with Wilson intervals (Wilson 1927) for "
    "shares and linearised standard errors for means. "
)
CHANGED = (
    "An answer counts as not offered before or after a day where chance would hardly put all who "
    f"gave it on the other side (probability below {SURE}); a question as asked in some periods "
    f"only where none of {_FEWEST} people or more answered it in another."
)


def waves(
    study: Any,
    *,
    question: str,
    period: str = "quarter",
    as_of: Any = None,
    level: float = 0.95,
    smallest: int | None = None,
) -> Result:
    """Follow a question over time: the top two of a scale, else each answer, else the mean.

    Args:
        study: the study, or its questionnaire.
        question: its name.
        period: day, week, month, quarter or year.
        as_of: the last moment known; a period that it cuts off is shown, but nothing is said to
            have moved by it.
        level: confidence level.
        smallest: fewest people of a period that is shown; the study's if not given.

    Returns:
        A row a line and period: `term` (item, answer, or both), `period`, `estimate` (a share or
        a mean), `conf_low`, `conf_high`, `n`. What changed about the question stands in the notes.

    Raises:
        QuestionsError: answers carry no date, or fall into one period.
        Misuse: there is no such question or period.
    """
    asked = questionnaire_of(study)
    each = asked[question]
    names, place = _periods(asked, period)
    told = []
    for at, name in enumerate(names):
        there = only(asked, place == at)
        if (there[question].codes >= 0).any():
            one = topline(there, questions=question, level=level, smallest=0).frame
            told.append(one.assign(period=name))
    if len(told) < 2:
        raise QuestionsError(f"'{question}' was asked in one {period} only.", needs="two of them")
    rows = pd.concat(told, ignore_index=True)
    kept, unit = _followed(each, rows)
    kept = _held_back(kept, asked.smallest if smallest is None else smallest)
    ends = ["period", "conf_low", "conf_high", "n", "verdict"]
    value = kept["share"] if unit else kept["estimate"]
    frame = kept[ends].assign(term=_lines(kept, each, unit), estimate=value)
    frame = frame[["term", "period", "estimate", "conf_low", "conf_high", "n", "verdict"]]
    told_apart = _changed(each, names, place)[1]
    return Result(
        name=f"{question} over time",
        frame=frame.reset_index(drop=True),
        headline=(
            f"{whole(each.name)} cannot be followed as it stands: {brief(told_apart[0], 150)}"
            if told_apart
            else _headline(
                each, frame[frame["period"].isin(_over(asked, names, period, as_of))], unit
            )
        ),
        method=METHOD + CHANGED,
        base=f"{asked_as(each)} {asked.base}.",
        notes=(*told_apart, *told_of((each,))),
        unit=unit,
    )


def changes(study: Any, *, period: str = "month") -> Result:
    """Find the questions that were not the same all along.

    Args:
        study: the study, or its questionnaire.
        period: day, week, month, quarter or year.

    Returns:
        A row a change: `question`, `item`, `answer`, `period` (since when, or until when),
        `text` (what changed).

    Raises:
        QuestionsError: answers carry no date, or fall into one period.
        Misuse: there is no such period.
    """
    asked = questionnaire_of(study)
    names, place = _periods(asked, period)
    rows = [row for each in asked.questions for row in _changed(each, names, place)[0]]
    columns = ["question", "item", "answer", "period", "text"]
    frame = pd.DataFrame(rows, columns=columns)
    which = list(dict.fromkeys(frame["question"]))
    n = len(asked.questions)
    whose = "the question" if n == 1 else f"any of {n:,} questions"
    headline = f"Nothing shows that {whose} was changed."
    if which:
        more = f"; {count(len(frame) - 1, 'more change')}" if len(frame) > 1 else ""
        headline = f"{brief(frame['text'].iloc[0], 150).rstrip('.')}{more}."
    return Result(name="questions that changed", frame=frame, headline=headline,
                  method=CHANGED, base=asked.base, notes=asked.notes)  # fmt: skip


def _periods(asked: Questionnaire, period: str) -> tuple[list[str], np.ndarray]:
    """Give the periods in which anybody answered, and the place of each person's; -1 undated."""
    if period not in EVERY:
        raise Misuse(f"period is {listing(list(EVERY), 6)}, not '{period}'.")
    people = asked.people
    if "answered_at" not in people or people["answered_at"].isna().all():
        raise QuestionsError("The answers carry no date.", needs="a column 'answered_at'")
    spans = local_times(people["answered_at"]).dt.to_period(EVERY[period])
    place, found = pd.factorize(spans, sort=True)
    if len(found) < 2:
        raise QuestionsError(f"All answers fall into one {period}.", needs="answers of two")
    if len(found) > _MOST:
        raise QuestionsError(f"{len(found):,} {period}s are too many to follow; take longer ones.")
    return [str(each) for each in found], place


def _held_back(kept: pd.DataFrame, smallest: int) -> pd.DataFrame:
    """Blank periods of too few people, and those from which they would follow by the total."""
    once = kept.drop_duplicates("period")
    gone = once.loc[hidden(once[["period", "n"]], smallest=smallest), "period"]
    small = kept["period"].isin(gone)
    numbers = ["share", "estimate", "conf_low", "conf_high", "n"]
    kept = kept.assign(verdict=kept["verdict"].mask(small, WITHHELD))
    return kept.assign(**{name: kept[name].astype(float).mask(small) for name in numbers})


def _over(asked: Questionnaire, names: list[str], period: str, as_of: Any) -> list[str]:
    """Name the periods that are over on a day, and were watched from their beginning."""
    late = begun_late(local_times(asked.people["answered_at"]), EVERY[period])
    names = [name for name in names if name != str(late)]
    if as_of is None:
        return names
    end = local_moment(as_of)
    return [name for name in names
            if pd.Period(name, EVERY[period]).end_time.normalize() <= end]  # fmt: skip


def _followed(each: Asked, rows: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Choose what is followed of a question, and its unit."""
    top = rows[rows["answer"].eq("top 2") & rows["part"].eq("net")]
    if len(top):
        return top, "share"
    shares = rows[rows["part"] == "answer"]
    if len(shares) and each.kind != "number":
        return shares, "share"
    means = rows[rows["part"] == "mean"]
    return (means, "") if len(means) else (shares, "share")


def _lines(kept: pd.DataFrame, each: Asked, unit: str) -> pd.Series:
    """Name the lines: by item, by answer, or both."""
    if unit and kept["answer"].eq("top 2").all():
        ends = listing([f"'{whole(a)}'" for a in [each.answers[at] for at in each.upwards[-2:]]])
        return kept["item"].where(kept["item"] != "", ends)
    if not unit:
        return kept["item"].where(kept["item"] != "", "mean")
    both = kept["item"] + ": " + kept["answer"]
    return both.where(kept["item"] != "", kept["answer"])


def _headline(each: Asked, frame: pd.DataFrame, unit: str) -> str:
    """Say which line moved most from the first period told to the last."""
    known = frame.dropna(subset=["estimate"])
    name = whole(codebook.label(each.name))
    if known.empty:
        return f"{name}: in no period that is over did enough people answer to be shown."
    if known["period"].nunique() == 1:
        return f"{name}: one period that is over has enough answers; nothing to compare it with."
    ends = known.groupby("term", sort=False).agg(
        first=("estimate", "first"), last=("estimate", "last"), begin=("period", "first"),
        end=("period", "last"), high=("conf_high", "first"), low=("conf_low", "first"),
        until=("conf_low", "last"), top=("conf_high", "last"))  # fmt: skip
    line = ends.loc[(ends["last"] - ends["first"]).abs().idxmax()]
    before, after = (
        amount(line[w], "share") if unit else number(line[w], 2) for w in ("first", "last")
    )
    term = str(line.name)
    bare = term if term.startswith("'") else f"'{whole(term)}'"
    moved = f"{name}: {bare} went from {before} in {line['begin']} to {after} in {line['end']}"
    if before == after:
        stay = "stay" if "' and '" in bare else "stays"
        return f"{name}: {bare} {stay} at {before} from {line['begin']} to {line['end']}."
    sure = line["until"] > line["high"] or line["top"] < line["low"]
    return f"{moved}, as answered." if sure else f"{moved}, no more than chance may show."


def _changed(
    each: Asked, names: list[str], place: np.ndarray
) -> tuple[list[tuple[str, str, str, str, str]], tuple[str, ...]]:
    """Find what was not offered, or not asked, on one side of a day."""
    dated = place >= 0
    k = len(names)
    people = np.bincount(place[dated], minlength=k)
    rows = []
    asked_in = np.bincount(place[dated & each.answered()], minlength=k)
    silent = (asked_in == 0) & (people >= _FEWEST)
    if silent.any() and asked_in.any():
        when = [names[at] for at in np.flatnonzero(asked_in)]
        text = (
            f"'{each.name}' was asked in {_spoken(when, names)} only; set it beside questions of "
            "that time."
        )
        rows.append((each.name, "", "", when[0], text))
    items = (("", each.codes[0]),) if len(each.items) == 1 else zip(each.items, each.codes,
                                                                    strict=True)  # fmt: skip
    for item, codes in items:
        given = dated & (codes >= 0)
        if each.kind in ("date", "open", "number", "sum") or not given.any():
            continue
        rows += _offered(each, item, _counted(each, codes, place, given, k), names, asked_in)
    told = dict.fromkeys(row[4] for row in rows)
    return rows, tuple(told)


def _counted(
    each: Asked, codes: np.ndarray, place: np.ndarray, given: np.ndarray, k: int
) -> np.ndarray:
    """Count each answer in each period: (answers, periods); of choose-all, the item alone."""
    if each.kind == "choose all":
        chosen = given & (codes == 1)
        rest = np.bincount(place[given & (codes != 1)], minlength=k)
        return np.stack([np.bincount(place[chosen], minlength=k), rest])
    m = len(each.answers)
    flat = np.bincount(codes[given] * k + place[given], minlength=m * k)
    return flat.reshape(m, k)


def _offered(
    each: Asked, item: str, counts: np.ndarray, names: list[str], asked_in: np.ndarray
) -> list[tuple[str, str, str, str, str]]:
    """Give the answers that were offered on one side of a day only, those of one day together."""
    base = counts.sum(axis=0)
    of = f"'{each.name}'" + (f" ({item})" if item and each.kind != "choose all" else "")
    labels = [item] if each.kind == "choose all" else list(each.answers)
    found: dict[tuple[str, int], list[str]] = {}
    for label, line in zip(labels, counts, strict=False):
        used = np.flatnonzero(line)
        here = _one_sided(line, base, int(used[0]), int(used[-1])) if len(used) else None
        if here:
            found.setdefault(here, []).append(label)
    out = []
    for (side, at), gone in found.items():
        when = f"from {names[at]} on" if side == "from" else f"until {names[at]}"
        said = listing([f"'{whole(label)}'" for label in gone], 6)
        verb = "chosen in" if each.kind == "choose all" else "answered to"
        text = f"{said} {'was' if len(gone) == 1 else 'were'} {verb} {of} {when} only"
        if each.kind in ("scale", "grid"):
            text += f": the scale had {count(len(labels) - len(gone), 'point')} " + (
                f"until then, {len(labels)} since"
                if side == "from"
                else f"since, {len(labels)} before"
            )
        answers = ", ".join(gone)
        out.append((each.name, item, answers, names[at], f"{text}."))
    return out


def _one_sided(line: np.ndarray, base: np.ndarray, first: int, last: int) -> tuple[str, int] | None:
    """Say from when on, or until when, an answer was given, where the rest is no chance."""
    for side, inside in (("from", slice(first, None)), ("until", slice(None, last + 1))):
        n, every = base[inside].sum(), base.sum()
        if every - n >= _FEWEST and (n / every) ** line.sum() < SURE:
            return side, first if side == "from" else last
    return None


def _spoken(when: list[str], names: list[str]) -> str:
    """Name periods: a run of them by its ends."""
    at = [names.index(each) for each in when]
    run = len(at) > 2 and at == list(range(at[0], at[-1] + 1))
    return f"{when[0]} to {when[-1]}" if run else listing(when, 6)
