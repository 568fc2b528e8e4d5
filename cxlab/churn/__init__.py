"""Who is about to leave, judged only on what was known that day?

In reading order; `help(churn.asked)` says more of one, and `workings` holds what they share.

The whole way:
    asked               days to learn from, a later day to judge on, today's customers
    learned             a model of what was asked
    case                both at once
    verdict             can they be picked out in time?
    leaving             how many leave?
    by_group            who leaves more?
    beside              the ranking beside the verdict
    with_and_without    is a rule of thumb as good?
    calls               whom is it worth to call?
    whom                the list
    written             the list, in a file

What leaving is:
    definition          when has a customer left?
    timeline            the day, what is looked back on, what ahead
    snapshot            customers as known on a day
    from_table          the same from a table of your own
    stack               several days as one
    halves              two halves of the customers

May it be believed:
    audit               did the model learn from the leaving?
    alarms              what the audit found, in words
    red                 the facts that stop it

The model:
    fit                 learn who leaves
    choose              is boosting better than a line?
    untrained           the recipe of a model
    unseen              each customer by a model that never saw them

How good:
    evaluate            how good, on a later day?
    lift                how many leavers are in the first tenth?
    calibration         can the risks be trusted as numbers?
    line_of             what sets them right
    rolling             how steady over time?
    sensitivity         does the definition decide it?
    choices_around      other definitions worth a try

Why, and whom:
    associations        what goes with leaving?
    reasons             each customer's risk in words
    contributions       the numbers behind
    hazard_by_score     how likely after this score?
    hazard_by_failure   how likely after this failure?
    health              is a health score worth anything?
    profit              how many calls pay?
    targets             whom to call, and whom to leave alone to learn
    save                a list to a file
    uplift              whom does contact keep?
    uplift_by_customer  the same, customer by customer
"""

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
from cxlab.churn.groups import by_group
from cxlab.churn.health import health
from cxlab.churn.models import choose, fit, unseen
from cxlab.churn.reasons import associations, contributions, reasons
from cxlab.churn.snapshots import Snapshot, from_table, snapshot, stack
from cxlab.churn.targets import profit, save, targets
from cxlab.churn.uplift import uplift, uplift_by_customer
from cxlab.churn.verdict import beside, calls, leaving, verdict, whom, with_and_without, written
from cxlab.churn.workings.learning import untrained
from cxlab.codebook import guard

__all__ = [
    "Asked", "Case", "ChurnError", "Definition", "Line", "Snapshot", "alarms", "asked",
    "associations", "audit", "beside", "by_group", "calibration", "calls", "case", "choices_around",
    "choose", "contributions", "definition", "evaluate", "fit", "from_table", "halves",
    "hazard_by_failure", "hazard_by_score", "health", "learned", "leaving", "lift", "line_of",
    "profit", "reasons", "red", "rolling", "save", "sensitivity", "snapshot", "stack",
    "targets", "timeline", "unseen", "untrained", "uplift", "uplift_by_customer", "verdict",
    "whom", "with_and_without", "written",
]  # fmt: skip
guard(globals())
