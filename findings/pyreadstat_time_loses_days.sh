#!/usr/bin/env bash
# pyreadstat 1.3.7 hands an SPSS TIME variable over as a time of day: a duration of 100 hours comes
# back as 04:00:00, its four days lost without a word. Read without conversion, the seconds are whole.
# Matters to: response times and handling times kept as TIME in SPSS survey files.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check pyreadstat==1.3.7 pandas==3.0.0 numpy==2.3.5
"$folder/env/bin/python" - "$folder" <<'PY'
import sys
from pathlib import Path

import pandas as pd
import pyreadstat

path = Path(sys.argv[1]) / "durations.sav"
hours = [1.5, 25.0, 100.0]
frame = pd.DataFrame({"handled": [3600 * each for each in hours]})
pyreadstat.write_sav(frame, path, variable_format={"handled": "TIME8"})
told = pyreadstat.read_sav(path)[0]["handled"].astype(str).tolist()
plain = pyreadstat.read_sav(path, disable_datetime_conversion=True)[0]["handled"].tolist()
print(f"pyreadstat {pyreadstat.__version__}: hours {hours} read as {told}; unconverted {plain}")
assert told == ["01:30:00", "01:00:00", "04:00:00"], told
assert plain == [3600 * each for each in hours], plain
PY
