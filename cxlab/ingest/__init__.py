"""Open a raw file as text and give its columns our names."""

from cxlab.ingest.grids import GROUP, Grid
from cxlab.ingest.layouts import Header
from cxlab.ingest.opening import IngestError, exports
from cxlab.ingest.reading import Raw, look, read
from cxlab.ingest.workbooks import ManySheets

__all__ = ["GROUP", "Grid", "Header", "IngestError", "ManySheets", "Raw", "exports", "look", "read"]
