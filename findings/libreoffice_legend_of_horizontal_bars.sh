#!/usr/bin/env bash
# LibreOffice 7.4.7.2 reading charts of python-pptx 1.0.2: a legend entry marked as deleted by the place
# of its series (c:legendEntry, c:idx) is the right one for columns. For horizontal bars entries are
# counted from the end, so that another series leaves the legend and the unwanted one stays.
# Matters to: stacked answers of a grid with an unseen series that moves the bars, in a deck.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check python-pptx==1.0.2
cd "$folder"
"$folder/env/bin/python" - <<'PY'
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches

for kind in ("BAR_STACKED", "COLUMN_STACKED"):
    data = CategoryChartData()
    data.categories = ["till", "shelf"]
    for series in ("alfa", "bravo", "charlie", "delta"):
        data.add_series(series, (1, 2))
    show = Presentation()
    page = show.slides.add_slide(show.slide_layouts[6])
    place = (0, 0, Inches(9), Inches(6))
    chart = page.shapes.add_chart(getattr(XL_CHART_TYPE, kind), *place, data).chart
    chart.has_legend = True
    chart.legend.position = XL_LEGEND_POSITION.BOTTOM
    gone = f'<c:legendEntry {nsdecls("c")}><c:idx val="0"/><c:delete val="1"/></c:legendEntry>'
    chart.legend._element.find(qn("c:legendPos")).addnext(parse_xml(gone))
    show.save(f"{kind}.pptx")
PY
soffice --version
for kind in BAR_STACKED COLUMN_STACKED; do
  soffice --headless --convert-to pdf "$kind.pptx" >/dev/null 2>&1
  pdftotext "$kind.pdf" "$kind.txt"
  left=$(grep -oE 'alfa|bravo|charlie|delta' "$kind.txt" | sort -u | paste -sd ' ')
  echo "$kind, the first of four series (alfa) marked as deleted: the legend shows $left"
done
test "$(grep -c delta BAR_STACKED.txt)" = 0
test "$(grep -c alfa BAR_STACKED.txt)" = 1
test "$(grep -c alfa COLUMN_STACKED.txt)" = 0
