"""What was known about each customer on a day? Aggregates over event tables, where they lie."""

from cxlab.events.known import EventsError, as_of, rhythm
from cxlab.events.moments import earlier, moment, utc
from cxlab.events.words import describe

__all__ = ["EventsError", "as_of", "describe", "earlier", "moment", "rhythm", "utc"]
