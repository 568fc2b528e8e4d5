"""An executed notebook becomes a page; the findings of a run become an index and a deck."""

from cxlab.export.audience import held
from cxlab.export.index import index, tiles
from cxlab.export.page import around, findings, page
from cxlab.export.sentences import thin
from cxlab.export.telling import unanswered
from cxlab.export.ways import joined

__all__ = ["around", "findings", "held", "index", "joined", "page", "thin", "tiles", "unanswered"]
