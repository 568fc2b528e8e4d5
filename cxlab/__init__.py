"""cxlab: customer-experience research in Jupyter, each number with its uncertainty."""

from importlib import import_module

__version__ = "0.1.0"

ROOMS = (
    "churn",
    "cleaning",
    "codebook",
    "desk",
    "drivers",
    "events",
    "explore",
    "ingest",
    "journey",
    "lifetimes",
    "missing",
    "metrics",
    "plots",
    "questions",
    "results",
    "retention",
    "stats",
    "study",
    "value",
    "voice",
    "weighting",
)


def open(path):
    """Open a study file; in IPython and Jupyter our refusals are then answered by their sentence.

    Args:
        path: the study file.

    Returns:
        The study: its card, when it is shown.
    """
    import_module("cxlab.shell").quiet()
    return import_module("cxlab.study").load(path)


def __getattr__(name: str):
    """Open a room when it is first asked for, so that `import cxlab` stays light."""
    if name in ROOMS:
        return import_module(f"cxlab.{name}")
    raise AttributeError(f"module 'cxlab' has no room '{name}'")


def __dir__() -> list[str]:
    return [*globals(), *ROOMS]
