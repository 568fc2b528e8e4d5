#!/usr/bin/env bash
# statsmodels 0.15.0 OrderedModel: where the outcome is a categorical with an answer that nobody
# gave, the fit ends at a slope of exactly 0.0, without an error; dropping the unused category gives
# the slope of the data.
# Matters to: any satisfaction question of which one box, not the last, was never ticked.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check statsmodels==0.15.0 pandas==3.0.0 numpy==2.3.5 scipy==1.17.0
"$folder/env/bin/python" - <<'PY'
import warnings

import numpy as np
import pandas as pd
import statsmodels
from statsmodels.miscmodels.ordinal_model import OrderedModel

warnings.simplefilter("ignore")
rng = np.random.default_rng(1)
x = rng.normal(size=400)
latent = 1.2 * x + rng.logistic(size=400)
answer = pd.Categorical(np.digitize(latent, [-1.5, 0.0, 1.5]) + 1, categories=[0, 1, 2, 3, 4], ordered=True)
frame = pd.DataFrame({"x": x})
with_unused = OrderedModel(pd.Series(answer), frame, distr="logit").fit(method="bfgs", disp=False).params["x"]
without = OrderedModel(pd.Series(answer.remove_unused_categories()), frame, distr="logit").fit(method="bfgs", disp=False).params["x"]
print(f"statsmodels {statsmodels.__version__}: slope {float(with_unused)!r} with the unused answer, {without:.3f} without")
assert with_unused == 0.0 and 0.8 < without < 1.6
PY
