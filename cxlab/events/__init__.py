"""What was known about each customer on a day? Aggregates over event tables, where they lie."""

from cxlab.events.clock import local, local_moment, local_times, zone_of
from cxlab.events.known import EventsError, as_of, rhythm
from cxlab.events.moments import ahead, earlier, later, moment, spoken, utc
from cxlab.events.ways import END, OTHER, START, Ways, WaysError, ways
from cxlab.events.words import describe

__all__ = [
    "END",
    "OTHER",
    "START",
    "EventsError",
    "Ways",
    "WaysError",
    "ahead",
    "as_of",
    "describe",
    "earlier",
    "later",
    "local",
    "local_moment",
    "local_times",
    "moment",
    "rhythm",
    "spoken",
    "utc",
    "ways",
    "zone_of",
]
