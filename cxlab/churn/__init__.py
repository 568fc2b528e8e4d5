"""Who is about to leave, judged only on what was known that day?"""

from cxlab.churn.audit import audit
from cxlab.churn.definition import ChurnError, Definition, definition, timeline
from cxlab.churn.evaluation import (
    calibration,
    evaluate,
    halves,
    lift,
    recalibrate,
    rolling,
    sensitivity,
)
from cxlab.churn.models import choose, fit, untrained
from cxlab.churn.reasons import associations, contributions, reasons
from cxlab.churn.snapshots import Snapshot, from_table, snapshot, stack
from cxlab.churn.targets import profit, pseudonym, save, targets

__all__ = [
    "ChurnError",
    "Definition",
    "Snapshot",
    "associations",
    "audit",
    "calibration",
    "choose",
    "contributions",
    "definition",
    "evaluate",
    "fit",
    "from_table",
    "halves",
    "lift",
    "profit",
    "pseudonym",
    "reasons",
    "recalibrate",
    "rolling",
    "save",
    "sensitivity",
    "snapshot",
    "stack",
    "targets",
    "timeline",
    "untrained",
]
