"""What the warm process imports and opens once, so that no report has to."""

import atexit
import gc
import os
from contextlib import suppress
from importlib import import_module

from cxlab.reports.workshop import WARM_ROOMS, WARM_STUDY

for _name in (
    "papermill.execute",
    "IPython.core.interactiveshell",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "cxlab.export",
    "cxlab.reports.engine",
    "ibis.backends.duckdb",  # with its SQL dialects it takes longer to import than to ask
    *(f"cxlab.{room}" for room in os.environ.get(WARM_ROOMS, "").split()),
):
    with suppress(ImportError):
        import_module(_name)
if _study_file := os.environ.get(WARM_STUDY, ""):
    with suppress(Exception):  # what cannot be opened is refused in each report, in its words
        import_module("cxlab.study").early(_study_file)
gc.collect()
gc.freeze()  # forks then share what was imported instead of copying it when they tidy up
atexit.register(gc.unfreeze)  # at the end it may be tidied up; DuckDB complains if it is not
