"""What the warm process imports once, so that no report has to."""

from contextlib import suppress
from importlib import import_module

import cxlab

for _name in (
    "papermill",
    "IPython.core.interactiveshell",
    "matplotlib.backends.backend_agg",
    "cxlab.reports.engine",
    *(f"cxlab.{room}" for room in cxlab.ROOMS),
):
    with suppress(ModuleNotFoundError):
        import_module(_name)
