"""Run one notebook, run a grid, write the index and the manifest."""

from cxlab.reports.changes import changes, lines, load
from cxlab.reports.home import OPENED, Home, home, opened
from cxlab.reports.kept import executed
from cxlab.reports.notebooks import PlanError
from cxlab.reports.plan import HOME, Job, plan, slug, words
from cxlab.reports.press import Run, current, run, summary
from cxlab.reports.record import whole
from cxlab.reports.workshop import Engine

__all__ = [
    "HOME",
    "OPENED",
    "Engine",
    "Home",
    "Job",
    "PlanError",
    "Run",
    "changes",
    "current",
    "executed",
    "home",
    "lines",
    "load",
    "opened",
    "plan",
    "run",
    "slug",
    "summary",
    "whole",
    "words",
]
