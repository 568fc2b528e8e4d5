"""What a draft would otherwise pass over in silence: columns it cannot use as they stand."""

import re
from collections import Counter

from cxlab.codebook import COLUMNS
from cxlab.drafting.answers import (
    FEWEST,
    MOSTLY,
    asked_here,
    is_named,
    looks_read,
    marked,
    one_ladder,
    one_or_two,
    one_scale,
    points_as_columns,
    weighted,
)
from cxlab.drafting.doubts import would_be
from cxlab.drafting.guesses import SCORES, Guess, last_seen
from cxlab.drafting.lexicon import ENDED, FIRM, NO_WHO, STATUS, WORDS
from cxlab.drafting.profiles import MOST_VALUES, Profile, folded, is_coded
from cxlab.drafting.roles import WHEN, moments_of
from cxlab.drafting.sums import (
    discounted,
    other_sums,
    paid_here,
    priced_of,
    summed,
    unlike_fees,
    unpriced,
)
from cxlab.drafting.tables import is_who
from cxlab.ingest import GROUP
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


def overlooked(made: Guess) -> None:
    """Doubt aloud what is left out although heading or values say what it may be."""
    taken = {id(column) for column in (*made.columns.values(), *made.ratings.values(), *made.asked)}
    left = [column for column in made.found if column.n and id(column) not in taken]
    told = _by_period(made, left) | _by_heading(made, left)
    _months_as_columns(made, [column for column in left if id(column) not in told])
    points_as_columns(made)
    _waves(made)
    _two_ends(made)
    _cut_short(made, left)
    weighted(made)
    unpriced(made)
    summed(made)
    asked_here(made)
    paid_here(made)
    unlike_fees(made)
    one_or_two(made)
    _leave_here(made)
    _seldom_dated(made)
    other_sums(made)
    discounted(made)
    _several_rows(made)
    _never_ended(made)
    _ends_of_some(made)
    _turned(made)
    _question_a_row(made)
    looks_read(made)
    one_ladder(made)
    one_scale(made)
    _whose(made)
    _firm_or_person(made)
    _stays(made)
    marked(made)


def _never_ended(made: Guess) -> None:
    """Doubt spells without an end, where those who are not in the last list have left."""
    who = made.columns.get("customer_id")
    if made.table != "subscriptions" or who is None or who.distinct > 0.97:
        return
    seen = "" if {"ended_at", "status"} & made.columns.keys() else last_seen(made, who)
    if seen:
        made.doubt(
            f"no column says when a spell ended, and '{who.name}' repeats: {len(who.counts):,} "
            f"customers in {who.n:,} rows, as where a list is written each month.{seen} Nobody is "
            "known to have left. Export a row for each spell, with the day on which it ended.",
            0.95,
            "columns",
            "ended_at",
        )


def _by_heading(made: Guess, left: list[Profile]) -> set[int]:
    """Doubt columns named like one of ours whose values cannot be read as such."""
    told: set[int] = set()
    for word in WORDS[made.table]:
        kind = COLUMNS[made.table].get(word.ours, "")
        if kind not in _WHAT or word.ours in made.columns:
            continue
        for column in left:
            if id(column) in told or not is_named(column, word) or column.kind in word.kinds:
                continue
            figures = column.counts.index.str.contains(r"\d", regex=True)
            if figures.mean() < MOSTLY or column.kind in ("empty", "flag", "scale"):
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
    if len(found) < FEWEST:
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


_SOME = 0.02  # of the rows, those that have such a day, and those that have another
_NEVER = r"(?<!\d)(?:209\d|2[1-9]\d\d|[3-9]\d{3})(?!\d)"


def _ends_of_some(made: Guess) -> None:
    """Doubt a column that holds a day for some and for the others one that never comes."""
    ours = {"customers": "churned_at", "subscriptions": "ended_at"}.get(made.table)
    if ours is None or {ours, "churned"} & made.columns.keys():
        return
    for column in made.found:
        if column.moments is None or column in made.columns.values():
            continue
        never = made.raw(column).str.contains(_NEVER)
        days = moments_of(made, "", column).dropna()
        if not _SOME <= never.mean() <= 1 - _SOME or len(days) < FEWEST:
            continue
        made.doubt(
            f"'{column.name}' holds a day that never comes, such as "
            f"'{made.raw(column)[never].iloc[0]}', in {count(int(never.sum()))} of "
            f"{count(made.files.rows, 'row')}, and a day in {count(len(days))}, up to "
            f"{days.max():%Y-%m-%d}: if those left then, write '{ours}: {column.name}' and an "
            "as_of no earlier. Until then nobody is known to have left.",
            0.95,
            "columns",
            ours,
        )
        return


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
        if len(other) < FEWEST:
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
_FEW_ROWS, _ALIKE = 50, 8  # of a turned table: its rows at most, its columns at least
_TURNED = re.compile(r"(\D{1,20})\d{1,4}")


def _turned(made: Guess) -> None:
    """Doubt a table whose rows are questions and whose columns are those who answered."""
    first, *others = made.found
    stems = Counter(found[1] for c in others if (found := _TURNED.fullmatch(c.name)))
    most = max(stems.values(), default=0)
    few = made.files.rows < len(others) and made.files.rows <= _FEW_ROWS
    if not few or most < max(_ALIKE, 0.8 * len(others)) or first.distinct < 1 or first.numbers:
        return
    made.doubt(
        f"{most:,} columns are called '{others[0].name}' and the like, and the {made.files.rows:,} "
        f"rows '{first.example[:40]}' and the like: the table seems turned, with a question in "
        "each row, and every number made of it is wrong. Turn it (in Excel: paste special, "
        "transpose).",
        2.0,
        "files",
    )


_ASKED = re.compile(r"question|frage|pregunta|vraag|pergunta|domanda")
_SCORED = re.compile(r"\b(?:nps|csat|ces|recommend|satisf\w*)\b")


def _question_a_row(made: Guess) -> None:
    """Doubt rows of which each is an answer to one question, and none says whose they are."""
    if made.files.long:
        return
    for column in made.found:
        words = [folded(word) for word in column.counts.index]
        told = _ASKED.search(column.called) or any(map(_SCORED.search, words))
        even = 1 < len(words) <= MOST_VALUES and column.counts.min() > 0.2 * column.counts.max()
        if column.kind != "category" or not told or not even or made.table == "responses":
            continue
        made.doubt(
            f"'{column.name}' holds {listing([repr(w) for w in column.counts.index], 4)}: a row "
            f"seems to be an answer to one question, and no column alone says which of "
            f"{made.files.rows:,} rows are one questionnaire's. Add one that does (who and when "
            "together), and draft again; until then answers to unlike questions are added up.",
            2.0,
            "files",
        )
        return


def _whose(made: Guess) -> None:
    """Doubt orders and contacts of nobody, where an id that repeats is left."""
    if made.table not in ("orders", "interactions") or "customer_id" in made.columns:
        return
    used = set(map(id, made.columns.values()))
    for column in made.found:
        repeats = column.kind in ("id", "email") and 0.02 < column.distinct < 0.9
        repeats = repeats or column.name == GROUP
        filled = column.filled >= 0.9 or column.name == GROUP
        if not repeats or id(column) in used or not filled:
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


def _firm_or_person(made: Guess) -> None:
    """Doubt firms taken for customers, where an address says which person it was."""
    who = made.columns.get("customer_id")
    if who is None or not re.search(FIRM, who.called) or made.table == "customers":
        return
    for column in made.found:
        told = any(f"'{column.name}'" in doubt.text for doubt in made.doubts)
        if column.kind != "email" or len(column.counts) <= len(who.counts) or told:
            continue
        made.doubt(
            f"'customer_id' is read from '{who.name}' ({would_be('customer_id', who)}); it might "
            f"also be '{column.name}' ({would_be('customer_id', column)}).",
            0.3,
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


_ENDED = {"churned", "churned_at", "ended_at", "status"}
_ENDS = re.compile(rf"(?!.*\b(?:clos|solved|resolved)){ENDED}")
_LEAVES = re.compile(rf"\b(?:{ENDED})")


def _leave_here(made: Guess) -> None:
    """Doubt rows of which a word or a day says that somebody left: nobody is known to."""
    if made.table in ("responses", "reviews") or _ENDED & made.columns.keys():
        return
    for column in made.found:
        gone = column.moments is not None and 0.02 < column.filled < 0.9
        gone = gone and column not in made.columns.values() and bool(_ENDS.search(column.called))
        gone = gone and made.table not in ("customers", "subscriptions")  # doubted there already
        if gone and column.name not in made.said.get("where", {}):
            made.doubt(
                f"'{column.name}' holds a day in {column.n:,} of {column.rows:,} rows: if people "
                "left then, list the file again under customers or subscriptions; until then "
                "nobody is known to have left.",
                0.5,
                "columns",
            )
            return
    if made.table == "orders":
        return
    who = made.columns.get("customer_id")
    for column in made.found:
        words = [word for word in column.counts.index if _LEAVES.search(folded(word))]
        if column.kind not in ("category", "flag") or not 0 < len(words) < len(column.counts):
            continue
        if len(column.counts) > MOST_VALUES or re.search(STATUS, column.called):
            continue
        if any(f"'{column.name}'" in doubt.text for doubt in made.doubts):
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


def _several_rows(made: Guess) -> None:
    """Doubt a list of customers in which an address or a name comes in several rows."""
    who = made.columns.get("customer_id")
    if made.table != "customers" or (who and (who.distinct < 1 or is_who(who))):
        return
    for column in made.found:
        keyed = re.search(_KEY, column.called) and not re.search(NO_WHO, column.called)
        coded = keyed and len(column.counts) > MOST_VALUES and is_coded(column.counts.index)
        named = column.kind == "email" or re.search(FIRM, column.called) or is_who(column) or coded
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


_KEY = r"\b(?:id|no|nr|number|nummer|code|key|ref)$"


def _cut_short(made: Guess, left: list[Profile]) -> None:
    """Doubt ids that a spreadsheet wrote as powers of ten: their last figures are lost."""
    for column in left:
        powers = column.counts.index.str.fullmatch(r"\d[.,]\d+[Ee]\+?\d{2}")
        if powers.mean() < MOSTLY or column.name in made.said.get("where", {}):
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
