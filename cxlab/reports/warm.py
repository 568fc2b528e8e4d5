"""What the warm process imports and opens once, so that no report has to."""

import atexit
import gc
import os
import sys
from contextlib import suppress
from importlib import import_module

from cxlab.reports.workshop import WARM_ROOMS, WARM_STUDY

NOTEBOOK = (4, 5)  # version of the scheme of notebooks
ADDRESSES = "rfc3987_syntax"  # a grammar that no notebook needs, compiled for a second if found

sys.modules.setdefault(ADDRESSES, None)  # type: ignore[arg-type]
with suppress(Exception):
    # takes a tenth of a second to compile
    import_module("nbformat.validator").get_validator(*NOTEBOOK)
if sys.modules[ADDRESSES] is None:
    del sys.modules[ADDRESSES]
for _name in (
    "papermill.execute",
    "IPython.core.interactiveshell",
    "IPython.core.completerlib",
    "IPython.core.magics",
    "IPython.core.magics.pylab",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "cxlab.export",
    "cxlab.reports.engine",
    "ibis.backends.duckdb",  # with its SQL dialects it takes longer to import than to ask
    "ibis.backends.duckdb.converter",
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
