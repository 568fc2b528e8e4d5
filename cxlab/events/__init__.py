"""What was known about each customer on a day? Aggregates over event tables, where they lie.

What asks an engine is opened when it is first asked for: the clock alone needs none.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from cxlab.events.clock import begun_late, local, local_moment, local_times, zone_of
from cxlab.events.moments import ahead, earlier, later, moment, spoken, utc
from cxlab.events.words import describe

if TYPE_CHECKING:
    from cxlab.events.known import EventsError, as_of, looking_back, rhythm
    from cxlab.events.sequences import END, OTHER, START, Ways, WaysError, ways

__all__ = [
    "END",
    "OTHER",
    "START",
    "EventsError",
    "Ways",
    "WaysError",
    "ahead",
    "as_of",
    "begun_late",
    "describe",
    "earlier",
    "later",
    "local",
    "local_moment",
    "local_times",
    "looking_back",
    "moment",
    "rhythm",
    "spoken",
    "utc",
    "ways",
    "zone_of",
]
# the file of ways is named otherwise: a module opened later would take the place of the function
_WAYS = ("END", "OTHER", "START", "Ways", "WaysError", "ways")


def __getattr__(name: str):
    if name in __all__:
        home = "sequences" if name in _WAYS else "known"
        return getattr(import_module(f"cxlab.events.{home}"), name)
    raise AttributeError(f"the room events has no '{name}'")
