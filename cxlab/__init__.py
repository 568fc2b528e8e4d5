"""cxlab: customer-experience research in Jupyter, each number with its uncertainty."""

from importlib import import_module

__version__ = "0.1.0"

ROOMS = (
    "churn",
    "claims",
    "cleaning",
    "codebook",
    "drivers",
    "events",
    "ingest",
    "journey",
    "metrics",
    "plots",
    "recovery",
    "results",
    "retention",
    "stats",
    "study",
    "voice",
    "weighting",
)


def __getattr__(name: str):
    """Open a room when it is first asked for, so that `import cxlab` stays light."""
    if name in ROOMS:
        return import_module(f"cxlab.{name}")
    raise AttributeError(f"module 'cxlab' has no room '{name}'")


def __dir__() -> list[str]:
    return [*globals(), *ROOMS]
