"""Do the tables meet, and by which rule?"""

import re
from collections.abc import Sequence

import pandas as pd

from cxlab.cleaning.convert import to_id
from cxlab.cleaning.matching import rule_between
from cxlab.drafting.doubts import would_be
from cxlab.drafting.guesses import SCORES, Guess, guess
from cxlab.drafting.lexicon import WORDS
from cxlab.drafting.profiles import Profile
from cxlab.drafting.tables import fits, is_money, is_who
from cxlab.results import listing, percent

_ONCE = 0.97  # of the rows, those whose id is theirs alone
_FEW = 0.34  # of the ids unmatched, from which another form is looked for


def brought_together(tables: Sequence[Guess]) -> None:
    """Look whether ids meet, and propose the rule that brings them together."""
    lists = next((made for made in tables if made.table == "customers"), None)
    if lists is not None and "customer_id" in lists.columns:
        _meet(lists, [made for made in tables if made is not lists])


def _meet(lists: Guess, others: Sequence[Guess]) -> None:
    for made in others:
        if "customer_id" not in made.columns:
            _named_alike(lists, made)
        if "customer_id" not in made.columns:
            continue
        best = _best_column(lists, made)
        known = _ids(lists.columns["customer_id"])
        seen = _ids(best)
        share = _met(seen, known)
        if best is not made.columns["customer_id"]:
            _exchange(made, best)
        rule, found = rule_between(seen, known) or ("", 0)
        better = found / max(len(seen), 1)
        if share < 1 - _FEW and better > share + 0.3:
            lists.said["ids"] = made.said["ids"] = {"customer_id": rule}
            made.doubt(
                f"'{best.name}' ('{best.example}') meets {percent(share)} of the customer list "
                f"('{lists.columns['customer_id'].example}') as it stands and {percent(better)} "
                f"with `ids: {{customer_id: {rule}}}`, which is written down.",
                better - share,
                "ids",
            )


def _named_alike(lists: Guess, made: Guess) -> None:
    """Take for the customer what is headed as the list's own id is, and meets it."""
    whose = lists.columns["customer_id"]
    for column in made.found:
        if column.called == whose.called and _met(_ids(column), _ids(whose)) > _FEW:
            for ours in [ours for ours, taken in made.columns.items() if taken is column]:
                made.drop(ours, "")
            made.release(column)
            made.columns["customer_id"] = column


_ASKED = (
    r"survey|\bnps\b|\bcsat\b|\bces\b|feedback|satisf|answered|respon(?:se|ded)|befrag|umfrage|"
    r"zufrieden|enquete|encuesta"
)
_LIFE = ("churned_at", "churned", "signed_up_at")


def parted(made: Guess) -> tuple[Guess, Guess | None]:
    """Part a file of which a row is a customer and an answer into both tables.

    Args:
        made: customers or answers.

    Returns:
        The table without what the other reads; the other, None where the file is one alone.
    """
    whose = made.columns.get("customer_id")
    if whose is None or whose.distinct < _ONCE:
        return made, None
    within = _answers(made, whose) if made.table == "customers" else _customers(made, whose)
    if within is None:
        return made, None
    read = [column for column in within.columns.values() if column is not whose]
    rest = guess([c for c in made.found if c not in read], made.table, made.files)
    rest.found = made.found
    rest.unused |= {column.name: f"read under {within.table}" for column in read}
    return rest, within


def of_orders(tables: Sequence[Guess]) -> list[Guess]:
    """Find files of which a row is something of an order, such as what was sent back.

    Args:
        tables: what was made of each file; the orders are told what is not read of them.

    Returns:
        What is taken for customers and names orders instead.
    """
    sold = next((made for made in tables if made.table == "orders"), None)
    if sold is None or "order_id" not in sold.columns:
        return []
    orders = sold.columns["order_id"].counts.index
    found = []
    for made in tables:
        known = [c for c in made.found if c.n and c.counts.index.isin(orders).all()]
        if made.table != "customers" or not known or _is_named(made):
            continue
        money = [c for c in made.found if c.numbers and c not in known
                 and (is_money(c) or re.search(r"refund|amount|value", c.called))]  # fmt: skip
        sums = [f"'{c.name}' ({sum(n * rows for n, rows in c.tally().items()):,.2f})"
                for c in money]  # fmt: skip
        sold.doubt(
            f"{made.files.name} names {len(known[0].counts):,} of these orders under "
            f"'{known[0].name}' and is not read{f', nor is its {listing(sums, 3)}' if sums else ''}"
            ". If it was given back, bring it into this file: as a column beside each order "
            "('refunded') or as rows that name theirs ('refund_of').",
            0.95,
            "columns",
            "refunded",
        )
        found.append(made)
    return found


def _is_named(made: Guess) -> bool:
    """Say whether a heading names the customers of a table."""
    return "customer_id" in made.columns and is_who(made.columns["customer_id"])


def _answers(lists: Guess, whose: Profile) -> Guess | None:
    """Find answers in a list of customers; doubt them where no day says when they were given."""
    free = [c for c in lists.found if c.n and c not in lists.columns.values()]
    told = [c for c in free if re.search(_ASKED, c.called)]
    made = guess([whose, *told], "responses", lists.files)
    score = next((made.columns[ours] for ours in SCORES if ours in made.columns), None)
    if score is None:
        return None
    if "answered_at" not in made.columns:
        ours = "nps" if made.columns.get("nps") is score else "csat"
        lists.doubt(
            f"'{score.name}' holds answers and no day says when they were given: it is kept as it "
            "is, and no score is made of it. List the file again under responses to have "
            f"{would_be(ours, score)}.",
            0.5,
            "attributes",
        )
        return None
    made.columns["customer_id"] = whose
    if score.filled < 1:
        made.said["where"] = {score.name: {"filled": True}}
    return made


def _customers(answers: Guess, whose: Profile) -> Guess | None:
    """Find who left in a file of answers."""
    free = [c for c in answers.found if c.n and c not in answers.columns.values()]
    words = [word for word in WORDS["customers"] if word.ours in _LIFE]
    told = {c.name: c for word in words for c in fits(free, word)}
    made = guess([whose, *told.values()], "customers", answers.files)
    if not {"churned_at", "churned"} & made.columns.keys():
        return None
    made.columns["customer_id"] = whose
    return made


def _ids(column: Profile) -> pd.Index:
    return pd.Index(to_id(column.counts.index.to_series()).values.dropna())


def _met(seen: pd.Index, known: pd.Index) -> float:
    return float(seen.isin(known).mean()) if len(seen) else 1.0


def _best_column(lists: Guess, made: Guess) -> Profile:
    """Find the column whose ids meet the list best; the one named so, where it meets as well."""
    taken = made.columns["customer_id"]
    known = _ids(lists.columns["customer_id"])
    free = [c for c in made.found if c is taken or c in made.left() or c.name in made.unused]
    met = {c.name: _met(_ids(c), known) for c in free if c.n and len(c.counts) > 1}
    best = max(free, key=lambda c: (round(met.get(c.name, 0.0), 2), c is taken, c.name))
    return best if met.get(best.name, 0) > met.get(taken.name, 0) + 0.5 else taken


def _exchange(made: Guess, best: Profile) -> None:
    made.unused[made.columns["customer_id"].name] = "its values are not those of the customer list"
    made.unused.pop(best.name, None)
    for part in (made.segments, made.attributes):
        for key in [key for key, column in part.items() if column is best]:
            part.pop(key)
    made.columns["customer_id"] = best
