"""A finding as a native PowerPoint chart, which can be edited like any other."""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from lxml import etree
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE
from pptx.util import Emu, Pt

from cxlab.codebook import label
from cxlab.codebook.colours import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    MEANING,
    ORANGE,
    PALE,
    hues,
    sides,
    strong,
)
from cxlab.export import charts
from cxlab.export.charts import Drawn, Row, named, unit_of, unsure
from cxlab.export.inert import cell, plain
from cxlab.export.sentences import in_points, lead
from cxlab.results import RATIOS, currency_of, span

MEANS = {"promptness": "mean score", "agents": "mean score"}  # findings of no unit of their own
QUADRANTS = {(False, True): "concentrate here", (True, True): "keep up the good work",
             (False, False): "low priority", (True, False): "possible overkill"}  # fmt: skip
_NS = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_LETTER = 0.62  # a letter's width as a part of its height
Place = tuple[int, int, int, int]


def add(slide: Any, finding: Mapping[str, Any], place: Place) -> bool:
    """Add the chart of a finding to a slide; says whether there is one."""
    if not charts.kind(finding):
        return False
    shown = charts.drawn(finding)
    draw = _DRAWN[shown.how]
    kind, data = draw[0], draw[1](finding, shown)
    frame = slide.shapes.add_chart(kind, *map(Emu, place), data)
    words = finding.get("alt") or f"Chart. {finding['headline']}"
    frame._element.nvGraphicFramePr.cNvPr.set("descr", plain(words, longest=500))
    _house(frame.chart)
    draw[2](frame.chart, finding, shown)
    return True


def _house(chart: Any) -> None:
    chart.has_title, chart.has_legend = False, False
    chart.font.size, chart.font.color.rgb = Pt(12), rgb(INK)
    values, names = chart.value_axis, chart.category_axis
    values.has_major_gridlines, names.has_major_gridlines = True, False
    values.major_gridlines.format.line.color.rgb = rgb(FAINT)
    values.format.line.fill.background()
    names.format.line.color.rgb = rgb(PALE)
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW


def rgb(colour: str) -> RGBColor:
    """Give a colour of the house as PowerPoint and Word hold it."""
    return RGBColor.from_string(colour.removeprefix("#"))


# ---------------------------------------------------------------- bars and columns


def _bars_data(finding: Mapping[str, Any], shown: Drawn) -> Any:
    data = CategoryChartData(number_format=_format(finding, shown))
    data.categories = shown.names
    data.add_series(cell(label(finding["name"])), [row[shown.number] for row in shown.rows])
    return data


def _bars(chart: Any, finding: Mapping[str, Any], shown: Drawn) -> None:
    series = chart.plots[0].series[0]
    chart.plots[0].gap_width = 60
    for place, row in enumerate(shown.rows):
        _fill(series.points[place], _bar_colour(row, shown, unit_of(finding)))
    _numbered(chart.value_axis, finding, shown)
    if shown.how != "columns":
        _whiskers(series, shown.rows)
        _scale(chart.value_axis, shown.rows)
    if shown.how not in ("bars", "answers"):
        _titled(chart.category_axis, "answer" if shown.how == "columns" else "tenth of the ranking")
    if shown.how == "bars" and len(shown.rows) > 12:
        chart.category_axis.tick_labels.font.size = Pt(9)
        skip = chart.category_axis._element.find(f"{{{_NS}}}noMultiLvlLbl")
        skip.addprevious(etree.Element(f"{{{_NS}}}tickLblSkip", val="1"))
    if shown.how == "columns":
        _values(chart, finding, shown, XL_LABEL_POSITION.OUTSIDE_END, INK)
    elif shown.how in ("bars", "answers") and _long(series.values) and len(shown.rows) <= 12:
        _values(chart, finding, shown, XL_LABEL_POSITION.INSIDE_BASE, "FFFFFF")
        for place, row in enumerate(shown.rows):
            if PALE in (_meant(row, shown), _bar_colour(row, shown, unit_of(finding))):
                _dark(series, place, _format(finding, shown))


def _bar_colour(row: Row, shown: Drawn, unit: str) -> str:
    grey = shown.how == "bars" and unsure(row, unit)
    return PALE if grey else _meant(row, shown) or _signed(row, shown) or BLUE


def _signed(row: Row, shown: Drawn) -> str:
    """Tell above from below by colour where both are drawn, as the pages do."""
    values = [each[shown.number] for each in shown.rows]
    weighs = "felt" in row  # what it weighs over all is bad news only
    both = shown.how == "bars" and min(values) < 0 < max(values) and not weighs
    above, below = sides(row)
    return "" if not both else above if row[shown.number] > 0 else below


def _meant(row: Row, shown: Drawn) -> str:
    """Give the colour of what a row means, if it has one."""
    words = [str(row.get(key)) for key in ("term", "group") if row.get(key) is not None]
    return next((MEANING[word] for word in words if word in MEANING), "")


def _fill(point: Any, colour: str) -> None:
    point.format.fill.solid()
    point.format.fill.fore_color.rgb = rgb(colour)


def _long(values: Sequence[float]) -> bool:
    """Whether every bar has room for its number."""
    sizes = [abs(value) for value in values]
    return min(sizes) > 0.14 * max(sizes) > 0


def _values(chart: Any, finding: Mapping[str, Any], shown: Drawn, at: Any, colour: str) -> None:
    """Write each bar's own number on it, instead of an axis."""
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.NONE
    # of the series, not of the plot: python-pptx 1.0.2 hides those of the plot with the first
    # label of a single bar
    labels = chart.plots[0].series[0].data_labels
    labels.show_value = True
    labels.number_format, labels.number_format_is_linked = _format(finding, shown), False
    labels.font.size, labels.font.bold = Pt(12), True
    labels.font.color.rgb, labels.position = rgb(colour), at


def _dark(series: Any, place: int, numbers: str) -> None:
    """Write the number of one pale bar in ink, in the same format as the others."""
    label = series.points[place].data_label
    label.font.color.rgb, label.font.size, label.font.bold = rgb(INK), Pt(12), True
    label.position = XL_LABEL_POSITION.INSIDE_BASE
    index = label._dLbl.find(f"{{{_NS}}}idx")
    index.addnext(etree.Element(f"{{{_NS}}}numFmt", formatCode=numbers, sourceLinked="0"))


def _likert_data(finding: Mapping[str, Any], shown: Drawn) -> Any:
    """Stack answers from left to right, each item moved so that the middle of the scale lines up.

    An unseen first series moves the items; its name is a space, so that the legend shows none.
    """
    order, share, before = _stacked(shown)
    room = max(before.values())
    data = CategoryChartData(number_format="0%")
    items = list(before)[::-1]
    data.categories = [cell(item, longest=charts.LONGEST) for item in items]
    data.add_series(" ", [room - before[item] for item in items])
    for answer in order:
        values = [share.get((item, answer), 0.0) for item in items]
        data.add_series(cell(answer, longest=charts.LONGEST), values)
    return data


def _stacked(shown: Drawn) -> tuple[list[Any], dict[tuple[Any, Any], float], dict[Any, float]]:
    """Give the answers in order, each one's share by item, and what of an item lies before middle.

    Half of the middle answer of an odd number lies before it.
    """
    rows = sorted(shown.rows, key=lambda row: row["rank"])
    order = list(dict.fromkeys(row["answer"] for row in rows))
    share = {(row["item"], row["answer"]): row["share"] for row in rows}
    part = {answer: min(max(len(order) / 2 - at, 0.0), 1.0) for at, answer in enumerate(order)}
    before = {
        item: sum(part[answer] * share.get((item, answer), 0.0) for answer in order)
        for item in dict.fromkeys(row["item"] for row in shown.rows)
    }
    return order, share, before


def _likert(chart: Any, finding: Mapping[str, Any], shown: Drawn) -> None:
    plot, (order, _, before) = chart.plots[0], _stacked(shown)
    plot.gap_width, plot.overlap = 45, 100
    moved, *answers = plot.series
    moved.format.fill.background()
    half = len(order) // 2
    for at, series in enumerate(answers):
        outer = min(at, len(order) - 1 - at)  # answers between it and the end of the scale
        strong = outer < half / 2
        low, high = (ORANGE, BLUE) if strong else ("F2C199", "A9CDEA")
        _fill(series, PALE if outer == half else low if at < half else high)
        if outer < half and len(shown.rows) <= 80:
            series.data_labels.show_value = True
            series.data_labels.number_format = '[>=0.07]0%;""'
            series.data_labels.number_format_is_linked = False
            series.data_labels.font.size = Pt(11)
            series.data_labels.font.color.rgb = rgb("FFFFFF" if strong else INK)
    across = chart.value_axis
    across.has_major_gridlines = False
    across.tick_label_position = XL_TICK_LABEL_POSITION.NONE
    across.minimum_scale = 0.0
    across.crosses_at = max(before.values())
    _legend(chart)


def _sides_data(finding: Mapping[str, Any], shown: Drawn) -> Any:
    data = CategoryChartData(number_format=_format(finding, shown))
    data.categories = list(dict.fromkeys(shown.names))
    for part, words in charts.SIDES.items():
        data.add_series(words, [row["estimate"] for row in shown.rows if row["part"] == part])
    return data


def _sides(chart: Any, finding: Mapping[str, Any], shown: Drawn) -> None:
    chart.plots[0].gap_width, chart.plots[0].overlap = 60, 100
    for series, part, colour in zip(
        chart.plots[0].series, charts.SIDES, (ORANGE, GREEN), strict=True
    ):
        rows = [row for row in shown.rows if row["part"] == part]
        _fill(series, colour)
        for place, row in enumerate(rows):
            if unsure(row, unit_of(finding)):
                _fill(series.points[place], PALE)
        _whiskers(series, rows)
    _numbered(chart.value_axis, finding, shown)
    _scale(chart.value_axis, shown.rows)
    _legend(chart)


def _legend(chart: Any) -> None:
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False


# ---------------------------------------------------------------- waterfall


def _waterfall_data(finding: Mapping[str, Any], shown: Drawn) -> Any:
    """Stack a piece on what carries it: an unseen part, and a seen one on either side of zero."""
    change, pieces = _change(shown.rows), charts.steps(shown.rows)
    levels = [change["before"]]
    for piece in pieces:
        levels.append(levels[-1] + piece["estimate"])
    ends = [(0.0, levels[0]), *pairwise(levels), (0.0, levels[-1])]
    unit = unit_of(finding)
    said = [charts.written({"estimate": levels[0]}, unit), *(_piece(row, unit) for row in pieces),
            charts.written({"estimate": levels[-1]}, unit)]  # fmt: skip
    first, last = _when(finding)
    names = [first, *(_piece_name(row) for row in pieces), last]
    data = CategoryChartData(number_format=_format(finding, shown))
    data.categories = [f"{name}\n{words}" for name, words in zip(names, said, strict=True)]
    data.add_series("carried by", [_carried(*pair) for pair in ends])
    data.add_series("above zero", [max(0.0, *p) - max(0.0, min(p)) for p in ends])
    data.add_series("below zero", [min(0.0, *p) - min(0.0, max(p)) for p in ends])
    return data


def _change(rows: Sequence[Row]) -> Row:
    return next(r for r in rows if r.get("term") == "change" and r.get("group") in charts.ALL)


def _when(finding: Mapping[str, Any]) -> tuple[str, str]:
    """Name the two ends as the sentence does."""
    before, told, rest = finding["headline"].partition(" to ")
    after = rest.partition(":")[0]
    named = told and after and len(before) < 20 and len(after) < 20
    return (cell(before), cell(after)) if named else ("before", "after")


def _piece_name(row: Row) -> str:
    return cell(charts.PIECES.get(row["term"]) or label(str(row["term"])), longest=40)


def _piece(row: Row, unit: str) -> str:
    said = charts.written(row, unit, signed=True)
    if row.get("conf_low") is None or row.get("conf_high") is None:
        return said
    return f"{said}\n{span(row['conf_low'], row['conf_high'], unit)}"


def _carried(a: float, b: float) -> float:
    return min(a, b) if min(a, b) > 0 else max(a, b) if max(a, b) < 0 else 0.0


def _waterfall(chart: Any, finding: Mapping[str, Any], shown: Drawn) -> None:
    plot, pieces = chart.plots[0], charts.steps(shown.rows)
    plot.gap_width, plot.overlap = 35, 100
    carrier, *seen = plot.series
    carrier.format.fill.background()
    carrier.format.line.fill.background()
    colours = [GREY, *map(_moved, pieces), GREY]
    for series in seen:
        for place, colour in enumerate(colours):
            _fill(series.points[place], colour)
    change = _change(shown.rows)
    levels = [0.0, change["before"]]
    for piece in pieces:
        levels.append(levels[-1] + piece["estimate"])
    _scale(chart.value_axis, [{"estimate": level} for level in levels])
    _numbered(chart.value_axis, finding, shown)


def _moved(piece: Row) -> str:
    if unsure(piece, ""):
        return PALE
    return BLUE if piece["estimate"] > 0 else ORANGE


# ---------------------------------------------------------------- points with intervals


def _dots_data(finding: Mapping[str, Any], shown: Drawn) -> Any:
    data = XyChartData()
    points = data.add_series(cell(label(finding["name"])))
    for place, row in enumerate(shown.rows, 1):
        points.add_data_point(row["estimate"], place)
    if unit_of(finding) in RATIOS:
        line = data.add_series("no difference")
        for y in (0.3, len(shown.rows) + 0.9):
            line.add_data_point(1.0, y)
    for place, (row, name) in enumerate(zip(shown.rows, shown.names, strict=True), 1):
        _interval(data, name, row, ("estimate", "conf_low", "conf_high"), place)
    return data


def _interval(data: Any, name: str, row: Row, keys: tuple[str, str, str], y: float) -> None:
    """Add an interval along x as a line of two points: LibreOffice shows no error bars there."""
    low, high = (row.get(key) for key in keys[1:])
    if low is not None and high is not None:
        line = data.add_series(f"{name}, interval")
        line.add_data_point(low, y)
        line.add_data_point(high, y)


def _dots(chart: Any, finding: Mapping[str, Any], shown: Drawn) -> None:
    unit, across, up = unit_of(finding), chart.category_axis, chart.value_axis
    points, *others = chart.plots[0].series
    line = others[:1] if unit in RATIOS else []
    known = [row for row in shown.rows if row.get("conf_low") is not None]
    _unjoined(points)
    for place, (row, name) in enumerate(zip(shown.rows, shown.names, strict=True)):
        grey = unsure(row, unit)
        _dot(points.points[place], _dot_colour(row, shown, unit))
        said = f"{name}  {charts.written(row, unit)}"
        _said(points.points[place], said, XL_LABEL_POSITION.ABOVE, GREY if grey else INK, over=True)
    for one, row in zip(others[len(line) :], known, strict=True):
        _stroke(one, _dot_colour(row, shown, unit))
        one.marker.style = XL_MARKER_STYLE.NONE
    for one in line:
        _dashed(one)
    up.minimum_scale, up.maximum_scale, up.visible = 0.3, len(shown.rows) + 0.9, False
    up.has_major_gridlines, across.has_major_gridlines = False, True
    across.major_gridlines.format.line.color.rgb = rgb(FAINT)
    if line:
        _ratio_scale(across, shown.rows)
    else:
        _near_scale(across, finding, shown.rows)
    _numbered(across, finding, shown)


def _dot_colour(row: Row, shown: Drawn, unit: str) -> str:
    """Give grey to what may be chance, and to what the others are compared with."""
    grey = unsure(row, unit) or row.get("conf_low") is None
    return PALE if grey else strong(_meant(row, shown)) or BLUE


def _unjoined(series: Any) -> None:
    series.format.line.fill.background()
    # LibreOffice reads a point's own colour only where its size differs from the series'
    series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 9


def _dot(point: Any, colour: str) -> None:
    point.marker.style, point.marker.size = XL_MARKER_STYLE.CIRCLE, 11
    point.marker.format.fill.solid()
    point.marker.format.fill.fore_color.rgb = rgb(colour)
    point.marker.format.line.color.rgb = rgb("FFFFFF")


def _said(
    point: Any, text: str, at: Any, colour: str, *, italic: bool = False, over: bool = False
) -> None:
    """Write beside a point what it is; over lines, if there are some to cross."""
    frame = point.data_label.text_frame
    frame.text, frame.word_wrap = plain(text, longest=charts.LONGEST), False
    for run in frame.paragraphs[0].runs:
        run.font.size, run.font.italic = Pt(12), italic
        run.font.color.rgb = rgb(colour)
    point.data_label.position = at
    if not over:
        return
    back = etree.Element(f"{{{_NS}}}spPr")  # a line behind the words does not cross them
    fill = etree.SubElement(back, f"{{{_A}}}solidFill")
    etree.SubElement(fill, f"{{{_A}}}srgbClr", val="FFFFFF")
    frame._txBody.getparent().addnext(back)


def _dashed(series: Any) -> None:
    series.format.line.color.rgb, series.format.line.width = rgb(GREY), Pt(1.25)
    series.format.line.dash_style = MSO_LINE.DASH
    series.marker.style = XL_MARKER_STYLE.NONE


def _ratio_scale(axis: Any, rows: Sequence[Row]) -> None:
    """Let equal ratios be equal lengths, with one in sight."""
    ends = [*_ends(rows), 1.0]
    low = 2.0 ** math.floor(math.log2(min(ends) * 0.98))
    high = 2.0 ** math.ceil(math.log2(max(ends) * 1.02))
    axis.minimum_scale, axis.maximum_scale = low, high
    scaling = axis._element.find(f"{{{_NS}}}scaling")
    scaling.insert(0, etree.Element(f"{{{_NS}}}logBase", val="2"))
    axis.major_unit = 2.0


def _near_scale(axis: Any, finding: Mapping[str, Any], rows: Sequence[Row]) -> None:
    """Show a scale that begins at one whole; of other values, what the intervals reach."""
    if finding["unit"].startswith("of "):
        axis.minimum_scale, axis.maximum_scale = 1.0, float(finding["unit"][3:])
        axis.major_unit = 1.0
        return
    low, high = min(_ends(rows)), max(_ends(rows))
    step = _step((high - low) or abs(high) or 1.0)
    axis.minimum_scale = math.floor(low / step) * step
    axis.maximum_scale = math.ceil(high / step) * step
    axis.major_unit = step


def _map_data(finding: Mapping[str, Any], shown: Drawn) -> Any:
    """Place each term by its rating and its importance; lines at both means, corners named."""
    data = XyChartData()
    points = data.add_series(cell(label(finding["name"])))
    for row in shown.rows:
        points.add_data_point(row["performance"], row["estimate"])
    (left, right), (low, high) = _reach(shown.rows)
    x, y = _middle(shown.rows)
    for words, ends in (("mean rating", ((x, low), (x, high))),
                        ("mean importance", ((left, y), (right, y)))):  # fmt: skip
        line = data.add_series(words)
        for end in ends:
            line.add_data_point(*end)
    corners = data.add_series("quadrants")
    inside = 0.04 * (high - low)
    for well, much in QUADRANTS:
        corners.add_data_point(right if well else left, high - inside if much else low + inside)
    for row in shown.rows:
        keys = ("performance", "performance_low", "performance_high")
        _interval(data, named(row, ["term"]), row, keys, row["estimate"])
    return data


def _middle(rows: Sequence[Row]) -> tuple[float, float]:
    n = len(rows)
    return sum(r["performance"] for r in rows) / n, sum(r["estimate"] for r in rows) / n


def _reach(rows: Sequence[Row]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Give the ends of both axes: what the intervals reach, and a little room."""
    out = []
    for number, low, high in (("performance", "performance_low", "performance_high"),
                              ("estimate", "conf_low", "conf_high")):  # fmt: skip
        ends = [row[key] for row in rows for key in (number, low, high) if row.get(key) is not None]
        step = _step((max(ends) - min(ends)) or 1.0)
        room = 0.12 * (max(ends) - min(ends))
        bottom = math.floor((min(ends) - room) / step) * step
        out.append((bottom, math.ceil((max(ends) + room) / step) * step))
    return out[0], out[1]


def _map(chart: Any, finding: Mapping[str, Any], shown: Drawn) -> None:
    points, *others = chart.plots[0].series
    lines, corners, spans = others[:2], others[2], others[3:]
    _unjoined(points)
    for place, row in enumerate(shown.rows):
        grey = unsure(row, unit_of(finding))
        shade = MEANING.get(str(row.get("verdict")), BLUE)
        _dot(points.points[place], PALE if grey else shade)
        at = spans.pop(0) if row.get("performance_low") is not None else None
        end = at.points[1] if at else points.points[place]
        _said(end, named(row, ["term"]), XL_LABEL_POSITION.RIGHT, GREY if grey else INK)
        if at:
            _stroke(at, PALE)
            at.marker.style = XL_MARKER_STYLE.NONE
    _whiskers(points, shown.rows, "estimate", "y", PALE)
    for line in lines:
        _dashed(line)
    _unjoined(corners)
    corners.marker.style = XL_MARKER_STYLE.NONE
    for place, ((well, _), words) in enumerate(QUADRANTS.items()):
        at = XL_LABEL_POSITION.LEFT if well else XL_LABEL_POSITION.RIGHT
        _said(corners.points[place], words, at, GREY, italic=True)
    across, up = chart.category_axis, chart.value_axis
    for axis, (low, high), words in zip(
        (across, up), _reach(shown.rows), ("performance", "importance"), strict=True
    ):
        axis.minimum_scale, axis.maximum_scale = low, high
        _titled(axis, label(words))
    up.has_major_gridlines = False
    _written_as(across, "0.0")
    _written_as(up, "0%" if finding["unit"] == "share" else "0.00")


# ---------------------------------------------------------------- lines


def _line_data(finding: Mapping[str, Any], shown: Drawn) -> Any:
    data = _bars_data(finding, shown)
    if _raw(shown.rows):
        data = CategoryChartData(number_format=_format(finding, shown))
        data.categories = shown.names
        data.add_series("at the same mix", [row["estimate"] for row in shown.rows])
        data.add_series("as answered", [row.get("raw") for row in shown.rows])
    return data


def _raw(rows: Sequence[Row]) -> bool:
    """Whether what was answered differs, somewhere, from what is told."""
    pairs = [(row.get("raw"), row["estimate"]) for row in rows]
    reach = max(abs(told) for _, told in pairs) or 1.0
    return any(raw is not None and abs(raw - told) > 0.02 * reach for raw, told in pairs)


def _line(chart: Any, finding: Mapping[str, Any], shown: Drawn) -> None:
    first, *others = chart.plots[0].series
    _stroke(first, BLUE)
    first.marker.style, first.marker.size = XL_MARKER_STYLE.CIRCLE, 8
    _fill(first.marker, BLUE)
    _whiskers(first, shown.rows, colour=BLUE)
    for other in others:
        _stroke(other, GREY, width=1.5)
        other.format.line.dash_style = MSO_LINE.DASH
        other.marker.style = XL_MARKER_STYLE.NONE
        _legend(chart)
    raws = [{"estimate": row["raw"]} for row in shown.rows if row.get("raw") is not None]
    _scale(chart.value_axis, [*shown.rows, *(raws if others else [])])
    _numbered(chart.value_axis, finding, shown)


def _stroke(series: Any, colour: str, *, width: float = 2.5) -> None:
    series.format.line.color.rgb, series.format.line.width = rgb(colour), Pt(width)
    series.smooth = False


def _curves_data(finding: Mapping[str, Any], shown: Drawn) -> Any:
    data = XyChartData()
    for name, points in _apart(shown):
        series = data.add_series(name)
        for row in _thinned(points):
            series.add_data_point(row["time"], row["estimate"])
    if _modelled(shown.rows):
        model = data.add_series("expected by the model")
        for row in shown.rows:
            model.add_data_point(row["time"], row["expected"])
    return data


def _thinned(points: list[Row]) -> list[Row]:
    """Leave out points nobody could see apart, never the last."""
    step = -(-len(points) // charts.MOST["curves"])
    kept = points[::step]
    return kept if kept[-1] is points[-1] else [*kept, points[-1]]


def _modelled(rows: Sequence[Row]) -> bool:
    """Whether rows tell what came and, beside it, what a model expected."""
    return all(r.get("expected") is not None and r.get("conf_low") is None for r in rows)


def _apart(shown: Drawn) -> list[tuple[str, list[Row]]]:
    """Give the points of each curve, with its name."""
    key = shown.keys[0]
    groups: dict[Any, list[Row]] = {}
    for row in shown.rows:
        groups.setdefault(row.get(key), []).append(row)
    if _modelled(shown.rows) and len(groups) == 1:
        return [("what came", shown.rows)]
    # LibreOffice loses a curve that comes before a longer one
    longest = sorted(groups.items(), key=lambda pair: -len(_thinned(pair[1])))
    return [(named({key: name}, [key]), points) for name, points in longest]


def _curves(chart: Any, finding: Mapping[str, Any], shown: Drawn) -> None:
    every = list(chart.plots[0].series)
    for series, colour in zip(every, hues([one.name for one in every]), strict=True):
        _stroke(series, colour)
        series.marker.style = XL_MARKER_STYLE.NONE
    most = max(value for one in every for value in one.values)
    up, across = chart.value_axis, chart.category_axis
    if finding["unit"] == "share":
        up.minimum_scale, up.maximum_scale = 0.0, 1.0 if most > 0.4 else most * 1.25
    last = [list(one.iter_values())[-1] for one in every]
    apart = [abs(a - b) > 0.05 * (up.maximum_scale or most) for a, b in pairwise(sorted(last))]
    if len(every) > 1 and all(apart):
        for series, colour in zip(every, _hues(every), strict=True):
            end = series.points[len(list(series.iter_values())) - 1]
            _said(end, series.name, XL_LABEL_POSITION.RIGHT, colour)
    elif len(every) > 1:
        _legend(chart)
    _along(across, finding, shown.rows, room=1.06 if len(every) > 1 and all(apart) else 1.0)
    _numbered(up, finding, shown)
    _titled(across, _since(finding))


def _hues(every: Sequence[Any]) -> list[str]:
    return [str(series.format.line.color.rgb) for series in every]


def _along(axis: Any, finding: Mapping[str, Any], rows: Sequence[Row], *, room: float) -> None:
    """Count time in steps people count in, with room for names at the ends of the curves."""
    longest = max(row["time"] for row in rows)
    step = _step(longest or 1.0)
    if "months" in _since(finding) and longest > 6:
        step = 3.0 if longest <= 12 else 6.0 if longest <= 40 else 12.0
    axis.minimum_scale, axis.major_unit = 0.0, step
    axis.maximum_scale = math.ceil(longest * room / step - 0.05) * step


def _since(finding: Mapping[str, Any]) -> str:
    """Name the time of a curve by the unit its name or its sentence counts in."""
    if finding["name"] == "promptness":
        return "hours waited"
    words = f"{finding['name']} {finding['headline']}".split()
    units = ("days", "weeks", "months", "quarters", "years")
    found = next((w.strip(",.;:") for w in words if w.strip(",.;:") in units), "time")
    return f"{found} since the start"


# ---------------------------------------------------------------- axes, labels, whiskers


def _format(finding: Mapping[str, Any], shown: Drawn) -> str:
    """Write numbers as their size asks, with a true minus."""
    if shown.how == "columns" or finding["unit"] == "share":
        ends = (shown.how != "columns" and _ends(shown.rows)) or [0.0, 1.0]
        digits = "0%" if _step((max(ends) - min(ends)) or 1.0) >= 0.01 else "0.0%"
        return f"{digits};−{digits}"
    sizes = [abs(row[shown.number]) for row in shown.rows if row.get(shown.number) is not None]
    most = max(sizes, default=0.0)
    if finding["unit"] in RATIOS:
        return "0.0#"
    digits = (
        "#,##0" if most >= 100 else "0.0" if finding["unit"] == "points" or most > 5 else "0.00"
    )
    return f"{digits};−{digits}"


def _numbered(axis: Any, finding: Mapping[str, Any], shown: Drawn) -> None:
    _written_as(axis, _format(finding, shown))
    _titled(axis, "share of answers" if shown.how == "columns" else _unit(finding))


def _written_as(axis: Any, code: str) -> None:
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = code, False


def _titled(axis: Any, words: str) -> None:
    axis.has_title = True
    axis.axis_title.text_frame.text = plain(words, longest=charts.LONGEST)
    for run in axis.axis_title.text_frame.paragraphs[0].runs:
        run.font.size, run.font.bold, run.font.color.rgb = Pt(12), False, rgb(GREY)


def _unit(finding: Mapping[str, Any]) -> str:
    """Name what the estimate is measured in; without a unit, what it is."""
    unit = unit_of(finding)
    if unit == "money":
        return currency_of(finding["base"]) or unit
    if in_points(lead(finding), unit, finding["headline"]):
        return "percentage points"
    return (
        f"out {unit}"
        if unit.startswith("of ")
        else unit or MEANS.get(finding["name"], label(finding["name"]))
    )


def _ends(rows: Sequence[Row]) -> list[float]:
    keys = ("estimate", "conf_low", "conf_high")
    return [row[key] for row in rows for key in keys if row.get(key) is not None]


def _step(length: float) -> float:
    """Give a round step that cuts a length into about six."""
    power = 10.0 ** math.floor(math.log10(length / 6))
    return next(power * n for n in (1, 2, 5, 10) if power * n >= length / 6)


def _scale(axis: Any, rows: Sequence[Row]) -> None:
    """Let the axis reach from zero past the longest interval, in round steps."""
    low, high = min(0.0, *_ends(rows)), max(0.0, *_ends(rows))
    if high <= low:
        return
    step = _step(high - low)
    axis.minimum_scale = math.floor(low / step) * step
    axis.maximum_scale = math.ceil(high / step) * step
    axis.major_unit = step


def _whiskers(
    series: Any,
    rows: Sequence[Row],
    column: str = "estimate",
    along: str = "",
    colour: str = INK,
) -> None:
    """Give each point its interval; what others are compared with has none."""
    ends = ("conf_low", "conf_high")
    low, high = ends if column == "estimate" else (f"{column}_low", f"{column}_high")
    known = [row.get(low) is not None and row.get(high) is not None for row in rows]
    if not any(known):
        return
    pairs = list(zip(rows, known, strict=True))
    up = [row[high] - row[column] if there else 0.0 for row, there in pairs]
    down = [row[column] - row[low] if there else 0.0 for row, there in pairs]
    bars = etree.Element(f"{{{_NS}}}errBars")
    if along:
        _leaf(bars, "errDir", along)
    _leaf(bars, "errBarType", "both")
    _leaf(bars, "errValType", "cust")
    _leaf(bars, "noEndCap", "0" if not along else "1")
    for name, lengths in (("plus", up), ("minus", down)):
        points = etree.SubElement(etree.SubElement(bars, f"{{{_NS}}}{name}"), f"{{{_NS}}}numLit")
        code = etree.SubElement(points, f"{{{_NS}}}formatCode")
        code.text = "General"
        _leaf(points, "ptCount", str(len(lengths)))
        for place, length in enumerate(lengths):
            point = etree.SubElement(points, f"{{{_NS}}}pt", idx=str(place))
            etree.SubElement(point, f"{{{_NS}}}v").text = repr(max(0.0, float(length)))
    line = etree.SubElement(etree.SubElement(bars, f"{{{_NS}}}spPr"), f"{{{_A}}}ln",
                            w=str(Pt(1.25) if not along else Pt(2.25)))  # fmt: skip
    fill = etree.SubElement(line, f"{{{_A}}}solidFill")
    etree.SubElement(fill, f"{{{_A}}}srgbClr", val=colour.removeprefix("#"))
    places = ("cat", "val", "xVal", "yVal")
    next(one for one in series._element if etree.QName(one).localname in places).addprevious(bars)


def _leaf(parent: Any, name: str, value: str) -> None:
    etree.SubElement(parent, f"{{{_NS}}}{name}", val=value)


_DRAWN: dict[str, tuple[Any, Callable[..., Any], Callable[..., None]]] = {
    "bars": (XL_CHART_TYPE.BAR_CLUSTERED, _bars_data, _bars),
    "columns": (XL_CHART_TYPE.COLUMN_CLUSTERED, _bars_data, _bars),
    "tenths": (XL_CHART_TYPE.COLUMN_CLUSTERED, _bars_data, _bars),
    "answers": (XL_CHART_TYPE.BAR_CLUSTERED, _bars_data, _bars),
    "likert": (XL_CHART_TYPE.BAR_STACKED, _likert_data, _likert),
    "sides": (XL_CHART_TYPE.BAR_CLUSTERED, _sides_data, _sides),
    "waterfall": (XL_CHART_TYPE.COLUMN_STACKED, _waterfall_data, _waterfall),
    "dots": (XL_CHART_TYPE.XY_SCATTER, _dots_data, _dots),
    "map": (XL_CHART_TYPE.XY_SCATTER, _map_data, _map),
    "line": (XL_CHART_TYPE.LINE_MARKERS, _line_data, _line),
    "curves": (XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, _curves_data, _curves),
}
