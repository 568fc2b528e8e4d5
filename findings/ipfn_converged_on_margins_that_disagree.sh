#!/usr/bin/env bash
# ipfn 1.4.4: two margins that add up to different totals (gender 200, region 150) cannot both be met.
# The last one given wins, the first is missed by a quarter, and the run reports converged (flag 1).
# Matters to: weighting answers to shares from two sources, where a typing error in one shows nowhere.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check ipfn==1.4.4 pandas==3.0.5 numpy==2.4.6
"$folder/env/bin/python" - <<'PY'
from importlib.metadata import version

import pandas as pd
from ipfn import ipfn

counts = pd.DataFrame(
    [("f", "north", 37.0), ("f", "south", 25.0), ("m", "north", 83.0), ("m", "south", 55.0)],
    columns=["gender", "region", "total"],
)
gender = pd.Series({"f": 100.0, "m": 100.0}, name="total").rename_axis("gender")
region = pd.Series({"north": 90.0, "south": 60.0}, name="total").rename_axis("region")
fit = ipfn.ipfn(counts, [gender, region], [["gender"], ["region"]], verbose=2)
cells, flag, _ = fit.iteration()
reached = cells.groupby("gender")["total"].sum().round(3).to_dict()
print(f"ipfn {version('ipfn')}: flag {flag}, gender asked {gender.to_dict()}, reached {reached}")
assert flag == 1 and reached == {"f": 75.0, "m": 75.0}, (flag, reached)
PY
