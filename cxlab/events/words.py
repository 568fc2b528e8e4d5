"""What each fact means, in words a person would use."""

_WORDS = {
    "tenure_days": "days as a customer",
    "orders_ever": "orders so far",
    "days_since_order": "days since the last order",
    "usual_gap_days": "usual days between orders",
    "silence_ratio": "silence, in multiples of the usual gap",
    "orders": "recent orders",
    "orders_trend": "trend in orders",
    "spend": "recent spend",
    "spend_ever": "spend so far",
    "spend_trend": "trend in spend",
    "discount": "recent discounts",
    "refunded": "money refunded recently",
    "credits": "recent credits",
    "returns": "recent returns",
    "failures": "recent failed deliveries",
    "contacts": "recent contacts",
    "contacts_ever": "contacts so far",
    "contacts_trend": "trend in contacts",
    "days_since_contact": "days since the last contact",
    "invitations_ever": "survey invitations so far",
    "reply_hours": "hours to a first reply",
    "open_cases": "cases still open",
    "close_hours": "hours to close a case",
    "days_since_unsolved": "days since a case was closed unsolved",
    "solved": "cases solved recently",
    "unsolved": "cases closed unsolved recently",
    "reopened": "cases reopened recently",
    "channel_changes": "changes of channel within a case",
    "case_csat": "satisfaction with cases",
    "case_cost": "cost of recent cases",
    "answers": "recent survey answers",
    "answers_ever": "survey answers so far",
    "days_since_answer": "days since the last survey answer",
    "asked": "whether surveys were answered",
    "referred": "came by referral",
}
_SHORT = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}


def describe(name: str) -> str:
    """Put the name of a fact into words.

    Example:
        >>> describe("days_since_order"), describe("contacts_billing_problem"), describe("last_nps")
        ('days since the last order', 'recent contacts: billing problem', 'last NPS')
    """
    if name in _WORDS:
        return _WORDS[name]
    for start, words in (("contacts_", "recent contacts: "), ("last_", "last ")):
        if name.startswith(start):
            rest = name.removeprefix(start)
            if start == "last_" and rest not in _SHORT:
                return f"last rating of {rest.replace('_', ' ')}"
            return words + _SHORT.get(rest, rest.replace("_", " "))
    return name.replace("_", " ")
