#!/usr/bin/env bash
# weightipy 0.4.2: a target for a group nobody in the data belongs to is dropped without a word: asked for
# 50, 40 and 10 %, 200 answers come back weighing 180 in all, so that weighted counts are a tenth short.
# The other way about, a group in the data without a target keeps weight 1 beside the full targets: 210.
# Matters to: weighted bases and totals; both look like a finished weighting.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check weightipy==0.4.2 pandas==3.0.5 numpy==2.4.6
"$folder/env/bin/python" - 2>"$folder/said" <<'PY'
from importlib.metadata import version

import pandas as pd
import weightipy


def weighed(groups, targets):
    answers = pd.DataFrame({"group": groups, "answer": range(len(groups))})
    scheme = weightipy.scheme_from_dict({"group": targets})
    weights = weightipy.weight_dataframe(answers, scheme, weight_column="weight")["weight"]
    return round(float(weights.sum()), 6)


short = weighed(["a"] * 140 + ["b"] * 60, {"a": 50, "b": 40, "c": 10})
over = weighed(["a"] * 130 + ["b"] * 60 + ["c"] * 10, {"a": 50, "b": 50})
print(f"weightipy {version('weightipy')}: 200 answers weigh {short} (empty group), {over} (group without target)")
assert (short, over) == (180.0, 210.0), (short, over)
PY
cat "$folder/said"
test ! -s "$folder/said"
