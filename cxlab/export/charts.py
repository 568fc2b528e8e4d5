"""A finding's frame as a native chart that can be edited."""

import math
import re
from collections import Counter
from collections.abc import Mapping
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
from pptx.util import Emu, Pt

from cxlab.codebook import label
from cxlab.export.inert import cell, plain

MOST = {"bars": 20, "columns": 30, "line": 120, "curves": 400}
PIECES = {"change": "change", "mix": "who answered", "rate": "scores inside the groups",
          "interaction": "both at once"}  # fmt: skip
LONGEST = 60  # characters of a name
COLOURS = ("0B62A8", "C8690A", "0A7D5F", "9A4F86", "B83B1E", "7B8794")
_NS = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_FORMATS = {"share": "0%", "points": "0.0"}
Row = dict[str, Any]


def kind(finding: Mapping[str, Any]) -> str:
    """Say which chart a finding's columns call for: map, curves, line, columns, bars, or none."""
    rows = _rows(finding)
    if len(rows) < 2:
        return ""
    have = {name for name in rows[0] if sum(row[name] is not None for row in rows) > 1}
    keys = _keys(rows)
    if {"performance", "estimate"} <= have and len(rows) <= len(COLOURS):
        return "map"
    if "scale of its own" in str(finding.get("alt", "")):  # no one axis
        return ""
    moments = {row.get("time") for row in rows}
    several = any(len({row.get(key) for row in rows}) < len(rows) for key in keys or ["group"])
    if {"time", "estimate"} <= have and len(moments) > 1 and several:
        return "curves"
    if keys == ["period"] and "estimate" in have:
        return "line"
    if {"value", "share"} <= have and all(isinstance(row["value"], int | float) for row in rows):
        return "columns"
    return "bars" if keys and "estimate" in have and "table" not in have else ""


def _keys(rows: list[Row]) -> list[str]:
    """Give the columns whose values tell the rows apart."""
    known = ("period", "group", "term", "part", "against", "reason")
    names = [name for name in known if len({row.get(name) for row in rows}) > 1]
    return names[:2] if names != ["reason"] else []  # a reason alone names no row


def add(slide: Any, finding: Mapping[str, Any], place: tuple[int, int, int, int]) -> bool:
    """Add the chart of a finding to a slide; says whether there is one."""
    how = kind(finding)
    if not how:
        return False
    types = {"bars": XL_CHART_TYPE.BAR_CLUSTERED, "columns": XL_CHART_TYPE.COLUMN_CLUSTERED,
             "line": XL_CHART_TYPE.LINE_MARKERS, "map": XL_CHART_TYPE.XY_SCATTER,
             "curves": XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS}  # fmt: skip
    rows, data = _data(finding, how)
    frame = slide.shapes.add_chart(types[how], *map(Emu, place), data)
    words = finding.get("alt") or f"Chart. {finding['headline']}"
    frame._element.nvGraphicFramePr.cNvPr.set("descr", plain(words, longest=500))
    _dress(frame.chart, finding, how)
    series = frame.chart.plots[0].series
    if how in ("bars", "line"):
        _whiskers(series[0], rows)
    if how == "map":
        for one, row in zip(series, rows, strict=True):
            for column, along in (("performance", "x"), ("estimate", "y")):
                _whiskers(one, [row], column, along)
    if how in ("bars", "line", "map"):
        _scale(frame.chart.value_axis, rows)
    return True


def _rows(finding: Mapping[str, Any]) -> list[Row]:
    columns = finding["frame"]["columns"]
    return [dict(zip(columns, row, strict=True)) for row in finding["frame"]["rows"]]


def _data(finding: Mapping[str, Any], how: str) -> tuple[list[Row], Any]:
    rows = _rows(finding)
    number = "share" if how == "columns" else "estimate"
    rows = [row for row in rows if row.get(number) is not None]
    if how == "map":
        return rows, _map(rows)
    if how == "curves":
        return rows, _curves(finding, rows)
    keys = ["value"] if how == "columns" else _keys(rows)
    if how == "bars" and _falls(finding):
        rows, keys = _steps(rows), [key for key in keys if key != "group"] or keys
    elif how == "bars":
        rows = sorted(_kept(finding, rows, keys), key=lambda row: row["estimate"])
    rows = rows[-MOST[how] :]  # of a long line the latest
    data = CategoryChartData(number_format=_format(finding, how))
    data.categories = [_name(row, keys) for row in rows]
    data.add_series(cell(label(finding["name"])), [row[number] for row in rows])
    return rows, data


def _falls(finding: Mapping[str, Any]) -> bool:
    return str(finding.get("alt", "")).startswith("Waterfall")


def _steps(rows: list[Row]) -> list[Row]:
    """Give a change and its pieces from top to bottom; who moved where is another way to cut it."""
    rows = [row for row in rows if row.get("group") in (None, "all")][::-1]
    pieces = [{**row, "term": PIECES[row["term"]]} for row in rows if row.get("term") in PIECES]
    return pieces if len(pieces) > 1 else rows


def _kept(finding: Mapping[str, Any], rows: list[Row], keys: list[str]) -> list[Row]:
    """Choose the bars: those the sentence names, of a rare verdict, farthest from zero, in turn."""
    verdicts = Counter(row.get("verdict") for row in rows)
    usual = verdicts.most_common(1)[0][0] if rows else None

    def place(row: Row) -> tuple[bool, bool, float]:
        named = any(_stated(_word(row[key], key), finding["headline"]) for key in keys if row[key])
        return not named, row.get("verdict") == usual, -abs(row["estimate"])

    return sorted(rows, key=place)[: MOST["bars"]]


def _stated(word: str, sentence: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", sentence) is not None


def left_out(finding: Mapping[str, Any]) -> str:
    """Say how much of a finding its chart shows, where it does not show all."""
    how = kind(finding)
    if how == "curves":
        key = next(iter(_keys(_rows(finding))), "group")
        there, most = len({row.get(key) for row in _rows(finding)}), len(COLOURS)
        return f"{most} of {there} curves shown" if there > most else ""
    if not how or _falls(finding):
        return ""
    number = "share" if how == "columns" else "estimate"
    there = sum(row.get(number) is not None for row in _rows(finding))
    drawn = len(_data(finding, how)[0])
    return f"{drawn} of {there} shown" if drawn < there else ""


def _name(row: Row, keys: list[str]) -> str:
    words = [_word(row[key], key) for key in keys if row[key] is not None]
    return cell(", ".join(words) or "–", longest=LONGEST)


def _word(value: Any, key: str) -> str:
    """Write a value as people do; what comes from data stays as it stands."""
    if key == "reason" and isinstance(value, str):
        return ", ".join(map(label, value.split(", ")))
    if key == "term" and isinstance(value, str):
        return label(value)
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def _map(rows: list[Row]) -> XyChartData:
    """Place each term by its rating and its importance, a series a term, so that it is named."""
    data = XyChartData()
    for row in rows:
        series = data.add_series(_name(row, ["term"]))
        series.add_data_point(row["performance"], row["estimate"])
    return data


def _curves(finding: Mapping[str, Any], rows: list[Row]) -> XyChartData:
    data = XyChartData()
    rows = [row for row in rows if row["time"] is not None]
    key = next(iter(_keys(rows)), "group")
    last = {row.get(key): row for row in rows}
    whole = max(row["time"] for row in last.values()) or 1

    def place(name: Any) -> tuple[bool, float, float]:  # everyone, the named, the long, the high
        named = name == "all" or _stated(str(name), finding["headline"])
        return not named, -round(10 * last[name]["time"] / whole), -last[name]["estimate"]

    chosen = sorted(last, key=place)[: len(COLOURS)]
    for name in [name for name in last if name in chosen]:
        series = data.add_series(cell(_word(name or "everyone", key), longest=40))
        points = [row for row in rows if row.get(key) == name]
        for row in points[:: max(1, len(points) // MOST["curves"])]:
            series.add_data_point(row["time"], row["estimate"])
    return data


def _format(finding: Mapping[str, Any], how: str) -> str:
    return "0%" if how == "columns" else _FORMATS.get(finding["unit"], "0.00")


def _dress(chart: Any, finding: Mapping[str, Any], how: str) -> None:
    chart.has_title = False
    chart.font.size = Pt(12)
    several = len(list(chart.plots[0].series)) > 1
    chart.has_legend = several
    if several:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    values, names = chart.value_axis, chart.category_axis
    values.has_major_gridlines = how != "columns"
    if how != "columns":
        values.major_gridlines.format.line.color.rgb = RGBColor(0xE3, 0xE8, 0xEC)
    values.format.line.fill.background()
    names.format.line.color.rgb = RGBColor(0x7B, 0x87, 0x94)
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    values.tick_labels.number_format = _format(finding, how)
    values.tick_labels.number_format_is_linked = False
    names.has_major_gridlines = False
    if how == "curves" and finding["unit"] == "share":
        most = max(value for one in chart.plots[0].series for value in one.values)
        values.minimum_scale, values.maximum_scale = 0.0, 1.0 if most > 0.4 else most * 1.25
    if how == "map":
        _dress_map(chart)
        return
    _titled(values, "share of answers" if how == "columns" else _unit(finding))
    if how in ("curves", "columns"):
        _titled(names, _since(finding) if how == "curves" else "answer")
    crowded = how == "bars" and len(list(chart.plots[0].categories)) > 12
    if crowded:
        names.tick_labels.font.size = Pt(9)
        skip = names._element.find(f"{{{_NS}}}noMultiLvlLbl")
        skip.addprevious(etree.Element(f"{{{_NS}}}tickLblSkip", val="1"))
    for colour, series in zip(COLOURS, chart.plots[0].series, strict=False):
        line = series.format.line if how in ("line", "curves") else series.format.fill
        if how in ("line", "curves"):
            line.color.rgb, line.width, series.smooth = (
                RGBColor.from_string(colour),
                Pt(2.25),
                False,
            )
        else:
            line.solid()
            line.fore_color.rgb = RGBColor.from_string(colour)
    if how in ("bars", "columns"):
        chart.plots[0].gap_width = 60
    if how == "columns" or (how == "bars" and _long(chart.plots[0].series[0].values)):
        _labels(chart, finding, how)


def _dress_map(chart: Any) -> None:
    """Give each term a mark of its own, and each axis its name."""
    chart.category_axis.tick_labels.number_format = "0.0"
    chart.category_axis.tick_labels.number_format_is_linked = False
    for axis, words in ((chart.category_axis, "performance"), (chart.value_axis, "importance")):
        _titled(axis, label(words))
    for colour, series in zip(COLOURS, chart.plots[0].series, strict=False):
        series.format.line.fill.background()
        series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 11
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = RGBColor.from_string(colour)


def _titled(axis: Any, words: str) -> None:
    axis.has_title = True
    axis.axis_title.text_frame.text = plain(words, longest=LONGEST)
    axis.axis_title.text_frame.paragraphs[0].font.size = Pt(12)


def _unit(finding: Mapping[str, Any]) -> str:
    """Name what the estimate is measured in; without a unit, what it is."""
    unit = finding["unit"]
    return f"out {unit}" if unit.startswith("of ") else unit or label(finding["name"])


def _since(finding: Mapping[str, Any]) -> str:
    """Name the time of a curve by the unit its name or its sentence counts in."""
    words = f"{finding['name']} {finding['headline']}"
    found = re.search(r"\b(days|weeks|months|quarters|years)\b", words)
    return f"{found[1] if found else 'time'} since the start"


def _long(values: Any) -> bool:
    """Whether every bar has room for its number."""
    return min(values) > 0.12 * max(values) > 0


def _labels(chart: Any, finding: Mapping[str, Any], how: str) -> None:
    plot = chart.plots[0]
    plot.has_data_labels, chart.value_axis.has_major_gridlines = True, False
    chart.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.NONE
    plot.data_labels.number_format = _format(finding, how)
    plot.data_labels.number_format_is_linked = False
    plot.data_labels.font.size = Pt(11)
    plot.data_labels.position = (
        XL_LABEL_POSITION.INSIDE_BASE if how == "bars" else XL_LABEL_POSITION.OUTSIDE_END
    )
    if how == "bars":
        plot.data_labels.font.color.rgb = RGBColor(255, 255, 255)


def _whiskers(series: Any, rows: list[Row], column: str = "estimate", along: str = "") -> None:
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
    _leaf(bars, "noEndCap", "0")
    for name, lengths in (("plus", up), ("minus", down)):
        points = etree.SubElement(etree.SubElement(bars, f"{{{_NS}}}{name}"), f"{{{_NS}}}numLit")
        code = etree.SubElement(points, f"{{{_NS}}}formatCode")
        code.text = "General"
        _leaf(points, "ptCount", str(len(lengths)))
        for place, length in enumerate(lengths):
            point = etree.SubElement(points, f"{{{_NS}}}pt", idx=str(place))
            etree.SubElement(point, f"{{{_NS}}}v").text = repr(max(0.0, float(length)))
    places = ("cat", "val", "xVal", "yVal")
    next(one for one in series._element if etree.QName(one).localname in places).addprevious(bars)


def _scale(axis: Any, rows: list[Row]) -> None:
    """Let the axis reach from zero past the longest interval, in round steps."""
    ends = [row[k] for row in rows for k in ("estimate", "conf_low", "conf_high")
            if row.get(k) is not None]  # fmt: skip
    low, high = min(0.0, *ends), max(0.0, *ends)
    if high <= low:
        return
    rough = (high - low) / 6
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * n for n in (1, 2, 5, 10) if power * n >= rough)
    axis.minimum_scale = math.floor(low / step) * step
    axis.maximum_scale = math.ceil(high / step) * step
    axis.major_unit = step


def _leaf(parent: Any, name: str, value: str) -> None:
    etree.SubElement(parent, f"{{{_NS}}}{name}", val=value)
