"""What a draft would otherwise pass over in silence: columns it cannot use as they stand."""

import re
from collections import Counter

import numpy as np
import pandas as pd

from cxlab.codebook import COLUMNS
from cxlab.drafting.doubts import mean, would_be
from cxlab.drafting.guesses import SCORES, Guess
from cxlab.drafting.lexicon import ENDED, FIRM, NO_RATING, STATUS, WORDS, Word
from cxlab.drafting.profiles import MOST_VALUES, Profile, folded
from cxlab.drafting.roles import WHEN, moments_of
from cxlab.drafting.scales import read_scale
from cxlab.drafting.tables import counts_rows, fits, is_money, is_who
from cxlab.results import count, listing

_MONTH = re.compile(
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mrz|mai|okt|dez|ene|abr|ago|dic|fev|avr|"
    r"juin|juil|aou)[a-z]* ?(?:(?:19|20)?\d\d)?|(?:19|20)\d\d ?(?:0?[1-9]|1[0-2])|"
    r"(?:0?[1-9]|1[0-2]) (?:19|20)\d\d|(?:q[1-4]|[1-4]q) (?:19|20)?\d\d|(?:19|20)\d\d ?q[1-4]"
)
_PERIOD = re.compile(
    r"(?:19|20)\d\d\W{0,2}(?:Q|W|KW|T|H|S)\W?\d{1,2}|"
    r"(?:Q|W|KW|T|H|S|Week|Woche|Quarter|Semaine|Semana)\W{0,2}\d{1,2}\W{1,3}(?:(?:19|20)?\d\d)",
    re.IGNORECASE,
)
_WHAT = {"time": "dates", "number": "numbers", "duration": "lengths of time"}
_FEWEST, _MOSTLY = 3, 0.9
_POINTS = 8  # columns, headed 0 to 10, that are the points of one question


def overlooked(made: Guess) -> None:
    """Doubt aloud what is left out although heading or values say what it may be."""
    taken = {id(column) for column in (*made.columns.values(), *made.ratings.values(), *made.asked)}
    left = [column for column in made.found if column.n and id(column) not in taken]
    told = _by_period(made, left) | _by_heading(made, left)
    _months_as_columns(made, [column for column in left if id(column) not in told])
    _points_as_columns(made)
    _waves(made)
    _two_ends(made)
    _cut_short(made, left)
    _weighted(made)
    _unpriced(made)
    _summed(made)
    _asked_here(made)
    _paid_here(made)
    _one_or_two(made)
    _leave_here(made)
    _seldom_dated(made)
    _other_sums(made)
    _several_rows(made)
    _turned(made)
    _looks_read(made)
    _one_ladder(made)
    _one_scale(made)
    _whose(made)
    _stays(made)
    _marked(made)


def _by_heading(made: Guess, left: list[Profile]) -> set[int]:
    """Doubt columns named like one of ours whose values cannot be read as such."""
    told: set[int] = set()
    for word in WORDS[made.table]:
        kind = COLUMNS[made.table].get(word.ours, "")
        if kind not in _WHAT or word.ours in made.columns:
            continue
        for column in left:
            if id(column) in told or not _is_named(column, word) or column.kind in word.kinds:
                continue
            figures = column.counts.index.str.contains(r"\d", regex=True)
            if figures.mean() < _MOSTLY or column.kind in ("empty", "flag", "scale"):
                continue
            told.add(id(column))
            made.doubt(
                f"'{column.name}' is named like {word.ours}, and its values "
                f"('{column.example[:40]}') are not read as {_WHAT[kind]}, so that "
                f"{count(column.n, 'row')} {'has' if column.n == 1 else 'have'} none. Export it "
                "in a plain form, then map it.",
                0.5,
                "columns",
                word.ours,
            )
            break
    return told


def _is_named(column: Profile, word: Word) -> bool:
    return not re.search(word.never, column.called) and any(
        re.search(tier, column.called) for tier in word.tiers[:2]
    )


def _by_period(made: Guess, left: list[Profile]) -> set[int]:
    """Doubt columns of weeks or quarters: nothing here is dated by them."""
    told = set()
    for column in left:
        shown = column.counts.index.to_series()
        if len(shown) > 1 and shown.map(lambda cell: bool(_PERIOD.fullmatch(cell))).all():
            told.add(id(column))
            made.doubt(
                f"'{column.name}' ('{column.example}') holds weeks or quarters and no days, and "
                f"dates none of {count(column.n, 'row')}. Export the day, or the first of each.",
                0.6,
                "columns",
            )
    return told


def _months_as_columns(made: Guess, left: list[Profile]) -> None:
    """Doubt a table that has a column for each month: of time, it holds nothing."""
    found = [c for c in left if c.numbers and _MONTH.fullmatch(c.called)]
    if len(found) < _FEWEST:
        return
    total = sum(number * rows for c in found for number, rows in c.tally().items())
    made.doubt(
        f"{len(found)} columns are months ({listing([c.name for c in found], 3)}) and add up to "
        f"{total:,.2f}; nothing is made of them. Bring them into rows, with a column for the month "
        "and one for the value, to have them counted over time.",
        0.9,
        "attributes",
    )


_NAMED_MONTH = (
    r"jan(?:uary|uar|vier)?|ene(?:ro)?|fe[bv](?:ruary|ruar|rier|rero)?|mar(?:ch|s|zo|z)?|mrz|apr(?:il)?|"
    r"avr(?:il)?|abr(?:il)?|ma[yi]|mayo|jun[ei]?|juin|junio|jul[yi]?|juillet|julio|aug(?:ust)?|aout|"
    r"ago(?:sto)?|sept?(?:ember|embre|iembre)?|o[ck]t(?:ober|obre|ubre)?|nov(?:ember|embre|iembre)?|"
    r"de[czs](?:ember|embre|iembre)?|dic(?:iembre)?"
)
_WHEN = re.compile(
    rf"\b(?:(?:{_NAMED_MONTH}) ?(?:(?:19|20)?\d\d)?|q[1-4] (?:19|20)\d\d|(?:19|20)\d\d q[1-4]|"
    r"(?:19|20)\d\d(?: (?:0?[1-9]|1[0-2]))?|(?:wave|welle|vague|ola|golf|onda) ?\d{1,2})\b"
)


def is_period(word: str) -> bool:
    """Say whether a folded word is a month, a quarter, a year or a wave."""
    return bool(_WHEN.fullmatch(word)) or word.replace(" ", "").isdigit()


def _waves(made: Guess) -> None:
    """Doubt one question that has a column for each wave: only one of them is the score."""
    asked = {ours: c for ours, c in made.columns.items() if ours in SCORES} | made.ratings
    waves: dict[str, dict[str, Profile]] = {}
    for ours, column in asked.items():
        if _WHEN.search(column.called):
            stem = _WHEN.sub("", column.called).strip()
            waves.setdefault(stem, {})[ours] = column
    for stem, columns in waves.items():
        if not stem or len(columns) < 2:
            continue
        score = next((ours for ours in columns if ours in SCORES), None)
        numbers = [f"'{c.name}' ({would_be(score or 'csat', c)})" for c in columns.values()]
        kept = f"only '{columns[score].name}' is read" if score else "each is a rating of its own"
        for ours in [ours for ours in columns if score and ours != score]:
            made.drop(ours, "the same question in another wave")
        made.doubt(
            f"{listing(sorted(numbers), 6)} are one question in {len(columns)} waves, and {kept}. "
            "Bring them into rows, with a column for when and one for the answer, to count all.",
            0.9,
            "columns",
            score or "ratings",
        )


_MORE_ENDS = re.compile(rf"{ENDED}|expir|\bend(?:s|ed)?\b|\bende\b|\bfin\b|until")
_NO_END = re.compile(r"trial|current|period|next|renew|reason|birth")


def _two_ends(made: Guess) -> None:
    """Doubt a day of leaving beside which another column holds a later or an earlier one."""
    ours = "churned_at" if made.table == "customers" else "ended_at"
    taken = made.columns.get(ours)
    if taken is None:
        return
    mine = moments_of(made, ours, taken)
    for column in made.found:
        if column is taken or column.moments is None or column in made.columns.values():
            continue
        if not _MORE_ENDS.search(column.called) or _NO_END.search(column.called):
            continue
        days = (moments_of(made, "", column) - mine).dt.total_seconds().dropna() / 86_400
        other = days[days.abs() >= 1]
        if len(other) < _FEWEST:
            continue
        apart = float(other.median())
        made.doubt(
            f"'{ours}' is read from '{taken.name}' ({count(taken.n, 'row')}); '{column.name}' "
            f"holds another day in {len(other):,} of them, {abs(apart):,.0f} days "
            f"{'later' if apart > 0 else 'earlier'} in the middle. If people are there until "
            f"then, write '{ours}: {column.name}'.",
            0.6,
            "columns",
            ours,
        )
        return


_ASKED = r"satisf|zufrieden|\brat(?:ed|ing)\b|\bscore\b|\bstars\b|\bnote\b|bewertung"
_NO_ASKED = r"health|credit|lead|risk|fraud|engag|propens|quality"


def _asked_here(made: Guess) -> None:
    """Doubt answers that stand in a table of other things and are not read."""
    if made.table in ("responses", "reviews"):
        return
    used = set(map(id, made.columns.values()))
    words = [word for word in WORDS["responses"] if word.ours in SCORES]
    for column in made.found:
        if id(column) in used or any(
            f"'{column.name}' holds answers" in d.text for d in made.doubts
        ):
            continue
        if _is_verdict(made, column):
            return
        if not (tally := _points_of(column)):
            continue
        if len(tally) < _FEWEST or not 0 <= min(tally) < max(tally) <= 100:
            continue
        ours = next((word.ours for word in words if fits([column], word)), "")
        judged = re.search(_ASKED, column.called) and not re.search(_NO_ASKED, column.called)
        ours = ours or ("csat" if judged and len(tally) <= _POINTS + 3 else "")
        points = len(tally) >= _POINTS and min(tally) == 0 and max(tally) == 10
        if not ours and points and not re.search(NO_RATING, column.called):
            ours = "nps"  # answered as NPS is
        if ours and made.columns.get("csat") is None:
            number = would_be(ours, column) or f"a mean of {mean(tally):.2f}"
            made.doubt(
                f"'{column.name}' holds answers ({number}), and no page reads them "
                f"in {made.table}. List the file again under responses, with '{ours}: "
                f"{column.name}'.",
                0.5,
                "columns",
            )
            return


_YES_NO = (
    r"resolved|solved|fixed|reach|gelost|resuel|resolu|\bagain\b|wieder|\b(?:did|was|were|is|are|"
)
_YES_NO += r"has|have|had|do|does|would|will) (?:you|it|we|the|your)\b|\bfcr\b"


def _one_or_two(made: Guess) -> None:
    """Doubt yes and no that are coded 1 and 2: nothing says which is which."""
    words = [word for word in WORDS[made.table] if COLUMNS[made.table].get(word.ours) == "flag"]
    used = set(map(id, made.columns.values()))
    for column in made.found:
        tally = column.tally() if id(column) not in used and column.numbers else {}
        ours = next(
            (w.ours for w in words if w.ours not in made.columns and _is_named(column, w)), ""
        )
        if set(tally) != {1, 2} or not (ours or re.search(_YES_NO, column.said)):
            continue
        made.doubt(
            f"'{column.name}' holds 1 ({tally[1]:,}) and 2 ({tally[2]:,}), as yes and no are "
            f"coded: if 1 is yes, that is {tally[1] / sum(tally.values()):.0%}, otherwise "
            f"{tally[2] / sum(tally.values()):.0%}. Write the words into the export"
            f"{f', then map it as {ours!r}' if ours else ''}; no page reads the codes.",
            0.4,
            "columns",
        )


def _seldom_dated(made: Guess) -> None:
    """Doubt a day that many rows lack, as where cells of a sheet were put together."""
    ours = WHEN[made.table]
    column = made.columns.get(ours)
    if column is None:
        return
    record = made.records()
    dated = (made.raw(column) != "").to_numpy(bool)[record]
    order = made.columns.get("order_id")
    had = dated if order is None else priced_of(dated, made.raw(order)[record])
    if had.mean() >= _DATED:
        return
    runs = "; each stands above rows without one, as where cells were put together: fill it down"
    first = bool(dated[0]) and order is not None and dated.mean() < 1 - _DATED / 2
    made.doubt(
        f"'{column.name}' is empty in {int((~had).sum()):,} of {len(had):,} rows, which have no "
        f"day{runs if first else ''}.",
        0.2 + 0.7 * float((~had).mean()),
        "columns",
        ours,
    )


_DATED = 0.9  # of the rows, those that have a day

_TURNED = re.compile(r"(\D{1,20})\d{1,4}")


def _turned(made: Guess) -> None:
    """Doubt a table whose rows are questions and whose columns are those who answered."""
    first, *others = made.found
    stems = Counter(found[1] for c in others if (found := _TURNED.fullmatch(c.name)))
    most = max(stems.values(), default=0)
    few = made.files.rows < len(others) and made.files.rows <= _SHOWN // 4
    if not few or most < max(_POINTS, 0.8 * len(others)) or first.distinct < 1 or first.numbers:
        return
    made.doubt(
        f"{most:,} columns are called '{others[0].name}' and the like, and the {made.files.rows:,} "
        f"rows '{first.example[:40]}' and the like: the table seems turned, with a question in "
        "each row, and every number made of it is wrong. Turn it (in Excel: paste special, "
        "transpose).",
        2.0,
        "files",
    )


_MONTHLY = r"[^\W\d_]{3,10}\.?[ '/-]{1,2}(?:20)?\d\d"
_DAY = r"\d{1,4}[-./年] ?\d{1,2}[-./月] ?\d{1,4}"
_MEASURED = re.compile(r"(\D{0,6}?)([-+]?\d[\d.,' \u00a0\u202f]*)(\D{0,8}?)")


def _looks_read(made: Guess) -> None:
    """Doubt what looks like dates, or like numbers with a word, and is read as neither."""
    used = set(map(id, (*made.columns.values(), *made.ratings.values())))
    for column in made.found:
        shown = column.counts.index[:_SHOWN].to_series()
        told = any(f"'{column.name}'" in doubt.text for doubt in made.doubts)
        odd = column.kind in ("category", "text", "id") and not column.numbers
        if id(column) in used or not odd or told or len(shown) < _FEWEST:
            continue
        parts = [_MEASURED.fullmatch(cell.strip()) for cell in shown]
        around = {(found[1].strip(), found[3].strip()) for found in parts if found}
        dated = shown.str.contains(_DAY, regex=True) | shown.str.fullmatch(_MONTHLY)
        if dated.mean() > _MOSTLY and shown.str.len().max() < 30:
            what = "what looks like dates"
        elif all(parts) and len(around) == 1 and shown.str.contains(r"\d[.,]\d").mean() > 0.5:
            what = "numbers with a word or a sign"
        else:
            continue
        made.doubt(
            f"'{column.name}' ('{column.example}') holds {what} that are not read, in "
            f"{count(column.n, 'row')}. Export it in a plain form, then map it.",
            0.5,
            "columns",
        )


_SHOWN = 200  # values at which a column is looked


def _one_ladder(made: Guess) -> None:
    """Doubt words that several columns of answers share, as points of a scale in no known order."""
    if made.table != "responses":
        return
    used = set(map(id, (*made.columns.values(), *made.ratings.values())))
    sets: dict[frozenset[str], list[Profile]] = {}
    for column in made.found:
        few = column.kind == "category" and 3 <= len(column.counts) <= _POINTS - 1
        if few and id(column) not in used and not column.numbers and column.filled > 0.3:
            sets.setdefault(frozenset(column.counts.index), []).append(column)
    for words, columns in sets.items():
        if len(columns) < 2:
            continue
        shown = [f"'{word}' ({columns[0].counts[word]:,})" for word in columns[0].counts.index]
        first = columns[0].counts.index[0]
        made.doubt(
            f"{listing([repr(column.name) for column in columns], 4)} share "
            f"{count(len(words), 'word')}, as ratings do, in no order that is known: "
            f"{listing(shown, _POINTS)} in the first. Name them under ratings, and say under "
            f"'scales: {{ratings: {{range: 1..{len(words)}, labels: {{{first!r}: …}}}}}}' which "
            "point each stands for.",
            0.6,
            "ratings",
        )


def _one_scale(made: Guess) -> None:
    """Doubt points of a scale that stand alone among answers and are no rating, with their mean."""
    if made.table != "responses" or not set(SCORES) & made.columns.keys():
        return
    used = set(map(id, (*made.columns.values(), *made.ratings.values())))
    for column in made.found:
        tally = column.tally() if column.kind == "scale" and id(column) not in used else {}
        points = _FEWEST < len(tally) <= _POINTS + 3 and max(tally) >= _FEWEST + 2
        if not points or re.search(NO_RATING, column.called) or column.distinct > 0.9:
            continue
        if any(column.name in doubt.text for doubt in made.doubts):
            continue
        made.doubt(
            f"'{column.name}' is answered on {min(tally):g}..{max(tally):g} (a mean of "
            f"{mean(tally):.2f}) and is kept as a question. If it rates, name it under ratings, or "
            "as 'csat' or 'ces' under columns.",
            0.2,
            "ratings",
        )
        return


def _whose(made: Guess) -> None:
    """Doubt orders and contacts of nobody, where an id that repeats is left."""
    if made.table not in ("orders", "interactions") or "customer_id" in made.columns:
        return
    used = set(map(id, made.columns.values()))
    for column in made.found:
        repeats = column.kind in ("id", "email") and 0.02 < column.distinct < 0.9
        if not repeats or id(column) in used or column.filled < 0.9:
            continue
        made.doubt(
            f"no column says whose a row is; '{column.name}' ('{column.example}') comes again "
            f"({would_be('customer_id', column)}). If it does, write 'customer_id: {column.name}'; "
            "until then nothing is told of customers.",
            0.6,
            "columns",
            "customer_id",
        )
        return


_STAYS = (
    r"\brenewed\b|\bretained\b|\bstill (?:with|here|active|a )|^(?:is )?active$|^aktiv$|^actif$"
)
_NO = frozenset(["n", "no", "false", "f", "nein", "non", "0", "nee", "não"])


def _stays(made: Guess) -> None:
    """Doubt a flag that says who stayed, where nobody is known to have left."""
    if {"churned", "churned_at", "ended_at"} & made.columns.keys():
        return
    if made.table not in ("customers", "responses", "subscriptions"):
        return
    for column in made.found:
        gone = [word for word in column.counts.index if word.casefold() in _NO]
        if column.kind != "flag" or not gone or not re.search(_STAYS, column.called):
            continue
        lost = int(column.counts[gone].sum())
        made.doubt(
            f"'{column.name}' holds {listing([repr(word) for word in gone])} in {lost:,} of "
            f"{column.n:,} rows: if those have left, write it the other way round, with yes for "
            "them, as 'churned' under customers. Until then nobody is known to have left.",
            0.8,
            "columns",
        )
        return


def _marked(made: Guess) -> None:
    """Doubt a mark that some orders bear and nothing reads: they may not count."""
    amount = made.columns.get("amount")
    if made.table != "orders" or amount is None:
        return
    numbers = made.raw(amount).map(amount.numbers).astype(float)
    used = set(map(id, made.columns.values()))
    for column in made.found:
        mark = column.counts.index[0] if len(column.counts) == 1 else ""
        rule = column.name in made.said.get("where", {})
        if not 0 < len(mark) <= 4 or column.filled > 0.5 or id(column) in used or rule:
            continue
        rows = made.raw(column) == mark
        made.doubt(
            f"'{column.name}' bears '{mark}' in {int(rows.sum()):,} of {len(rows):,} rows, worth "
            f"{numbers[rows].sum():,.2f} of {numbers.sum():,.2f}, and they are counted. If they do "
            f"not count, write `where: {{{column.name}: {{filled: no}}}}`.",
            0.3,
            "where",
        )
        return


_LEAVES = re.compile(rf"\b(?:{ENDED})")


def _leave_here(made: Guess) -> None:
    """Doubt contacts or steps of which a word says that somebody left: nobody is known to."""
    if made.table not in ("interactions", "visits"):
        return
    who = made.columns.get("customer_id")
    for column in made.found:
        words = [word for word in column.counts.index if _LEAVES.search(folded(word))]
        if column.kind not in ("category", "flag") or not 0 < len(words) < len(column.counts):
            continue
        if len(column.counts) > MOST_VALUES or re.search(STATUS, column.called):
            continue
        rows = made.raw(column).isin(words)
        people = "" if who is None else f", of {made.raw(who)[rows].nunique():,} customers"
        made.doubt(
            f"'{column.name}' holds {listing([repr(word) for word in words], 4)} in "
            f"{int(rows.sum()):,} rows{people}: as steps they are counted, and nobody is known to "
            "have left. Bring the days of leaving into a list of customers, as 'churned_at'.",
            0.6,
            "columns",
        )
        return


_PAYS = {"customers": "monthly_fee", "subscriptions": "amount"}
_NO_PAY = r"balance|debt|arrears|limit|income|salary|saldo|credit|ltv|lifetime|total|discount"


def _paid_here(made: Guess) -> None:
    """Doubt money, or sums of both signs, that no column of ours reads."""
    ours = _PAYS.get(made.table, "")
    if {ours, "amount", "unit_price"} & made.columns.keys():
        return
    used = set(map(id, (*made.columns.values(), *made.ratings.values())))
    for column in made.found:
        if id(column) in used or column.filled < 0.5 or re.search(_NO_PAY, column.called):
            continue
        if not column.numbers or column.moments is not None or not _is_sum(made, column):
            continue
        settled = (
            f"If it is what each pays a month, write '{ours}: {column.name}'."
            if ours
            else f"If it was paid, write 'amount: {column.name}'."
            if made.table == "orders"
            else f"If it was paid, list the file again under orders, with 'amount: {column.name}'."
        )
        made.doubt(
            f"'{column.name}' holds {'points or ' if min(column.tally()) < 0 else ''}money "
            f"({would_be('amount', column)}), and no page reads it in {made.table}. {settled}",
            0.4,
            "columns",
            *([ours] if ours else []),
        )
        return


def _is_sum(made: Guess, column: Profile) -> bool:
    """Say whether numbers are money by their form or heading, or go both ways as in a ledger."""
    tally = column.tally()
    if made.table == "responses":  # what an account pays; other numbers are kept, and asked
        return bool(re.search(r"\b[am]rr\b|\bacv\b", column.called))
    paid = next(word for word in WORDS["orders"] if word.ours == "amount")
    named = fits([column], paid) or re.search(_PAID, column.called)
    both = min(tally) < 0 < max(tally) and len(tally) > _POINTS
    cents = column.counts.index.str.fullmatch(r"[\d.,' ]*\d[.,]\d\d").all()
    named = named or cents
    return bool(is_money(column) or both or (named and len(tally) > 1))


def _other_sums(made: Guess) -> None:
    """Doubt which of several sums of an order was paid, where another is far from the one read."""
    amount = made.columns.get("amount")
    if made.table != "orders" or amount is None:
        return
    used = set(map(id, made.columns.values()))
    mine = made.raw(amount).map(amount.numbers).astype(float).sum()
    others = []
    for column in made.found:
        if id(column) in used or not column.numbers or re.search(_NO_PAY, column.called):
            continue
        if any(f"'{column.name}'" in doubt.text for doubt in made.doubts):
            continue
        total = made.raw(column).map(column.numbers).astype(float).sum()
        if is_money(column) and total > 0.5 * mine and abs(total - mine) > 0.005 * abs(mine):
            others.append(f"'{column.name}' ({total:,.2f})")
    if others and mine > 0:
        made.doubt(
            f"'amount' is read from '{amount.name}' ({mine:,.2f}); beside it stands "
            f"{listing(others, 3)}. Write the one that customers paid.",
            0.4,
            "columns",
            "amount",
        )


def _several_rows(made: Guess) -> None:
    """Doubt a list of customers in which an address or a name comes in several rows."""
    who = made.columns.get("customer_id")
    if made.table != "customers" or (who and (who.distinct < 1 or is_who(who))):
        return
    for column in made.found:
        named = column.kind == "email" or re.search(FIRM, column.called) or is_who(column)
        if column is who or not named or column.filled < 0.9 or not 0.3 < column.distinct < 0.97:
            continue
        made.doubt(
            f"each of {made.files.rows:,} rows counts as a customer, and '{column.name}' names "
            f"{len(column.counts):,}: a row seems to be a contract or an account, of which some "
            f"have several. If so, write them as subscriptions, with 'customer_id: {column.name}'.",
            0.6,
            "columns",
            "customer_id",
        )
        return


_PAID = r"proceeds|pledge|\bfee\b|charge\b|beitrag|premium|\bdues\b|\brent\b"


_VERDICT = r"feedback|thumb|helpful|\brat(?:ed|ing)\b|satisf|zufrieden|hilfreich|\bvote"


def _is_verdict(made: Guess, column: Profile) -> bool:
    """Doubt two or three words by which people judged, such as thumbs, and nothing reads."""
    few = column.kind in ("category", "flag") and 2 <= len(column.counts) <= 3
    if not few or not re.search(_VERDICT, column.called) or made.columns.get("csat") is not None:
        return False
    shown = [f"'{word}' ({rows:,})" for word, rows in column.counts.items()]
    made.doubt(
        f"'{column.name}' holds {listing(shown)}, and no page reads them in {made.table}. If "
        "people judged so, write yes and no, or points, and map it as 'csat'.",
        0.4,
        "columns",
    )
    return True


def _points_of(column: Profile) -> dict[float, int]:
    """Count the points of a column, also where words in a known order stand for them."""
    if column.numbers:
        return column.tally()
    reading = read_scale([column]) if column.kind == "category" else None
    points: Counter[float] = Counter()
    for word, rows in column.counts.items():
        if reading and word in reading.labels:
            points[reading.labels[word]] += int(rows)
    return dict(points)


def _cut_short(made: Guess, left: list[Profile]) -> None:
    """Doubt ids that a spreadsheet wrote as powers of ten: their last figures are lost."""
    for column in left:
        powers = column.counts.index.str.fullmatch(r"\d[.,]\d+[Ee]\+?\d{2}")
        if powers.mean() < _MOSTLY or column.name in made.said.get("where", {}):
            continue
        made.doubt(
            f"'{column.name}' holds '{column.example}' and the like in {count(column.n, 'row')}: "
            f"a spreadsheet cut long ids short, {count(len(column.counts), 'different one')} "
            f"{'is' if len(column.counts) == 1 else 'are'} left, and nothing is matched by them. "
            "Export it again with this column as text.",
            0.9,
            "columns",
            "customer_id",
        )


def _points_as_columns(made: Guess) -> None:
    """Doubt a score of which each point is a column with a mark in it, and give its number."""
    points: dict[int, Profile] = {}
    for column in made.found:
        figure = re.fullmatch(r"(\d{1,2})(?: .*)?", column.called)
        if figure and column.n and len(column.counts) == 1:
            points.setdefault(int(figure[1]), column)
    marked = sum(column.n for column in points.values())
    if len(points) < _POINTS or max(points) > 10 or not 0 < marked <= made.files.rows:
        return
    high = sum(column.n for point, column in points.items() if point > 8)
    low = sum(column.n for point, column in points.items() if point < 7)
    made.doubt(
        f"columns '{points[min(points)].name}' to '{points[max(points)].name}' hold one mark a "
        f"row, as the points of one question do: as NPS it would be "
        f"{100 * (high - low) / marked:.1f} "
        f"on {count(marked, 'answer')}. Export it in one column (condensed, with values).",
        1.0,
        "columns",
        "nps",
    )


def _weighted(made: Guess) -> None:
    """Doubt a column taken for weights, with the number without them."""
    weight = made.columns.get("weight")
    scores = [made.columns[ours] for ours in SCORES if ours in made.columns]
    score = next(iter(scores), None)
    if weight is None or score is None or not (weight.numbers and score.numbers):
        return
    worth = made.raw(weight).map(weight.numbers).astype(float)
    points = made.raw(score).map(score.numbers).astype(float)
    if score is made.columns.get("nps"):
        groups = (points > 8).astype(float) - (points < 7)
        points = 100 * groups.where(points.between(0, 10))
    known = points.notna() & worth.notna()
    if worth[known].nunique() < 2:
        return
    with_ = float((points * worth)[known].sum() / worth[known].sum())
    made.doubt(
        f"'{weight.name}' is taken for weights: with them '{score.name}' is {with_:.2f}, without "
        f"{float(points[known].mean()):.2f}. Take the line out if it is something else.",
        0.5,
        "columns",
        "weight",
    )


def _summed(made: Guess) -> None:
    """Doubt rows that seem to be sums: each is counted as one of what it adds up."""
    nobody = made.table == "customers" and "customer_id" not in made.columns
    used = set(map(id, made.columns.values()))
    fit = [c for c in made.found if counts_rows(c, "" if nobody else made.table)]
    fit = [column for column in fit if id(column) not in used]
    single = made.table == "responses" and {"response_id", "customer_id"} & set(made.columns)
    if single or not fit:
        return
    total = sum(n * rows for n, rows in fit[0].tally().items())
    said = f"'{fit[0].name}' adds up to {total:,.0f} over {count(fit[0].n, 'row')}"
    if nobody:
        made.doubt(
            f"no column names a customer, and {said}: the rows look like sums, of which nothing "
            "is made. Export what was counted, a row each.",
            0.95,
        )
        return
    made.doubt(
        f"{said}: the rows look like sums, and each counts as one of the {made.table}. Export "
        "what was counted, a row each, where their number matters.",
        0.7,
    )


def _unpriced(made: Guess) -> None:
    """Doubt orders of which no row has an amount: they count as orders and are worth nothing."""
    amount = made.columns.get("amount")
    if amount is None or made.table != "orders" or not amount.numbers:
        return
    record = made.records()
    priced = made.raw(amount).isin(list(amount.numbers)).to_numpy(bool)[record]
    order = made.columns.get("order_id")
    parts = made.raw(order)[record] if order is not None else None
    whole = priced if parts is None else priced_of(priced, parts)
    empty = int((~whole).sum())
    if empty < _FEWEST or empty < 0.01 * len(whole):
        return
    cells = made.raw(amount)[record][~priced]
    words = [word for word in cells.unique() if word]
    shown = f" ({listing([repr(word) for word in words], 3)})" if words else ""
    made.doubt(
        f"'{amount.name}' holds no number in {empty:,} of {len(whole):,} rows{shown}: they count "
        "as orders and add nothing to what was spent. If they are none, leave them out by "
        f"`where: {{{amount.name}: {{filled: yes}}}}`.",
        empty / len(whole),
        "columns",
        "amount",
    )


def priced_of(priced: np.ndarray, order: pd.Series) -> np.ndarray:
    """Say which rows belong to an order of which any row has an amount."""
    return pd.Series(priced).groupby(order.to_numpy()).transform("any").to_numpy(bool)
