#!/usr/bin/env bash
# pyreadstat 1.3.7: reading labels as an ordered category works only where everybody answered. One empty
# answer ends the reading of the whole file with "Categorical categories cannot be null"; read as an
# unordered category, the same file comes out right.
# Matters to: rating scales from SPSS, the very columns whose order one wants, in which some answer is empty.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check pyreadstat==1.3.7 pandas==3.0.5 numpy==2.4.6
cd "$folder"; env/bin/python - <<'PY'
import pandas as pd
import pyreadstat

words = {"rating": {1: "poor", 2: "fair", 3: "good"}}
for name, answers in {"full.sav": [1.0, 2.0, 3.0], "gap.sav": [1.0, 2.0, 3.0, None]}.items():
    pyreadstat.write_sav(pd.DataFrame({"rating": answers}), name, variable_value_labels=words)


def read(name, **kind):
    try:
        return pyreadstat.read_sav(name, apply_value_formats=True, **kind)[0]["rating"].dropna().tolist()
    except ValueError as error:
        return str(error)


full, gap = (read(name, formats_as_ordered_category=True) for name in ("full.sav", "gap.sav"))
plain = read("gap.sav")
print(f"pyreadstat {pyreadstat.__version__}: ordered, full: {full}; ordered, one empty: {gap}; plain: {plain}")
assert full == plain == ["poor", "fair", "good"] and gap == "Categorical categories cannot be null"
PY
