"""An executed notebook becomes a page; the pages of a run get an index."""

from cxlab.export.index import index
from cxlab.export.page import findings, page

__all__ = ["findings", "index", "page"]
