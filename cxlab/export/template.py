"""The house's own quiet template, made by code from the layouts that come with the writer."""

import copy
import re
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.util import Inches, Pt

OWN = "cxlab finding"  # the layout of a slide that states a finding
WIDE, HIGH = Inches(13.333), Inches(7.5)
LEFT, ACROSS = Inches(0.6), Inches(12.13)
KICKER, BASE, SOURCE = 13, 14, 15  # places of the layout, by their numbers
_PLACES = {
    KICKER: ("Question", Inches(0.36), Inches(0.34), 12, "accent1", True),
    BASE: ("Base", Inches(1.62), Inches(0.44), 12, "tx2", False),
    SOURCE: ("Source", Inches(6.98), Inches(0.3), 10, "tx2", False),
}
_COLOURS = {"dk1": "1F2933", "lt1": "FFFFFF", "dk2": "52606D", "lt2": "F4F6F8", "accent1": "0B62A8",
            "accent2": "C8690A", "accent3": "0A7D5F", "accent4": "9A4F86", "accent5": "B83B1E",
            "accent6": "7B8794", "hlink": "0B62A8", "folHlink": "9A4F86"}  # fmt: skip
FONT = "Arial"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_PLACE = """
<p:sp xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"
      xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">
  <p:nvSpPr><p:cNvPr id="{id}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>
    <p:nvPr><p:ph type="body" sz="quarter" idx="{id}"/></p:nvPr></p:nvSpPr>
  <p:spPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{cx}" cy="{cy}"/></a:xfrm></p:spPr>
  <p:txBody><a:bodyPr lIns="0" rIns="0" tIns="0" bIns="0" anchor="{anchor}"><a:normAutofit/>
    </a:bodyPr>
    <a:lstStyle><a:lvl1pPr marL="0" indent="0"><a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/>
      <a:defRPr sz="{size}" b="{bold}"><a:solidFill><a:schemeClr val="{colour}"/></a:solidFill>
      </a:defRPr></a:lvl1pPr></a:lstStyle>
    <a:p><a:r><a:rPr lang="en-GB"/><a:t>{name}</a:t></a:r></a:p></p:txBody>
</p:sp>"""


def template() -> Any:
    """Give an empty presentation in the house style: ink on white, one blue, room to breathe."""
    show = Presentation()
    factor = WIDE / show.slide_width
    show.slide_width, show.slide_height = WIDE, HIGH
    for sheet in [show.slide_master, *show.slide_layouts]:
        _widen(sheet, factor)
    _theme(show)
    _master(show.slide_master)
    _opening(show.slide_layouts[0])
    _finding(next(one for one in show.slide_layouts if one.name == "Title Only"))
    return show


def _widen(sheet: Any, factor: float) -> None:
    """Stretch a layout that comes with the writer, which is of the old 4:3 shape."""
    for shape in sheet.placeholders:
        if shape._element.spPr.xfrm is not None:
            left, width = shape.left, shape.width
            shape.left, shape.width = int(left * factor), int(width * factor)


def _theme(show: Any) -> None:
    part = show.slide_master.part.part_related_by(RT.THEME)
    theme = etree.fromstring(part.blob)
    for name, colour in _COLOURS.items():
        place = theme.find(f".//{_A}clrScheme/{_A}{name}")
        for old in list(place):
            place.remove(old)
        etree.SubElement(place, f"{_A}srgbClr", val=colour)
    for font in theme.iterfind(f".//{_A}fontScheme/*/{_A}latin"):
        font.set("typeface", FONT)
    part._blob = etree.tostring(theme, xml_declaration=True, encoding="UTF-8", standalone=True)


def _master(master: Any) -> None:
    """Left-aligned titles of middle size, and numbers at the foot."""
    for shape in master.placeholders:
        kind = shape.placeholder_format.type
        if kind == PP_PLACEHOLDER.TITLE:
            _placed(shape, LEFT, Inches(0.68), ACROSS, Inches(0.9))
            _insets(shape, anchor="t")
        elif kind == PP_PLACEHOLDER.BODY:
            _placed(shape, LEFT, Inches(2.1), ACROSS, Inches(4.7))
            _insets(shape, anchor="t")
        elif kind == PP_PLACEHOLDER.SLIDE_NUMBER:
            _placed(shape, Inches(11.93), Inches(6.98), Inches(0.8), Inches(0.3))
            _insets(shape, anchor="ctr")
    style = master._element.find(f".//{_P}titleStyle/{_A}lvl1pPr")
    style.set("algn", "l")
    style.find(f"{_A}defRPr").set("sz", "2400")
    style.find(f"{_A}defRPr").set("b", "1")
    for level, size in enumerate((1800, 1600, 1400, 1200, 1200), 1):
        found = master._element.find(f".//{_P}bodyStyle/{_A}lvl{level}pPr/{_A}defRPr")
        found.set("sz", str(size))


def _placed(shape: Any, *place: int) -> None:
    shape.left, shape.top, shape.width, shape.height = place


def _insets(shape: Any, *, anchor: str) -> None:
    body = shape._element.txBody.bodyPr
    for side in ("lIns", "rIns", "tIns", "bIns"):
        body.set(side, "0")
    body.set("anchor", anchor)


def _opening(layout: Any) -> None:
    """The first slide: the study's name low on the left, a blue line above it."""
    for shape in layout.placeholders:
        kind = shape.placeholder_format.type
        if kind in (PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.SUBTITLE):
            first = kind == PP_PLACEHOLDER.CENTER_TITLE
            shape.left, shape.width = LEFT, ACROSS
            shape.top = Inches(2.75) if first else Inches(4.15)
            shape.height = Inches(1.3) if first else Inches(0.9)
            _insets(shape, anchor="t")
            _sized(shape, 3600 if first else 1800)
    _bar(layout, Inches(2.45))


def _sized(shape: Any, size: int) -> None:
    styles = shape._element.txBody.find(f"{_A}lstStyle")
    for old in list(styles):
        styles.remove(old)
    level = etree.SubElement(styles, f"{_A}lvl1pPr", marL="0", indent="0", algn="l")
    etree.SubElement(level, f"{_A}buNone")
    etree.SubElement(level, f"{_A}defRPr", sz=str(size))


def _bar(sheet: Any, top: int) -> None:
    xml = f"""<p:sp xmlns:p="{_P[1:-1]}" xmlns:a="{_A[1:-1]}"><p:nvSpPr>
      <p:cNvPr id="90" name="Line" descr=""/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>
      <a:xfrm><a:off x="{LEFT}" y="{top}"/><a:ext cx="{Inches(0.9)}" cy="{Pt(4)}"/></a:xfrm>
      <a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:schemeClr val="accent1"/>
      </a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>"""
    tree = sheet.shapes._spTree
    tree.insert(2, etree.fromstring(re.sub(r">\s+<", "><", xml)))


def _finding(layout: Any) -> None:
    """Question, title, base, room for one exhibit, source, number."""
    layout.name = OWN
    for shape in layout.placeholders:
        if shape.placeholder_format.type == PP_PLACEHOLDER.TITLE and (
            shape._element.spPr.xfrm is not None
        ):
            shape._element.spPr.remove(shape._element.spPr.xfrm)
    tree = layout.shapes._spTree
    for number, (name, top, high, size, colour, bold) in _PLACES.items():
        width = ACROSS if number != SOURCE else Inches(11.2)
        words = {"id": number, "name": name, "x": LEFT, "y": top, "cx": width, "cy": high,
                 "size": size * 100, "colour": colour, "bold": int(bold),
                 "anchor": "ctr" if number == SOURCE else "t"}  # fmt: skip
        tree.append(etree.fromstring(re.sub(r">\s+<", "><", _PLACE.format(**words).strip())))


def own(layout: Any) -> bool:
    """Whether a layout is the house's own for a finding."""
    return layout.name == OWN


def room() -> tuple[int, int, int, int]:
    """Give the place for the exhibit on the house's own layout."""
    return LEFT, Inches(2.2), ACROSS, Inches(4.7)


def number(slide: Any) -> None:
    """Give a slide its number, which a writer of slides does not copy from the layout."""
    kind = PP_PLACEHOLDER.SLIDE_NUMBER
    if any(one.placeholder_format.type == kind for one in slide.placeholders):
        return
    for shape in slide.slide_layout.placeholders:
        if shape.placeholder_format.type == kind:
            slide.shapes._spTree.append(copy.deepcopy(shape._element))
