"""What slides tell, and in which order: one list, drawn as a deck and as slides in a page."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from cxlab.codebook import headings, label
from cxlab.export import charts
from cxlab.export.audience import seen
from cxlab.export.inert import plain
from cxlab.export.leadership import EVERYONE, UNDECIDED, Page
from cxlab.export.sentences import SCALE, Sentence, caption, certainty, figure, lead
from cxlab.results import cell, count, decimals, measures

MOST_SLIDES = 12  # before the appendix, with the title and the summary
PER_REPORT = 6  # exhibits of one report, appendix and all
MOST_WORDS, MOST_NUMBERS = 25, 3  # of a title
LONGEST_TITLE = 140  # letters: two lines
MOST_ROWS, MOST_COLUMNS = 12, 6  # of a table
SUMMARY, APPENDIX = "Summary", "Appendix"
TOPLINE = "topline: "  # begins the name of the answers to one question
REST = " against the rest"  # ends the name of a comparison of the groups of a level


@dataclass(frozen=True)
class Slide:
    """What one slide says.

    Attributes:
        key: its name from one refresh to the next.
        title: the finding, in a sentence.
        section: the part of the deck it stands in.
        question: the question its report asks.
        sentences: what a summary lists.
        lines: text below the title, instead of an exhibit; of the summary, what was decided.
        finding: what is drawn or tabulated, if anything.
        page: the report it comes from.
        callout: the number the title is about, what it is of, and how sure.
        base: who is counted.
        notes: for the speaker: the whole sentence, method, what to know, which report.
    """

    key: str
    title: str
    section: str = SUMMARY
    question: str = ""
    sentences: tuple[Sentence, ...] = ()
    lines: tuple[str, ...] = ()
    finding: Mapping[str, Any] | None = None
    page: str = ""
    callout: tuple[str, ...] = ()
    base: str = ""
    notes: str = ""


def story(manifest: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> list[Slide]:
    """List the slides of a run in the order they are told.

    Args:
        manifest: the run's manifest.
        found: the run's findings; what leadership may not see of them is left out.

    Returns:
        The title, the summary, each report's exhibits in turn as far as `MOST_SLIDES` allows,
        then the appendix with the words of certainty and the other exhibits.
    """
    held = [_pictured(each) for each in found]
    found = seen(held, smallest=manifest.get("fewest", {}).get("leadership", 0))
    whole = [r for r in found if r["part"] == EVERYONE and not r.get("settings")]
    whole = [r for r in whole if not any(f["name"] == "leadership" for f in r["findings"])]
    whole.sort(key=lambda report: (report["reading_order"], report["notebook"]))
    page = Page([r for r in found if not any(f["name"] == "leadership" for f in r["findings"])])
    opening = [Slide("title", manifest["study"], lines=(f"As known on {manifest['as_of']}",))]
    opening += _summary(page, manifest.get("next_steps", ()))
    chosen = _questions(manifest.get("deck") or (), whole)
    named = {slide.key for slide in chosen}
    queues = [[s for s in _of_report(report) if s.key not in named] for report in whole]
    told, kept = _turns(queues, max(0, MOST_SLIDES - len(opening) - len(chosen)))
    rest = [replace(slide, section=APPENDIX) for each in kept for slide in each]
    words = [_WORDS] if rest else []
    return [*opening, *chosen, *(slide for each in told for slide in each), *words, *rest]


def _questions(names: Sequence[str], whole: Sequence[Mapping[str, Any]]) -> list[Slide]:
    """Give a slide for each question that the study file names for the deck."""
    drawn = {f["name"]: (report, f) for report in whole for f in report["findings"]
             if f.get("drawn") and charts.kind(f)}  # fmt: skip
    wanted = [drawn[f"{TOPLINE}{name}"] for name in names if f"{TOPLINE}{name}" in drawn]
    return [_exhibit(report, finding) for report, finding in wanted]


def _pictured(report: Mapping[str, Any]) -> dict[str, Any]:
    """Remember which findings the report drew, before numbers are held back from a picture."""
    return {**report, "findings": [{**each, "drawn": str(each.get("alt") or "")}
                                   for each in report["findings"]]}  # fmt: skip


def _summary(page: Page, steps: Sequence[str]) -> list[Slide]:
    if not page.sentences:
        return []
    first, *others = page.sentences
    notes = [f"{s.text} {s.finding['method']} Report: {s.page}" for s in page.sentences]
    return [
        Slide(
            "summary",
            title(first.text),
            sentences=tuple(others),
            lines=("What was decided", *steps) if steps else (UNDECIDED,),
            callout=tuple(f"{n['name']}: {n['shown']} ({n['interval']})" for n in page.numbers),
            base=f"{caption(first).rstrip(' ·')}. How sure: {first.word}.".lstrip(" ·."),
            notes="\n".join(notes),
        )
    ]


def _turns(queues: Sequence[list[Slide]], most: int) -> tuple[list[list[Slide]], list[list[Slide]]]:
    """Share the places among the reports: the first exhibit of each, then the second, and so on."""
    given = [0] * len(queues)
    while most > 0 and any(n < len(each) for n, each in zip(given, queues, strict=True)):
        for place, each in enumerate(queues):
            if given[place] < len(each) and most > 0:
                given[place] += 1
                most -= 1
    pairs = list(zip(given, queues, strict=True))
    return [each[:n] for n, each in pairs], [each[n:] for n, each in pairs]


def _of_report(report: Mapping[str, Any]) -> list[Slide]:
    """Give what the report itself drew, as charts; else its first finding as a table."""
    drawn = [f for f in report["findings"] if f.get("drawn") and charts.kind(f)]
    drawn = sorted(_apart(drawn), key=lambda f: not charts.telling(f))[:PER_REPORT]
    tables = [f for f in report["findings"] if len(f["frame"]["rows"]) > 1]
    out: dict[str, Slide] = {}
    for finding in drawn or tables[:1]:
        slide = _exhibit(report, finding)
        out.setdefault(slide.key, slide)
    return list(out.values())


def _apart(drawn: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of curves of one name keep those that tell groups apart; of levels, the test of them."""
    best: dict[str, Mapping[str, Any]] = {}
    for finding in drawn:
        how = charts.kind(finding)
        key = f"{finding['name']}/{how}"
        if key not in best or how == "curves":
            best[key] = finding
    return [f for f in best.values() if f"{f['name']}{REST}/bars" not in best]


def _exhibit(report: Mapping[str, Any], finding: Mapping[str, Any]) -> Slide:
    said = title(finding["headline"])
    whole = [] if said == finding["headline"] else [finding["headline"]]
    notes = [*whole, finding["method"], *finding["notes"], f"Report: {report['page']}"]
    how = charts.kind(finding)
    more = [charts.left_out(finding) if how else _cut(finding), charts.greyed(finding)]
    base = "; ".join([f"Base: {finding['base'].rstrip('.')}", *filter(None, more)])
    base = base if any(more) else f"Base: {finding['base']}"
    doubt = hedge(finding["headline"], said)
    return Slide(
        key=f"{report['notebook']}/{finding['name']}/{how or 'table'}",
        title=said,
        section=report["question"],
        question=report["question"],
        finding=finding,
        page=report["page"],
        callout=_callout(finding) if how not in ("", "map", "line") else (),
        base=f"{base.rstrip('.')}. {doubt}" if doubt else base,
        notes="\n".join(notes),
    )


def _callout(finding: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the number a sentence is about, what it is of, its interval and how sure it is."""
    row = lead(finding)
    if row.get("conf_low") is None or row.get("conf_high") is None:
        return ()
    unit = charts.unit_of(finding)
    number, _, ends = figure(row, unit, finding["base"], finding["headline"]).partition(" (")
    term = charts.PIECES.get(str(row.get("term")), row.get("term"))
    names = [term, *(row.get(key) for key in ("group", "period"))]
    whom = ", ".join(label(str(name)) for name in names if name and name != "all")
    if charts.kind(finding) == "tenths":
        whom = f"tenth {row['rank']:.0f}"
    return number, whom or label(finding["name"]), ends.rstrip(")"), certainty(row, unit)


def _cut(finding: Mapping[str, Any]) -> str:
    there = len(finding["frame"]["rows"])
    return f"{MOST_ROWS} of {count(there, 'row')} shown" if there > MOST_ROWS else ""


_WORDS = Slide(
    "words",
    "How sure each number is, in words",
    section=APPENDIX,
    question=APPENDIX,
    lines=tuple(f"{word.capitalize()}: {meaning}." for word, meaning in SCALE.items()),
)


def tabled(
    finding: Mapping[str, Any], *, most: tuple[int, int] = (MOST_ROWS, MOST_COLUMNS)
) -> tuple[list[str], list[list[str]]]:
    """Write the first columns and rows of a finding in words; of curves, where each ends.

    Args:
        finding: the finding.
        most: how many rows and how many columns.

    Returns:
        The headings, and the cells row by row; neither where nothing may be told.
    """
    names, rows = finding["frame"]["columns"], finding["frame"]["rows"]
    if charts.kind(finding) == "curves":
        shown = charts.drawn(finding)
        last = {row.get(shown.keys[0]): [row[name] for name in names] for row in shown.rows}
        rows = list(last.values())
    filled = [i for i in range(len(names)) if any(row[i] is not None for row in rows)]
    differ = [i for i in filled if len({row[i] for row in rows}) > 1 and names[i] != "verdict"]
    if not filled:
        return [], []
    # a row held back of which not even a name is left tells nothing
    rows = [row for row in rows if any(row[i] is not None for i in differ)] or rows
    whole = pd.DataFrame(rows, columns=names)
    digits, units = decimals(whole, finding["unit"]), measures(whole, finding["unit"])
    at = filled[: most[1]]
    words = [[plain(cell(names[i], row[i], units.get(names[i], ""),
                    digits=digits.get(names[i])),
                    longest=60) for i in at] for row in rows[: most[0]]]  # fmt: skip
    titles = headings([names[i] for i in at], finding["unit"])
    return list(titles.values()), words


# ---------------------------------------------------------------- titles

_P = re.compile(r"\s?\((?:[^()]*, )?p [<=>]? ?[\d.]+\)")
_ENDS = re.compile(r"\s?\([^()]*\d[^()]*\)")
_HEDGE = re.compile(r"\b(if|but|unless|cannot|provided)\b")
_NO_NUMBERS = re.compile(r"\b\d{4}(-\d\d(-\d\d)?|Q\d)\b|'[^']*'")  # dates and names


def title(headline: str) -> str:
    """Make a headline short enough to be read aloud; the speaker's notes hold the whole.

    p-values go, then intervals (which the chart shows), then the last clauses, unless they hedge
    what stays.

    Example:
        >>> title("NPS is 40.0 (35.0 to 45.0) in North; South has 30.0 (25.0 to 35.0).")
        'NPS is 40.0 in North; South has 30.0.'
    """
    said = _P.sub("", headline)
    said = said if _short(said) else _ENDS.sub("", said)
    for ends in (r"(?<=;)\s", r"(?<=[.:])\s", r"(?<=,)\s"):
        clauses = re.split(ends, said)
        while len(clauses) > 1 and not _short(" ".join(clauses)):
            if _HEDGE.search(clauses[-1]) and len(" ".join(clauses).split()) <= MOST_WORDS:
                break
            if len(clauses) == 2 and clauses[0].endswith(":"):
                break  # a title that names its subject alone says nothing
            clauses.pop()
        said = " ".join(clauses)
    said = f"{said.rstrip(';:,. ')}." if said != headline else said
    words = said.split()
    return said if len(words) <= MOST_WORDS else f"{' '.join(words[:MOST_WORDS])} …"


def hedge(headline: str, said: str) -> str:
    """Give the clause of a headline that hedges it, where its title has no room for it.

    Example:
        >>> hedge("A brings more; how much of it is chance cannot be told.", "A brings more.")
        'How much of it is chance cannot be told.'
    """
    lost = [each for each in re.split(r"(?<=;)\s", headline) if each.rstrip(";. ") not in said]
    told = next((each for each in lost[-1:] if _HEDGE.search(each)), "")
    return told[:1].upper() + told[1:]


def _short(said: str) -> bool:
    bare = _NO_NUMBERS.sub("", said)
    numbers = [len(re.findall(r"\d[\d,.]*", each)) for each in re.split(r"[.] ", bare)]
    return (
        len(said.split()) <= MOST_WORDS
        and max(numbers) <= MOST_NUMBERS
        and len(said) <= LONGEST_TITLE
    )
