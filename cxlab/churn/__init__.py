"""Who is about to leave, judged only on what was known that day?"""

from cxlab.churn.audit import alarms, audit, red
from cxlab.churn.calibration import Line, calibration, line_of
from cxlab.churn.case import Asked, Case, asked, case, learned
from cxlab.churn.definition import ChurnError, Definition, definition, timeline
from cxlab.churn.evaluation import (
    choices_around,
    evaluate,
    halves,
    lift,
    rolling,
    sensitivity,
)
from cxlab.churn.exposure import hazard_by_failure, hazard_by_score
from cxlab.churn.health import health
from cxlab.churn.models import choose, fit, unseen, untrained
from cxlab.churn.reasons import associations, contributions, reasons
from cxlab.churn.snapshots import Snapshot, from_table, snapshot, stack
from cxlab.churn.targets import profit, save, targets
from cxlab.churn.uplift import uplift, uplift_by_customer
from cxlab.churn.verdict import beside, calls, leaving, verdict, whom, with_and_without, written

__all__ = [
    "Asked",
    "Case",
    "ChurnError",
    "Definition",
    "Line",
    "Snapshot",
    "alarms",
    "asked",
    "associations",
    "audit",
    "beside",
    "calibration",
    "calls",
    "case",
    "choices_around",
    "choose",
    "contributions",
    "definition",
    "evaluate",
    "fit",
    "from_table",
    "halves",
    "hazard_by_failure",
    "hazard_by_score",
    "health",
    "learned",
    "leaving",
    "lift",
    "line_of",
    "profit",
    "reasons",
    "red",
    "rolling",
    "save",
    "sensitivity",
    "snapshot",
    "stack",
    "targets",
    "timeline",
    "unseen",
    "untrained",
    "uplift",
    "uplift_by_customer",
    "verdict",
    "whom",
    "with_and_without",
    "written",
]
