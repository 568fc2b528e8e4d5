"""Open a raw file as text and give its columns our names."""

from cxlab.ingest.opening import IngestError
from cxlab.ingest.reading import Raw, read

__all__ = ["IngestError", "Raw", "read"]
