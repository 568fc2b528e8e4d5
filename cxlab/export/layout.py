"""How a page is laid out: sections of blocks side by side, and a folded appendix."""

import base64
import html
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

APPENDIX = "Appendix"
_HEADING = re.compile(r"<h2>(.*?)</h2>", re.S)
_HEADLINE = re.compile(r'<section class="cx-(\w+)">(<h3>.*?</h3>)')
_NOTES = re.compile(r'<ul class="cx-notes">.*?</ul>', re.S)
# what one exhibit leaves out stands below each
_CUT = re.compile(r"The first [\d,]+ of [\d,]+ \w+\.|[\d,]+ rows? about fewer than .*")
_CARD = '<section class="cx-card"'  # side by side; a strip to be drawn along on a phone
_OWN_BLOCK = re.compile(r'<section class="cx-(answer|card|exhibit|gallery|result)')


@dataclass
class Section:
    """A heading and what stands below it.

    Attributes:
        heading: its words as HTML; empty for what stands above the first heading.
        blocks: what is read together: a paragraph and the exhibit that it speaks of.
    """

    heading: str
    blocks: list[list[str]] = field(default_factory=list)


def sections(parts: Sequence[tuple[str, str]]) -> list[Section]:
    """Group what a notebook says and shows.

    Args:
        parts: kind (`prose` or `shown`) and HTML of each cell's words or output, in order.

    Returns:
        The sections in order; a block is a paragraph with the exhibit below it, or an exhibit.
    """
    out, said = [Section("")], set()
    noted: set[str] = set()
    for kind, markup in parts:
        if kind == "shown":
            # what the answer says is no heading of the picture below it once more
            headline = _HEADLINE.match(markup)
            if headline and headline[2] in said:
                markup = markup.replace(headline[2], "", 1)
            said |= {headline[2]} if headline else set()
            markup = _NOTES.sub(lambda found: _unsaid(found[0], noted), markup)
            _add(out[-1].blocks, markup, alone=bool(_OWN_BLOCK.match(markup)))
            continue
        for heading, below in _split(markup):
            if heading:
                out.append(Section(heading))
            if below:
                out[-1].blocks.append([below])
    return [section for section in out if section.heading or section.blocks]


def _unsaid(notes: str, noted: set[str]) -> str:
    """Drop the notes that a page has told before."""
    lines = [one for one in re.findall(r"<li>(.*?)</li>", notes, re.S) if one not in noted]
    noted |= {one for one in lines if not _CUT.fullmatch(one)}
    told = "".join(f"<li>{one}</li>" for one in lines)
    return f'<ul class="cx-notes">{told}</ul>' if told else ""


def laid_out(found: Sequence[Section]) -> tuple[list[tuple[str, str]], str]:
    """Write sections as a page's body; from the appendix on they are folded.

    Returns:
        The contents (anchor and words of each section that stands open, and of the appendix), and
        the body.
    """
    names = [html.unescape(re.sub("<[^>]+>", "", section.heading)) for section in found]
    first = next((i for i, name in enumerate(names) if name.startswith(APPENDIX)), len(found))
    contents = [(f"s{i}", name) for i, name in enumerate(names[: first + 1], 1) if name]
    written = [_section(section, f"s{i}") for i, section in enumerate(found, 1)]
    body = written[:first]
    if first < len(found):
        folded = _blocks(found[first].blocks) + "".join(written[first + 1 :])
        body.append(
            f'<details class="cx-appendix" id="s{first + 1}"><summary><h2>{found[first].heading}'
            f"</h2></summary>{folded}</details>"
        )
    return contents, "\n".join(body)


def _split(markup: str) -> Iterator[tuple[str, str]]:
    """Take prose apart at its headings of the second rank."""
    pieces = _HEADING.split(markup)
    yield "", pieces[0].strip()
    for heading, below in zip(pieces[1::2], pieces[2::2], strict=True):
        yield heading, below.strip()


def _add(blocks: list[list[str]], markup: str, *, alone: bool) -> None:
    """Put an output below the paragraph before it; two exhibits are two blocks."""
    if not blocks or (alone and any(_OWN_BLOCK.match(each) for each in blocks[-1])):
        blocks.append([])
    blocks[-1].append(markup)


def _section(section: Section, name: str) -> str:
    heading = f'<h2 id="{name}">{section.heading}</h2>' if section.heading else ""
    return f"<section>{heading}{_blocks(section.blocks)}</section>"


def _blocks(found: Sequence[Sequence[str]]) -> str:
    """Write blocks as one column, or as two of like height: down the first, then the second."""
    if not found:
        return ""
    blocks = ["".join(block) for block in found]
    tall = [_height(block) for block in blocks]
    split = min(range(1, len(blocks) + 1), key=lambda at: max(sum(tall[:at]), sum(tall[at:])))
    columns = [column for column in (blocks[:split], blocks[split:]) if column]
    written = "".join(
        f'<div class="cx-column">{"".join(map(_block, each))}</div>' for each in columns
    )
    strip = ' tabindex="0" role="group" aria-label="cards"' if _CARD in "".join(blocks) else ""
    return f'<div class="cx-columns"{strip}>{written}</div>'


def _block(markup: str) -> str:
    return f'<div class="cx-block">{markup}</div>'


def _height(markup: str) -> float:
    """Guess how tall a block is, in widths of a column."""
    open_ = re.sub(r"<details>.*?</details>", "", markup, flags=re.S)
    words = len(re.sub("<[^>]+>", "", open_))
    return 0.1 + sum(high / wide for wide, high in sizes(open_) if wide) + words / 1500


def sizes(markup: str) -> list[tuple[int, int]]:
    """Give width and height of each picture in markup, in pixels, from the head of its PNG."""
    heads = re.findall(r'src="data:image/png;base64,([^"]{44})', markup)
    return [struct.unpack(">II", base64.b64decode(head)[16:24]) for head in heads]
