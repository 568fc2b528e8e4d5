"""One page for those who decide: the run's own findings, a sentence and a certainty each."""

import html
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from cxlab.codebook import label
from cxlab.export.audience import seen
from cxlab.results import MIME, Note, Result, amount, hidden, number, span, suppress

EVERYONE = "everyone"
# the fixed scale, and what each word promises
SCALE = {
    "well established": "a comparison with adjusted p below 0.01, or a level whose interval "
    "reaches at most a fortieth of its scale to either side",
    "likely": "adjusted p below 0.05, or at most a twentieth of the scale to either side",
    "tentative": "adjusted p below 0.2, a wider interval, one that crosses zero, or fewer than "
    "thirty answers",
    "not decidable": "chance alone would show as much",
    "counted": "a count or a description; no one interval applies to it",
}
FEW = 30


@dataclass(frozen=True)
class Sentence:
    """One finding, as it stands on the page.

    Attributes:
        question: which report asked it.
        text: the finding's headline.
        figure: its number and interval, in words; empty for a count.
        word: how sure, one of `SCALE`.
        page: the report, relative to the output folder.
        row: the row of the finding's frame that is shown.
        finding: the whole finding.
    """

    question: str
    text: str
    figure: str
    word: str
    page: str
    row: Mapping[str, Any]
    finding: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Shown:
    """Something on the page: inert HTML, and the result it stands for."""

    markup: str
    result: Result

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        told = self.result.to_dict()
        return {"text/plain": self.result.headline, "text/html": self.markup, MIME: told}


@dataclass(frozen=True, eq=False)
class Page:
    """The findings of a run, composed for leadership.

    Attributes:
        found: reports with their findings, as `findings.json` lists them.
        most: how many sentences.
        smallest: fewest people of a group that its readers may see.
        held: parts of the study that its readers may not see, whatever their reports count.
    """

    found: Sequence[Mapping[str, Any]]
    most: int = 5
    smallest: int = 0
    held: frozenset[str] = frozenset()

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The first finding of each question, then the second ones, until there are enough."""
        whole = [r for r in self.found if r["part"] == EVERYONE and not r.get("settings")]
        whole = [r for r in whole if any(f["name"] != "leadership" for f in r["findings"])]
        whole.sort(key=lambda report: (report["reading_order"], report["notebook"]))
        said = {r["notebook"]: [_sentence(r, f) for f in _estimates(r["findings"])] for r in whole}
        turns = max((len(each) for each in said.values()), default=0)
        order = [each[turn] for turn in range(turns) for each in said.values() if turn < len(each)]
        order.sort(key=lambda sentence: sentence.word == "counted")  # estimates first
        # what two reports say is linked to the one that comes first
        once = {sentence.text: sentence for sentence in reversed(order)}
        return [sentence for sentence in order if once[sentence.text] is sentence][: self.most]

    @property
    def answer(self) -> Shown | Note:
        """The sentences, each with number, interval, certainty and its report."""
        if not self.sentences:
            return Note("No report of this run has a finding. Run cxlab run first.")
        items = "".join(_item(sentence) for sentence in self.sentences)
        return Shown(f'<ol class="cx-five">{items}</ol>', _summary(self.sentences))

    @property
    def parts(self) -> Shown | Note:
        """The leading number in each part of the study."""
        first = self.sentences[0] if self.sentences else None
        name = first.finding["name"] if first else ""
        rows = []
        for report in self.found:
            alike = [f for f in report["findings"] if f["name"] == name]
            if alike and first and Path(report["page"]).parent == Path(first.page).parent:
                row = lead(alike[0])
                if row.get("estimate") is not None and report["part"] != EVERYONE:
                    rows.append((report, row, alike[0]))
        if not rows:
            return Note("This run made no reports for single parts of the study.")
        return _parts(rows, self.smallest, self.held)

    @property
    def certainty(self) -> Note | Shown:
        """The words of certainty, and what each promises."""
        rows = "".join(
            f"<dt><strong>{html.escape(word)}</strong></dt><dd>{html.escape(meaning)}.</dd>"
            for word, meaning in SCALE.items()
        )
        return Shown(f"<dl>{rows}</dl>", _summary(self.sentences)) if self.sentences else Note("–")

    @property
    def methods(self) -> Note | Shown:
        """How each sentence was computed, and for whom."""
        if not self.sentences:
            return Note("–")
        rows = "".join(
            f"<li>{html.escape(s.text)} <small>{html.escape(s.finding['method'])} "
            f"{html.escape(s.finding['base'])}</small></li>"
            for s in self.sentences
        )
        return Shown(f'<ol class="cx-notes">{rows}</ol>', _summary(self.sentences))


def compose(
    findings_file: str | Path,
    *,
    most: int = 5,
    smallest: int = 0,
    held: Sequence[Mapping[str, str]] = (),
) -> Page:
    """Compose the page from the findings of a run.

    Args:
        findings_file: `findings.json` of the run; empty for none.
        most: how many sentences.
        smallest: fewest people of a group that its readers may see.
        held: parts they may not see, as `study.withheld` lists them.

    Returns:
        A page whose parts a notebook shows one by one.
    """
    gone = frozenset(": ".join(part.values()) for part in held)
    path = Path(findings_file)
    if not str(findings_file) or not path.is_file():
        return Page((), most, smallest, gone)
    found = json.loads(path.read_text(encoding="utf-8"))
    found = [r for r in found if not any(f["name"] == "leadership" for f in r["findings"])]
    return Page(seen(found, smallest=smallest), most, smallest, gone)


def lead(finding: Mapping[str, Any]) -> dict[str, Any]:
    """Give the row of a finding whose number its sentence states first; empty when it states none.

    A number may stand beside a sentence only if the sentence is about that number. An interval
    in the sentence counts however few digits it is written with; its ends are no estimates.
    """
    columns, unit, said = finding["frame"]["columns"], finding["unit"], finding["headline"]
    stated = [(found.start(), found.groups()) for found in _INTERVAL.finditer(said)]
    bare = _INTERVAL.sub(lambda found: "\0" * len(found[0]), said)  # places stay
    best: tuple[float, bool] = (math.inf, True)
    row: dict[str, Any] = {}
    for cells in finding["frame"]["rows"]:
        here = dict(zip(columns, cells, strict=True))
        if here.get("estimate") is None:
            continue
        at = _place(amount(here["estimate"], unit), bare)
        ends = (here.get("conf_low"), here.get("conf_high"))
        spans = [place for place, two in stated if None not in ends and _same(ends, two, unit)]
        found = (min(at, *spans, math.inf), not spans)
        if found < best:
            best, row = found, here
    return row


_NUMBER = r"([−-]?\d[\d,]*(?:\.\d+)?%?)"
_INTERVAL = re.compile(
    rf"(?<![\d.,]){_NUMBER} to {_NUMBER}(?![\d%])|between {_NUMBER} and {_NUMBER}"
)


def _place(text: str, sentence: str) -> float:
    """Say where a sentence states a number, infinitely far off if nowhere."""
    found = re.search(rf"(?<![\d.,−-]){re.escape(text)}(?![\d%])", sentence)
    return found.start() if found else math.inf


def _same(ends: Sequence[Any], written: Sequence[str | None], unit: str) -> bool:
    """Say whether two ends, rounded as they are written, are the ones written."""
    for end, text in zip(ends, [word for word in written if word], strict=True):
        if text.endswith("%") != (unit == "share"):
            return False
        value, digits = end * (100 if unit == "share" else 1), text.rstrip("%").partition(".")[2]
        if number(value, len(digits)) != text.rstrip("%").replace("-", "−"):
            return False
    return True


def certainty(row: Mapping[str, Any], unit: str) -> str:
    """Say how sure a number is, in a word of the fixed scale.

    Args:
        row: a row of a finding's frame.
        unit: the finding's unit.

    Example:
        >>> certainty({"estimate": 40.0, "conf_low": 37.0, "conf_high": 43.0}, "points")
        'well established'
        >>> certainty({"estimate": 1.0, "conf_low": -3.0, "conf_high": 5.0, "p_value": 0.6}, "")
        'not decidable'
        >>> certainty({"estimate": 0.61, "conf_low": 0.54, "conf_high": 0.68}, "of 1")
        'tentative'
    """
    low, high, p = (row.get(key) for key in ("conf_low", "conf_high", "p_value"))
    p = row.get("p_adjusted") if row.get("p_adjusted") is not None else p
    words = list(SCALE)
    if p is not None:
        place = 0 if p < 0.01 else 1 if p < 0.05 else 2 if p < 0.2 else 3
    elif low is None or high is None or row.get("estimate") is None:
        return "counted"
    else:
        reach = (high - low) / 2 / _range(unit, row["estimate"])
        place = 0 if reach <= 1 / 40 else 1 if reach <= 1 / 20 else 2
    crosses = low is not None and high is not None and low <= 0 <= high
    if (row.get("n") or math.inf) < FEW or crosses:
        place = max(place, 2)
    return words[place]


def _range(unit: str, estimate: float) -> float:
    """Give the length of the scale a unit has; without one, the estimate is the measure."""
    if unit == "points":
        return 200.0
    if unit == "share":
        return 1.0
    top = re.fullmatch(r"of (\d+)", unit)
    return max(float(top[1]) - 1, 1.0) if top else max(4 * abs(estimate), 1e-12)


def figure(row: Mapping[str, Any], unit: str) -> str:
    """Write the number of a row with its interval."""
    if row.get("estimate") is None:
        return ""
    text = amount(row["estimate"], unit)
    if row.get("conf_low") is None or row.get("conf_high") is None:
        return text
    return f"{text} ({span(row['conf_low'], row['conf_high'], unit)})"


def _estimates(findings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Give what quotes an estimate with its interval; where nothing does, the first finding."""
    sure = [f for f in findings if None not in map(lead(f).get, ("estimate", "conf_low"))]
    return sure or list(findings[:1])


def _sentence(report: Mapping[str, Any], finding: Mapping[str, Any]) -> Sentence:
    row = lead(finding)
    return Sentence(
        question=report["question"],
        text=finding["headline"],
        figure=figure(row, finding["unit"]),
        word=certainty(row, finding["unit"]),
        page=report["page"],
        row=row,
        finding=finding,
    )


def _item(sentence: Sentence) -> str:
    whom = sentence.row.get("group") or sentence.row.get("term") or sentence.finding["name"]
    number_of = f"{label(str(whom))}: {sentence.figure} · " if sentence.figure else ""
    return (
        f"<li><p><strong>{html.escape(sentence.text)}</strong></p>"
        f'<p class="cx-base">{html.escape(number_of)}<em>{html.escape(sentence.word)}</em> · '
        f'<a href="../{html.escape(sentence.page)}">{html.escape(sentence.question)}</a></p></li>'
    )


def _summary(sentences: Sequence[Sentence]) -> Result:
    rows = [
        {
            "rank": place,
            "term": sentence.text,
            "estimate": sentence.row.get("estimate"),
            "conf_low": sentence.row.get("conf_low"),
            "conf_high": sentence.row.get("conf_high"),
            "verdict": sentence.word,
            "n": sentence.row.get("n"),
        }
        for place, sentence in enumerate(sentences, 1)
    ]
    return Result(
        "leadership",
        pd.DataFrame(rows),
        sentences[0].text,
        "The first finding of each report of the same run, in reading order; no number is typed.",
        sentences[0].finding["base"],
    )


def _parts(
    rows: Sequence[tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]],
    smallest: int,
    held: frozenset[str],
) -> Shown:
    first = rows[0][2]
    name = label(str(first["name"]))
    keys = ("estimate", "conf_low", "conf_high", "n")
    frame = pd.DataFrame(
        [{"group": r["part"], **{k: row.get(k) for k in keys}} for r, row, _ in rows]
    )
    frame.loc[frame["group"].isin(held), "n"] = 1  # fewer than may be seen, by the study's count
    said = f"{name} in each part of the study, as its own report has it."
    whole = Result(f"{first['name']} by part", frame, said, first["method"], first["base"],
                   unit=first["unit"])  # fmt: skip
    result, gone = suppress(whole, smallest=smallest), hidden(frame, smallest=smallest)
    body = "".join(_part(*place, held=bool(out)) for place, out in zip(rows, gone, strict=True))
    side = ' class="cx-number"'
    titles = (("For whom", ""), (name, side), ("n", side), ("How sure", ""))
    head = "".join(f'<th scope="col"{side}>{html.escape(word)}</th>' for word, side in titles)
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in result.notes)
    return Shown(
        f'<section class="cx-result"><h3>{html.escape(result.headline)}</h3><div class="cx-scroll" '
        f'tabindex="0" role="group" aria-label="table"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
        f'{f"""<ul class="cx-notes">{notes}</ul>""" if notes else ""}</section>',
        result,
    )


def _part(
    report: Mapping[str, Any], row: Mapping[str, Any], finding: Mapping[str, Any], *, held: bool
) -> str:
    """Write a part's row; one held back keeps its name alone."""
    unit = finding["unit"]
    shown = ("–", "–", "not shown") if held else (
        figure(row, unit), number(row["n"], 0) if row.get("n") else "–", certainty(row, unit)
    )  # fmt: skip
    number_of, n, sure = (html.escape(word) for word in shown)
    whom = html.escape(report["part"])
    link = whom if held else f'<a href="../{html.escape(report["page"])}">{whom}</a>'
    return (
        f'<tr><td>{link}</td><td class="cx-number">{number_of}</td>'
        f'<td class="cx-number">{n}</td><td>{sure}</td></tr>'
    )


__all__ = ["SCALE", "Page", "Sentence", "certainty", "compose", "figure", "lead"]
