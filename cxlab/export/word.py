"""A run as a Word document that can be edited: the leadership page and the chosen reports."""

import base64
import io
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches, Pt, RGBColor

from cxlab.codebook import Refusal, did_you_mean
from cxlab.export.audience import held, seen
from cxlab.export.inert import plain
from cxlab.export.layout import APPENDIX
from cxlab.export.leadership import EVERYONE, UNDECIDED, Page
from cxlab.export.sentences import SCALE, caption
from cxlab.export.story import tabled
from cxlab.export.telling import exhibits
from cxlab.results import count

FONT, INK, SOFT, LINE = "Arial", "1F2933", "52606D", "D9DEE4"
WIDEST, HIGHEST = 4.8, 6.0  # inches of a picture: its letters are those of the text
ACROSS, LETTER, ASIDE = 6.27, 0.068, 0.17  # inches of a line, of a letter in a table, around a cell
LONG = 60  # letters of a cell that is broken into lines
MOST_ROWS, MOST_COLUMNS = 20, 7
_SIZES = {"Title": 26, "Subtitle": 12, "Heading 1": 18, "Heading 2": 13, "Heading 3": 11,
          "Normal": 10, "Caption": 8.5, "List Bullet": 9, "List Number": 10}  # fmt: skip


class WordError(Refusal):
    """A document cannot be made as asked."""


def document(
    manifest: Mapping[str, Any],
    found: Sequence[Mapping[str, Any]],
    notebooks: Mapping[str, Mapping[str, Any]],
    *,
    only: Sequence[str] = (),
) -> bytes:
    """Make a Word document of a run, for the readers of its leadership page.

    Args:
        manifest: the run's manifest.
        found: the run's findings.
        notebooks: page of a report -> its executed notebook.
        only: notebooks whose reports follow the leadership page; all where none is named.

    Returns:
        The file: headings, tables whose first row is repeated on every page, pictures with
        words for those who cannot see them, and page numbers. Nothing in it is a link or code.

    Raises:
        WordError: the run has no report of a notebook that is named.
    """
    smallest = manifest.get("fewest", {}).get("leadership", 0)
    found = seen(found, smallest=smallest)
    whole = [r for r in found if r["part"] == EVERYONE and not r.get("settings")]
    whole = [r for r in whole if not any(f["name"] == "leadership" for f in r["findings"])]
    whole.sort(key=lambda report: (report["reading_order"], report["notebook"]))
    chosen = _chosen(whole, only)
    doc = Document()
    _styles(doc)
    _properties(doc, manifest)
    doc.add_paragraph(plain(manifest["study"]), style="Title")
    doc.add_paragraph(f"As known on {plain(manifest['as_of'])}", style="Subtitle")
    _leadership(doc, Page(whole), manifest.get("next_steps", ()))
    for report in chosen:
        _report(doc, report, notebooks.get(report["page"], {}), smallest)
    buffer = io.BytesIO()
    doc.save(buffer)
    return buffer.getvalue()


def _chosen(whole: Sequence[Mapping[str, Any]], only: Sequence[str]) -> list[Mapping[str, Any]]:
    known = [report["notebook"] for report in whole]
    for name in only:
        if name not in known:
            said = f"--only {name}: this run has no report of that notebook."
            raise WordError(f"{said}{did_you_mean(name, known)}")
    return [report for report in whole if not only or report["notebook"] in only]


# ---------------------------------------------------------------- what is said


def _leadership(doc: Any, page: Page, steps: Sequence[str]) -> None:
    """Write the sentences of the leadership page, each with its number, base and certainty."""
    doc.add_heading("What leadership should know", 1)
    if not page.sentences:
        doc.add_paragraph("No report of this run has a finding.")
        return
    for said in page.sentences:
        line = doc.add_paragraph(style="List Number")
        line.add_run(plain(said.text)).bold = True
        more = line.add_run(f" {plain(caption(said)).rstrip(' ·')} · {said.word}")
        more.font.color.rgb, more.font.size = RGBColor.from_string(SOFT), Pt(_SIZES["Caption"])
    if page.numbers:
        rows = [[n["name"], n["shown"], n["interval"]] for n in page.numbers]
        _table(doc, ["score", "value", "interval"], rows)
    doc.add_heading("What was decided", 2)
    for line in steps or (UNDECIDED,):
        doc.add_paragraph(plain(line), style="List Bullet" if steps else "Normal")
    doc.add_heading("How sure each number is, in words", 2)
    _table(doc, ["word", "what it promises"], [[word, said] for word, said in SCALE.items()])


def _report(
    doc: Any, report: Mapping[str, Any], notebook: Mapping[str, Any], smallest: int
) -> None:
    """Write a report as its notebook tells it: headings, prose, what was found."""
    heading = doc.add_heading(plain(report["question"]), 1)
    heading.paragraph_format.page_break_before = True
    shown = asked = False
    waiting: list[tuple[str, str]] = []
    for kind, content in [*_told(notebook), ("heading", "")]:
        if kind == "asked":
            asked = True
            continue
        if kind == "heading" and asked:
            waiting = []  # what was asked here found nothing
        if kind in ("heading", "finding"):
            for style, text in waiting:
                _prose(doc, style, text)
            waiting, asked = [], False
        if kind == "finding":
            shown = True
            told, image = content
            _finding(doc, told, image, smallest)
        elif content:
            waiting.append((kind, str(content)))
    for finding in [] if shown else report["findings"]:
        _finding(doc, finding, "", smallest)


def _told(notebook: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give the headings, the prose and the findings of an executed notebook before its appendix."""
    for cell in notebook.get("cells", ()):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            for block in re.split(r"\n\s*\n", source.strip()):
                marks, _, text = block.partition(" ")
                if marks == "##" and text.startswith(APPENDIX):
                    return  # long lists and method tables stay with the page
                if marks in ("##", "###"):
                    yield "heading", text.partition("\n")[0]
                    block = text.partition("\n")[2]
                if block.strip() and not block.startswith(("#", "|", "<")):
                    yield "prose", block
        if cell["cell_type"] == "code" and cell.get("outputs"):
            yield "asked", ""
        for output in cell.get("outputs", ()):
            for told, image in exhibits(output):
                yield "finding", (told, image)


_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def _prose(doc: Any, style: str, text: str) -> None:
    """Write the notebook's own words without their marks."""
    bare = re.sub(r"[*`]+", "", _LINK.sub(r"\1", text))
    if style == "heading":
        doc.add_heading(plain(bare), 2)
        return
    items = re.split(r"(?m)^\s*(?:[-+]|\d+\.)\s+", bare)
    for place, item in enumerate(items):
        if item.strip():
            doc.add_paragraph(plain(item), style="List Bullet" if place else "Normal")


def _finding(doc: Any, told: Mapping[str, Any], image: str, smallest: int) -> None:
    """Write a sentence, its picture or its table, whom it counts and how it was found."""
    if not {"headline", "frame"} <= told.keys():
        return
    finding = held(told, smallest=smallest)
    doc.add_heading(plain(finding["headline"]), 3)
    if image and finding == told:
        _picture(doc, image, finding.get("alt") or finding["headline"])
    elif len(finding["frame"]["rows"]) > 1:
        there = len(finding["frame"]["rows"])
        columns, rows = tabled(finding, most=(MOST_ROWS, MOST_COLUMNS))
        if columns:  # else every row is held back, and the sentence says so
            _table(doc, columns, rows)
        if there > len(rows) > 0:
            doc.add_paragraph(f"{len(rows)} of {count(there, 'row')} shown.", style="Caption")
    said = [f"Base: {finding['base']}", f"Method: {finding['method']}"]
    doc.add_paragraph(plain(" ".join(one for one in said if not one.endswith(": "))), "Caption")
    for note in finding["notes"]:
        doc.add_paragraph(plain(note), style="List Bullet")


# ---------------------------------------------------------------- Word itself


def _picture(doc: Any, image: str, words: str) -> None:
    """Add a picture that fits the page, with words for those who cannot see it."""
    content = base64.b64decode(image)
    wide, high = struct.unpack(">II", content[16:24])  # where every PNG says its size
    width = min(WIDEST, HIGHEST * wide / high)
    shape = doc.add_picture(io.BytesIO(content), width=Inches(width))
    shape._inline.docPr.set("descr", plain(words, longest=500))
    doc.paragraphs[-1].paragraph_format.keep_with_next = True


def _table(doc: Any, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Add a table with hair lines, whose headings are repeated on every page."""
    table = doc.add_table(rows=1 + len(rows), cols=len(columns))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    _ruled(table)
    for column, wide in zip(table.columns, _widths([columns, *rows]), strict=True):
        column.width = Inches(wide)
        for place in column.cells:
            place.width = Inches(wide)
    for y, row in enumerate([columns, *rows]):
        line = table.rows[y]
        properties = line._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if y == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for place, words in zip(line.cells, row, strict=True):
            paragraph = place.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(2)
            run = paragraph.add_run(plain(words))
            run.font.size, run.bold = Pt(8.5), y == 0
    doc.add_paragraph().paragraph_format.space_after = Pt(4)


def _widths(rows: Sequence[Sequence[str]]) -> list[float]:
    """Give each column the room its cells need; where a line has too little, long cells give way.

    Example:
        >>> [round(wide, 2) for wide in _widths([["what", "n"], ["communication", "1,044"]])]
        [1.05, 0.51]
    """
    columns = list(zip(*rows, strict=True))
    words = [max(len(word) for cell in one for word in cell.split() or [""]) for one in columns]
    whole = [float(max(words[i], min(LONG, max(map(len, one)))))
             for i, one in enumerate(columns)]  # fmt: skip
    room = ACROSS - ASIDE * len(columns)
    need, least = LETTER * sum(whole), LETTER * sum(words)
    if need > room:
        give = max(0.0, min(1.0, (need - room) / max(need - least, LETTER)))
        whole = [a - give * (a - b) for a, b in zip(whole, words, strict=True)]
    shrunk = min(1.0, room / (LETTER * sum(whole)))
    return [ASIDE + LETTER * each * shrunk for each in whole]


def _ruled(table: Any) -> None:
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", LINE)):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    properties = table._tbl.tblPr
    after = properties.find(qn("w:tblLayout"))
    if after is None:
        after = properties.find(qn("w:tblLook"))
    after.addprevious(borders)


def _styles(doc: Any) -> None:
    """One font, ink on white, quiet headings: the house style in Word's own styles."""
    for name, size in _SIZES.items():
        style = doc.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for slot in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{slot}"), None)
        fonts.set(qn("w:cs"), FONT)
        quiet = name in ("Subtitle", "Caption", "List Bullet")
        style.font.color.rgb = RGBColor.from_string(SOFT if quiet else INK)
        style.font.italic = False
        style.font.bold = name.startswith(("Title", "Heading"))
        style.paragraph_format.space_after = Pt(4)
    for rule in doc.styles["Title"].element.iter(qn("w:pBdr")):
        rule.getparent().remove(rule)
    for section in doc.sections:
        section.left_margin = section.right_margin = Inches(1)
        section.top_margin = section.bottom_margin = Inches(0.9)
        section.page_width, section.page_height = Inches(8.27), Inches(11.69)
        _numbered(section.footer.paragraphs[0])


def _numbered(paragraph: Any) -> None:
    """Write "Page 3 of 12" as fields, which Word counts."""
    for words, field in (("Page ", "PAGE"), (" of ", "NUMPAGES")):
        paragraph.add_run(words)
        simple = OxmlElement("w:fldSimple")
        simple.set(qn("w:instr"), field)
        run, text = OxmlElement("w:r"), OxmlElement("w:t")
        text.text = "1"
        run.append(text)
        simple.append(run)
        paragraph._p.append(simple)


def _properties(doc: Any, manifest: Mapping[str, Any]) -> None:
    words = doc.core_properties
    words.title, words.author = plain(manifest["study"], longest=250), "cxlab"
    words.comments, words.language = "", "en-GB"
    known = datetime.fromisoformat(str(manifest["as_of"])[:10])
    words.created = words.modified = known
