"""What the study file leaves unsaid, and what no page can say without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cxlab.results import listing

if TYPE_CHECKING:
    from cxlab.study import Study

# table -> column that pages ask of it -> what cannot be said without it
_ASKED = {
    "responses": {
        "answered_at": "how scores move, and anything by month or quarter",
        "customer_id": "who answered: answers are not met with customers, orders and contacts",
    },
    "customers": {
        "signed_up_at": "how long customers stay",
    },
    "orders": {
        "customer_id": "who bought: no repeat purchase, cohort, tier or value of a customer",
        "ordered_at": "when was bought: no cohort, rhythm or falling silent",
        "amount": "what was spent: no value, tier or spend",
    },
    "interactions": {
        "customer_id": "who got in touch: contacts are not met with leaving or scores",
        "opened_at": "when contacts came: none is known on a day",
    },
    "subscriptions": {
        "customer_id": "whose subscription it is: nobody's stay can be followed",
        "started_at": "when it began: no time as a customer",
    },
    "visits": {
        "customer_id": "whose visits they are: ways are not met with scores or leaving",
    },
}
_NEEDS = {
    "scores": "no score is named; map nps, csat or ces under tables.responses.columns",
    "ratings": "no ratings are named; list them under tables.responses.ratings",
    "questions": "no question is named; map a score or list ratings under tables.responses",
    "questionnaire": "no question is named; map a score, list ratings, or name questions under "
    "tables.responses.questions",
    "leaving": "it is not told who left; map churned_at or churned under tables.customers",
    "leaving or orders": "it is not told who left or who bought; map churned_at or churned under "
    "tables.customers, or declare tables.orders with their customer_id",
    "orders or fees": "it is not told what customers bring; declare tables.orders with their "
    "customer_id, or map monthly_fee under tables.customers beside ratings of their answers",
    "interactions or visits": "there are neither contacts nor visits; declare tables.interactions "
    "or tables.visits",
    "comments or reviews": "nobody wrote a comment and there are no reviews; map comment under "
    "tables.responses.columns, or declare tables.reviews",
}


def lacks(study: Study) -> dict[str, tuple[str, ...]]:
    """Say what each need of a page lacks, before any page is made.

    Args:
        study: the study.

    Returns:
        Need (`scores`, `ratings`, `leaving or orders`, or a table) -> clauses; a need that is
        met whole is left out. A need that the study does not hold at all comes first.
    """
    found: dict[str, tuple[str, ...]] = {
        need: (words,) for need, words in _NEEDS.items() if need not in study.holds
    }
    for table, done in study.cleaned.items():
        said = tuple(
            f"{table} without '{column}' do not tell {what}"
            for column, what in _ASKED.get(table, {}).items()
            if column not in done.frame or done.frame[column].isna().all()
        )
        if said:
            found[table] = said
    return found


def told(study: Study, pages: Mapping[str, Sequence[str]]) -> list[str]:
    """Say of each page what it will lack, a sentence each.

    Args:
        study: the study.
        pages: name of a page -> what it needs and the study does not hold.
    """
    lacking = lacks(study)
    whys: dict[str, list[str]] = {}
    for page, needs in pages.items():
        why = "; ".join(lacking.get(need, (f"there is no table '{need}'",))[0] for need in needs)
        if why:
            whys.setdefault(why, []).append(page)
    said = [f"{listing(names)} will not be made: {why}." for why, names in whys.items()]
    partly = [each for need, words in lacking.items() if need not in _NEEDS for each in words]
    return said + [f"{each[:1].upper()}{each[1:]}." for each in partly]
