"""What the warm process imports once, so that no report has to."""

import atexit
import gc
import os
from contextlib import suppress
from importlib import import_module

from cxlab.reports.workshop import WARM_ROOMS

for _name in (
    "papermill.execute",
    "IPython.core.interactiveshell",
    "matplotlib_inline.backend_inline",
    "cxlab.export",
    "cxlab.reports.engine",
    "ibis.backends.duckdb",  # with its SQL dialects it takes longer to import than to ask
    *(f"cxlab.{room}" for room in os.environ.get(WARM_ROOMS, "").split()),
):
    with suppress(ImportError):
        import_module(_name)
gc.collect()
gc.freeze()  # forks then share what was imported instead of copying it when they tidy up
atexit.register(gc.unfreeze)  # at the end it may be tidied up; DuckDB complains if it is not
