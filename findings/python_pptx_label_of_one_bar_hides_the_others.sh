#!/usr/bin/env bash
# python-pptx 1.0.2: data labels switched on for a whole plot vanish from a series as soon as one of
# its points is given a label of its own, if only another colour: the series gets labels that are
# switched off, and these count more than the plot's. The one point keeps its number, without the
# plot's number format. Nothing is raised.
# Matters to: a bar chart in which one pale bar has a dark number and the others white ones.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check python-pptx==1.0.2
cd "$folder"
"$folder/env/bin/python" - <<'PY'
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml.ns import qn
from pptx.util import Inches

data = CategoryChartData()
data.categories = ["till", "shelf", "porch"]
data.add_series("score", (41.26, 33.84, 12.57))
show = Presentation()
page = show.slides.add_slide(show.slide_layouts[6])
chart = page.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, 0, 0, Inches(8), Inches(5), data).chart
plot = chart.plots[0]
plot.has_data_labels = True
plot.data_labels.show_value = True
plot.data_labels.number_format, plot.data_labels.number_format_is_linked = "0.0", False
(series,) = plot.series


def told():
    labels = series._element.find(qn("c:dLbls"))
    if labels is None:
        return "none of its own"
    return f"its own, numbers {'on' if labels.find(qn('c:showVal')).get('val') == '1' else 'off'}"


before = told()
series.points[1].data_label.font.color.rgb = RGBColor(0, 0, 0)
after = told()
one = series._element.find(".//" + qn("c:dLbl"))
bare = one.find(qn("c:numFmt")) is None
print(f"labels of the series before: {before}; after one point is coloured: {after}")
print(f"the coloured point has a number format: {not bare}")
assert before == "none of its own" and after == "its own, numbers off" and bare
PY
