"""One page for those who decide: the run's own findings, a sentence and a certainty each."""

import base64
import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from cxlab.codebook import label
from cxlab.export.audience import seen
from cxlab.export.index import tiles
from cxlab.export.sentences import (
    MOVEMENT,
    NEWS,
    RULES,
    SCALE,
    Sentence,
    caption,
    certainty,
    estimates,
    figure,
    kind,
    lead,
    numbers_of,
    sentence,
    thin,
)
from cxlab.results import MIME, Absence, Note, Result, hidden, number, quote, speechless, suppress

EVERYONE = "everyone"
_DIGITS = re.compile(r"[\d.,%+−-]+")  # the same said of the same, as by another model, is said once
UNDECIDED = "Nothing was decided yet, and these data by themselves justify no action."
# what the pictures of the page show: the folder of a report, and words of the finding's name
LEAVERS = ("40_churn", "leaving against the rest")
AUDIT = "leakage audit"  # a column that it calls red is told whatever else the page says
CARDS = {
    "trend": ("20_scores", " by "),
    "where": ("20_scores", "against the rest"),
    "leavers": LEAVERS,
    "why": ("30_drivers", "driver importance"),
    "worth": ("55_value", "chain from rating to value"),
    "kept": ("50_retention", "survival in"),
}
MISSED = {
    "trend": "a score over time",
    "where": "who stands apart",
    "leavers": "who leaves more",
    "why": "what goes with the score",
    "worth": "what a better rating is worth",
    "kept": "how long customers stay",
}


@dataclass(frozen=True, eq=False)
class Shown:
    """Something on the page: inert HTML, and the result it stands for."""

    markup: str
    result: Result

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        told = self.result.to_dict()
        return {"text/plain": self.result.headline, "text/html": self.markup, MIME: told}


@dataclass(frozen=True)
class Markup:
    """Inert HTML that is no finding of its own."""

    markup: str

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        words = html.unescape(re.sub(r"<[^>]+>", " ", self.markup))
        return {"text/plain": " ".join(words.split()), "text/html": self.markup}


@dataclass(frozen=True)
class Steps:
    """What people decided, as they wrote it; nothing where they wrote nothing."""

    lines: Sequence[str]

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        items = "".join(f"<li>{html.escape(line)}</li>" for line in self.lines)
        text = {"text/plain": "\n".join(self.lines), "text/html": f"<ul>{items}</ul>"}
        return text if self.lines else {"text/plain": ""}


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
    def _said(self) -> dict[str, list[Sentence]]:
        """What each report has to say, in reading order; who leaves more has its card alone."""
        return {
            r["notebook"]: [one for one in _told(r) if not _is(one.page, one.finding, *LEAVERS)]
            for r in self._reports
        }

    @cached_property
    def _reports(self) -> list[Mapping[str, Any]]:
        whole = [r for r in self.found if r["part"] == EVERYONE and not r.get("settings")]
        whole = [r for r in whole if any(f["name"] != "leadership" for f in r["findings"])]
        return sorted(whole, key=lambda report: (report["reading_order"], report["notebook"]))

    @cached_property
    def _news(self) -> dict[str, list[Sentence]]:
        """What moved and who stands apart, report by report: the first of each kind."""
        out = {}
        for notebook, each in self._said.items():
            told = {word: one for one in reversed(each) if (word := kind(one))}
            verdict = [one for one in each if _judged(one.finding)]
            out[notebook] = verdict + [told[word] for word in NEWS if word in told]
        return out

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The verdict on movement, who stands apart; then the first finding of each other question.

        Where these are not enough, the second findings follow, and so on. What rests on less than
        a tenth of those its report stands on is never first.
        """
        said, news = self._said, self._news
        first = [one for each in news.values() for one in each]
        queues = [each for notebook, each in said.items() if not news[notebook]]
        rest = [[one for one in each if one not in news[notebook]]
                for notebook, each in said.items() if news[notebook]]  # fmt: skip
        order = first + _turns(queues) + _turns(rest)
        order.sort(key=self._late)
        if not order or self._late(order[0])[1]:
            order = self._scopes() + order
        # what two reports say is linked to the one that comes first
        once = {sentence.text: sentence for sentence in reversed(order)}
        return [sentence for sentence in order if once[sentence.text] is sentence][: self.most]

    def _late(self, said: Sentence) -> tuple[bool, bool, bool]:
        """Sort the verdict on movement first, then what is of most people, estimates first."""
        report = next(r for r in self._reports if r["page"] == said.page)
        few = thin(said.finding, report["findings"])
        return not _judged(said.finding) or few, few, said.word == "counted"

    def _scopes(self) -> list[Sentence]:
        """Say whom the first report stands on."""
        scope = [(r, f) for r in self._reports for f in r["findings"] if f["name"] == "scope"]
        return [sentence(*one) for one in scope[:1]]

    @property
    def numbers(self) -> list[dict[str, str]]:
        """The headline numbers of the reports whose news takes the place of the level."""
        told = [r for r in self.found if r["part"] == EVERYONE and self._news.get(r["notebook"])]
        return [tile for r in told if not r.get("settings") for tile in tiles(r["findings"])][:3]

    @property
    def answer(self) -> Shown | Note:
        """The verdict: the first sentence, how sure it is, and the numbers it stands beside."""
        if not self.sentences:
            return Note("No report of this run has a finding. Run cxlab run first.")
        said, tiles_of = self.sentences[0], "".join(_tile(tile) for tile in self.numbers)
        above = f'<ul class="cx-tiles">{tiles_of}</ul>' if tiles_of else ""
        return Shown(
            f'<section class="cx-answer"><h3>{html.escape(said.text)}</h3>{above}'
            f"{_below(said)}</section>",
            _summary(self.sentences),
        )

    @property
    def more(self) -> "Markup | Absence":
        """The other sentences, each with number, interval, certainty and its report."""
        carded = list(CARDS.values())
        fronts = [_front(*told)["headline"] for told in map(self._card, CARDS) if told]
        rest = [
            said
            for said in self.sentences[1:]
            if said.finding["headline"] not in fronts
            and not any(_is(said.page, said.finding, *card) for card in carded)
        ]
        items = "".join(_item(said) for said in rest)
        return (
            Markup(f'<ol class="cx-five">{items}</ol>')
            if rest
            else Absence("Nothing else was found.")
        )

    def about(self, name: str) -> Result | Absence:
        """Give the finding that a picture of the page shows.

        Args:
            name: `trend`, `where`, `leavers`, `why`, `worth` or `kept`.
        """
        told = self._card(name)
        if not told:
            return Absence(f"No report found {MISSED[name]}.")
        result = Result.from_dict(dict(told[1]))
        counted = [c for c in ("n", "at_risk") if c in result.frame and result.frame[c].any()]
        counted += [c for c in ("estimate",) if c in result.frame]
        seen = result.frame.dropna(subset=counted)  # the others are held back from leadership
        return replace(result, frame=seen) if len(seen) else Absence(result.headline)

    def card(self, exhibit: Any, name: str) -> "Markup | Absence":
        """Put a picture on a card: what was found, how sure it is, and the report it is from.

        Args:
            exhibit: what `plots.show` made of `about(name)`.
            name: as for `about`.
        """
        told = self._card(name)
        if isinstance(exhibit, Absence) or told is None:
            return exhibit
        image = base64.b64encode(exhibit.png).decode()
        report, _ = told
        said, kind = sentence(report, _front(*told)), "exhibit" if name == "trend" else "card"
        return Markup(
            f'<section class="cx-{kind}"><h3>{html.escape(said.text)}</h3><figure><img '
            f'src="data:image/png;base64,{image}" alt="{html.escape(exhibit.alt)}"></figure>'
            f"{_below(said)}</section>"
        )

    def _card(self, name: str) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
        for report in self._reports:
            for finding in report["findings"]:
                told = not speechless(finding["headline"])
                if told and _is(report["page"], finding, *CARDS[name]):
                    return report, finding
        return None

    @property
    def quotes(self) -> "Markup | Absence":
        """Two people in their own words, on what goes with a lower score."""
        told = [f for r in self._reports for f in r["findings"] if f["name"] == "quotes"]
        rows = (
            Result.from_dict(dict(told[0])).frame.dropna(subset=["n"]) if told else pd.DataFrame()
        )
        if rows.empty:
            return Absence("No report quotes a comment.", "comments that may be quoted")
        first = pd.concat([rows.drop_duplicates("term"), rows[rows["part"] == "typical"]])
        first = first.drop_duplicates("text").head(2)
        return Markup("".join(quote(row.text, row.words) for row in first.itertuples()))

    @staticmethod
    def decided(steps: Sequence[str]) -> Steps | Note:
        """What people decided; where they decided nothing, that these data do not decide it."""
        return Steps(steps) if steps else Note(UNDECIDED)

    def _wholes(self) -> list[tuple[str, str]]:
        """List what reports on everyone found, by notebook and name, in reading order."""
        whole = [report for report in self.found if report["part"] == EVERYONE]
        whole.sort(key=lambda report: (report["reading_order"], report["notebook"]))
        return [(r["notebook"], f["name"]) for r in whole for f in r["findings"]]

    def _in_parts(self, wanted: tuple[str, str]) -> list[Any]:
        """Give the same finding of each part that tells a number."""
        told = [
            (report, lead(finding), finding)
            for report in self.found
            for finding in report["findings"]
            if report["part"] != EVERYONE and (report["notebook"], finding["name"]) == wanted
        ]
        told = [each for each in told if each[1].get("estimate") is not None or _held(each[2])]
        return told if any(each[1] for each in told) else []

    @property
    def parts(self) -> Shown | Note:
        """The leading number in each part of the study."""
        rows = next(filter(None, map(self._in_parts, self._wholes())), [])
        if not rows:
            return Note("This run made no reports for single parts of the study.")
        return _parts(rows, self.smallest, self.held)

    @property
    def certainty(self) -> Note | Shown:
        """The words of certainty and what each promises, below the columns that know too much."""
        rows = "".join(
            f"<dt><strong>{html.escape(word)}</strong></dt><dd>{html.escape(meaning)}.</dd>"
            for word, meaning in SCALE.items()
        )
        told = dict.fromkeys(
            f["headline"] for r in self._reports for f in r["findings"] if f["name"] == AUDIT
        )
        red = [f"<p>{html.escape(said)}</p>" for said in told if said.startswith("Red: ")]
        markup = f"{''.join(red)}<dl>{rows}</dl>"
        return Shown(markup, _summary(self.sentences)) if self.sentences else Note("–")

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
        rules = f"<p>{html.escape(RULES)}</p>"
        return Shown(f'<ol class="cx-notes">{rows}</ol>{rules}', _summary(self.sentences))


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


def _front(report: Mapping[str, Any], drawn: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the finding that says what a picture shows, with its interval if one does.

    What a report says in front has the unit of its number; its picture may have several.
    """
    said = numbers_of(drawn["headline"])
    same = [f for f in report["findings"] if f["headline"] == drawn["headline"]
            or (lead(f) and numbers_of(f["headline"]) == said)]  # fmt: skip
    return max(same, key=lambda found: bool(lead(found)))


def _told(report: Mapping[str, Any]) -> list[Sentence]:
    """Give what a report has to say, no number and no sentence twice.

    Where it has a verdict on movement, the pieces that the verdict weighs are left to the report:
    a raw change that the verdict denies would be the sentence that is quoted.
    """
    verdict = [f for f in report["findings"] if f["name"] == MOVEMENT]
    told = [f for f in report["findings"] if not speechless(f["headline"])]
    said = [sentence(report, f) for f in estimates(told) if f not in verdict]
    if verdict:
        said = [one for one in said if not _piece(one)]
    known: dict[Any, Sentence] = {}
    first = [sentence(report, f) for f in verdict[:1]]
    for one in first + said if any(map(_judged, verdict)) else said + first:
        number = tuple(one.row.get(key) for key in ("estimate", "conf_low", "conf_high"))
        known.setdefault(one.text if number[0] is None else number, one)
    # one question asked by two methods is told by the first
    asked = {_asked(one): one for one in reversed(known.values())}
    known = {key: one for key, one in known.items() if asked[_asked(one)] is one}
    once = {_DIGITS.sub("", one.text): one for one in reversed(known.values())}
    return [one for one in known.values() if once[_DIGITS.sub("", one.text)] is one]


def _judged(finding: Mapping[str, Any]) -> bool:
    """Say whether a finding is a verdict on movement that had something to weigh."""
    return finding["name"] == MOVEMENT and bool(finding["frame"]["rows"])


def _asked(said: Sentence) -> tuple[Any, ...]:
    row = said.row
    of = tuple(row.get(key) for key in ("term", "group", "part"))
    return (said.finding["name"], *of) if row.get("term") else (said.text,)


def _piece(said: Sentence) -> bool:
    """Say whether a sentence is about a change, and so one of those a verdict weighs."""
    words = f"{said.row.get('term') or ''} {said.finding['name']}"
    return bool(re.search(r"change|trend|shift|moved|latest|migration", words))


def _turns(queues: Sequence[Sequence[Sentence]]) -> list[Sentence]:
    """Take the first of each, then the second of each, and so on."""
    longest = max(map(len, queues), default=0)
    return [each[turn] for turn in range(longest) for each in queues if turn < len(each)]


def _tile(tile: Mapping[str, str]) -> str:
    shown, name, interval = (html.escape(tile[key]) for key in ("shown", "name", "interval"))
    return f"<li><strong>{shown}</strong><span>{name}</span><span>{interval}</span></li>"


def _is(page: str, finding: Mapping[str, Any], notebook: str, words: str) -> bool:
    return page.startswith(f"{notebook}/") and words in finding["name"]


def _item(said: Sentence) -> str:
    return f"<li><p><strong>{html.escape(said.text)}</strong></p>{_below(said)}</li>"


def _below(said: Sentence) -> str:
    """Write what stands below a sentence: its number and base, how sure, which report."""
    below, word, page, question = (
        html.escape(each) for each in (caption(said), said.word, said.page, said.question)
    )
    return (
        f'<p class="cx-base"><span class="cx-far">{below}</span><em>{word}</em> · '
        f'<a href="../{page}">{question}</a></p>'
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
        "What moved, who stands apart, and the first finding of each other report of the same run, "
        "in reading order; no number is typed.",
        sentences[0].finding["base"],
    )


def _held(finding: Mapping[str, Any]) -> bool:
    """Say whether a finding's one row is held back: its count of people is blank."""
    columns, rows = finding["frame"]["columns"], finding["frame"]["rows"]
    return len(rows) == 1 and "n" in columns and rows[0][columns.index("n")] is None


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
    few = frame["group"].isin(held) | frame["estimate"].isna()
    frame.loc[few, "n"] = 1  # fewer than may be seen, by the study's count or the report's own
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
        figure(row, unit, finding["base"], finding["headline"]),
        number(row["n"], 0) if row.get("n") else "–",
        certainty(row, unit),
    )  # fmt: skip
    number_of, n, sure = (html.escape(word) for word in shown)
    whom = html.escape(report["part"])
    link = whom if held else f'<a href="../{html.escape(report["page"])}">{whom}</a>'
    return (
        f'<tr><td class="cx-part">{link}</td><td class="cx-number">{number_of}</td>'
        f'<td class="cx-number">{n}</td><td class="cx-brief">{sure}</td></tr>'
    )


__all__ = ["SCALE", "Page", "Sentence", "Steps", "certainty", "compose", "figure", "lead"]
