#!/usr/bin/env bash
# lifelines 0.30.0: where the Kaplan-Meier curve runs level at one half, the median is the first time
# at one half or the next one, as rounding falls: ten customers of whom one leaves each month give 5,
# and the same with every number of customers tripled gives the same curve but may give 6.
# Statistical practice takes the middle of the level stretch.
# Matters to: the "median stay" that two programs report from the same cohort.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check lifelines==0.30.0 "pandas<3" "numpy<2.4" "scipy<1.17"
"$folder/env/bin/python" - <<'PY'
import lifelines
import numpy as np
from lifelines import KaplanMeierFitter

said = {}
for n in range(4, 41, 2):
    curve = KaplanMeierFitter().fit(np.arange(1, n + 1))
    said[n] = curve.median_survival_time_ - n / 2
print(f"lifelines {lifelines.__version__}: median less half the customers, by customers: {said}")
assert set(said.values()) == {0.0, 1.0}, said
PY
