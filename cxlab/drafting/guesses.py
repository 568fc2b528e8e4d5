"""Which column of ours might this be? Guessed from its name, its wording and its values."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from cxlab.cleaning.convert import LEFT, STAYED
from cxlab.codebook import COLUMNS
from cxlab.drafting import asked
from cxlab.drafting.doubts import Doubt, mean, would_be
from cxlab.drafting.lexicon import (
    NO_RATING,
    NO_SEGMENT,
    PERSONAL,
    PLANNED,
    STATUS,
    TECHNICAL,
    WHO_ALONE,
    WORDS,
    Word,
)
from cxlab.drafting.profiles import MOST_VALUES, Profile, folded, stem_of, telling
from cxlab.drafting.profiles import joined as named
from cxlab.drafting.roles import moments_of, settled, written
from cxlab.drafting.scales import (
    GROUPS,
    NO_ANSWER,
    ORDERS,
    Reading,
    low_is_good,
    read_scale,
    tallied,
)
from cxlab.drafting.tables import FELT, Files, counts_rows, fits, is_brief, is_money, is_numbered
from cxlab.drafting.vendors import aliases
from cxlab.questionnaire.cells import Column
from cxlab.results import listing

SCORES = ("nps", "csat", "ces")
_OWN_ID = {
    "responses": "response_id",
    "customers": "customer_id",
    "orders": "order_id",
    "interactions": "interaction_id",
    "reviews": "review_id",
    "subscriptions": "subscription_id",
}
_FIXED = {"nps": (0.0, 10.0)}
_FEWEST = 5  # rows of each word of a status
_SEGMENTS = 4  # more segments than this are attributes
_PARTS = 3  # columns of one question that make a battery
_PART = re.compile(r"(.{3,}?)\s*(?:\[.+\]| - .+| >> .+)$", re.DOTALL)  # 'How was [Delivery]'
# 'Satisfaction with delivery' beside 'Satisfaction with support'
_WITH = re.compile(r"^(?:satisfa\w+|zufriedenheit|tevredenheid|soddisfazione) "
                   r"(?:with|mit|avec|con|com|met|du|des?|della?|de la) ")  # fmt: skip
_RATES = r"\brat(?:e|ed|ing)s?\b|satisf|zufrieden|bewert|tevreden|soddisf"
# what some files of a table may have alone: how it ended, and what was not asked before
_PARTLY = {"churned_at", "churn_reason", "ended_at", "closed_at", "returned_at", "nps", "csat",
           "ces", "comment"}  # fmt: skip
_STAFF = 0.05  # different names for each row
_MANY = 20  # answers from which a score tells its scale


@dataclass(eq=False)
class Guess:
    """What the study file might say about one table.

    Attributes:
        table, files, found: which table, its exports, its columns.
        columns, ratings, segments, attributes: our name -> the column.
        unused: heading -> why it is not used.
        scales: score or rating -> how it is read; `ratings` stands for all of them.
        formats: column of ours -> form of its dates.
        said: further words of the study file, such as `where` or `decimal`.
        asked: columns of questions under `questions`.
        doubts: what is unsure.
        read: heading -> its cells, as those of a question, once they were looked at.
    """

    table: str
    files: Files
    found: list[Profile]
    columns: dict[str, Profile] = field(default_factory=dict)
    ratings: dict[str, Profile] = field(default_factory=dict)
    segments: dict[str, Profile] = field(default_factory=dict)
    attributes: dict[str, Profile] = field(default_factory=dict)
    unused: dict[str, str] = field(default_factory=dict)
    scales: dict[str, Reading] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    asked: list[Profile] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    read: dict[str, Column] = field(default_factory=dict)

    def line(self, *words: str) -> str:
        """Name a line of the study file."""
        return ".".join(("tables", self.table, *words))

    def doubt(self, text: str, weight: float, *words: str) -> None:
        """Book what is unsure; `weight` is the part of the answer it could change."""
        self.doubts.append(Doubt(f"{self.files.name}: {text}", weight, self.line(*words)))

    def holds(self) -> bool:
        """Say whether anything of the table is mapped."""
        parts = (self.columns, self.ratings, self.segments, self.attributes)
        return any(parts) or bool(self.said.get("questions"))

    def left(self) -> list[Profile]:
        """Give the columns that have no place yet."""
        placed = {
            id(c)
            for part in (self.columns, self.ratings, self.segments, self.attributes)
            for c in part.values()
        } | {id(c) for c in self.asked}
        return [c for c in self.found if id(c) not in placed and c.name not in self.unused]

    def raw(self, column: Profile) -> pd.Series:
        """Give the cells of a column as they stand, of all files."""
        cells = [
            _stripped(grid.cells[str(grid.header.names.index(column.name))])
            if column.name in grid.header.names
            else pd.Series("", range(len(grid.lines)), dtype="str")
            for grid in self.files.grids
        ]
        return cells[0] if len(cells) == 1 else pd.concat(cells, ignore_index=True)

    def records(self) -> np.ndarray:
        """Say which rows are records, and no total or torn line."""
        damage = [pd.Series(grid.damage, range(len(grid.lines)), dtype=object)
                  for grid in self.files.grids]  # fmt: skip
        return np.concatenate(damage) == ""

    def release(self, column: Profile) -> None:
        """Take a column out of segments, attributes and what is not used, for another use."""
        for part in (self.segments, self.attributes):
            for key in [key for key, taken in part.items() if taken is column]:
                part.pop(key)
        self.unused.pop(column.name, None)

    def drop(self, ours: str, why: str) -> None:
        """Take a column out again, and say why."""
        for part in (self.columns, self.ratings, self.segments, self.attributes):
            if ours in part:
                self.unused[part.pop(ours).name] = why
        for said in ("ids", "split"):
            self.said.get(said, {}).pop(ours, None)
            if said in self.said and not self.said[said]:
                self.said.pop(said)
        self.scales.pop(ours, None)
        self.formats.pop(ours, None)


def _stripped(cells: pd.Series) -> pd.Series:
    """Give cells as text without the blanks around them, each value looked at once."""
    if isinstance(cells.dtype, pd.CategoricalDtype) and not cells.hasnans:
        words = cells.cat.categories.astype("str").str.strip()
        return pd.Series(words.take(cells.cat.codes))
    return cells.astype("str").str.strip().reset_index(drop=True)


def guess(found: list[Profile], table: str, files: Files) -> Guess:
    """Guess the place of every column.

    Args:
        found: the columns of the files.
        table: which table they are.
        files: the exports.
    """
    made = Guess(table, files, found)
    usual = set(files.grids[0].header.usual.values())
    everywhere = files.everywhere()
    for column in found:
        if column.name in usual:
            made.unused[column.name] = "read as such in every export of this kind"
        elif column.kind == "empty":
            made.unused[column.name] = "empty"
    if files.long:
        made.said |= {"question": files.long["question"], "answer": files.long["answer"]}
        made.columns["response_id"] = next(c for c in found if c.name == files.long["id"])
    if files.sheets:
        several = "*" if files.whole else files.sheets
        made.said["sheet"] = files.sheets[0] if len(files.sheets) == 1 else several
    _by_vendor(made)
    if table == "responses":
        _labels_beside(made)
    for word in WORDS[table]:
        if word.ours in COLUMNS[table] and word.ours not in made.columns:
            _by_word(made, word)
    if table == "responses" and not set(SCORES) & set(made.columns):
        _only_one(made)
    _scores(made)
    if table == "responses":
        _batteries(made)
    for column in made.left():
        if column.name not in everywhere:
            made.unused[column.name] = "not in every file"
    settled(made)
    if table == "customers" and "customer_id" not in made.columns and not _told_monthly(made):
        _repeats(made)
    ended = made.columns.get("churned_at") or made.columns.get("churned")
    for column in made.left():
        words = set(map(folded, column.counts.index))
        if "nps" in made.columns and len(words) > 1 and words <= set(GROUPS):
            made.unused[column.name] = f"the groups of '{made.columns['nps'].name}'"
        if ended and _tells_who_left(made, column, ended):
            made.unused[column.name] = f"says who left, as '{ended.name}' does"
    if table == "responses":
        asked.questions(made)
    written(made)
    _undated(made)
    _segments(made)
    _rest(made)
    if table == "responses":
        asked.joined(made)
    return made


# ---------------------------------------------------------------- columns of ours


def _by_vendor(made: Guess) -> None:
    vendor = made.files.vendor
    if not vendor:
        return
    by_name = {alias: column for column in made.left()[::-1] for alias in aliases(column.name)}
    for ours, names in vendor.columns.items():
        fit = next((by_name[name] for name in names if name in by_name), None)
        if ours in COLUMNS[made.table] and fit and _bears(made, ours, fit) and fit in made.left():
            made.columns[ours] = fit
    for column in made.left():
        if why := next((vendor.unused[a] for a in aliases(column.name) if a in vendor.unused), ""):
            made.unused[column.name] = why


def _labels_beside(made: Guess) -> None:
    """Find columns of words that say again what codes in another one do: they are its labels."""
    few = [c for c in made.left() if _PARTS <= len(c.counts) <= MOST_VALUES]
    coded = {tuple(sorted(c.counts)): c for c in few
             if c.kind == "scale" and c.counts.index.str.fullmatch(r"-?\d+").all()}  # fmt: skip
    for column in [c for c in few if c.kind == "category" and not c.numbers]:
        code = coded.get(tuple(sorted(column.counts)))
        if code is None or column.n < _MANY:
            continue
        if not set(column.called.split()) & set(code.called.split()) and not read_scale([column]):
            continue
        pairs = pd.DataFrame({"code": made.raw(code), "word": made.raw(column)}).drop_duplicates()
        pairs = pairs[pairs["code"].isin(code.counts.index)]
        if len(pairs) != len(code.counts) or pairs["word"].nunique() != len(column.counts):
            continue
        made.found[made.found.index(code)] = replace(code, labels=dict(pairs.to_numpy().tolist()))
        made.unused[column.name] = f"the words of '{code.name}'"


def _by_word(made: Guess, word: Word) -> None:
    """Give a column of ours its likeliest heading, where its values bear that out."""
    found = [column for column in fits(made.left(), word) if _bears(made, word.ours, column)]
    if word.ours not in _PARTLY:
        everywhere = made.files.everywhere()
        found = [column for column in found if column.name in everywhere]
    if word.ours == _OWN_ID.get(made.table):
        found = _once_a_row(made, word.ours, found)
    elif word.ours == "nps":
        found = _points_or_groups(made, found)
    elif word.ours == "csat":
        found = _no_parts(made, found, word)
    elif word.ours == "customer_id":  # few who come often are those who answer or sell
        found = sorted(found, key=lambda c: c.kind == "category" and c.distinct < _STAFF
                       and len(c.counts) <= MOST_VALUES)  # fmt: skip
    elif word.ours == "churned":
        found = found or _other_flags(made, word)
    if not found:
        if word.ours in SCORES and COLUMNS[made.table][word.ours] == "score":
            _unread(made, word)
        return
    made.columns[word.ours] = found[0]
    others = [c for c in found[1:] if c.filled > 0.2 and c.distinct > 0.2 * found[0].distinct]
    asked = word.ours in (*SCORES, "answered_at", "customer_id", "amount", "resolution")
    if others and asked and (text := _instead(word.ours, found[0], others)):
        made.doubt(text, 0.15, "columns", word.ours)


def _points_or_groups(made: Guess, found: list[Profile]) -> list[Profile]:
    """Take points before the groups of NPS, which say it alone whatever their heading."""
    words = [c for c in made.left() if c.kind == "category" and not c.numbers]
    found = found or [c for c in words if len(c.counts) > 1 and _is_score(made, "nps", c)]
    return sorted(found, key=lambda column: not column.numbers)


def _once_a_row(made: Guess, ours: str, found: list[Profile]) -> list[Profile]:
    """Take for the id of a row what does not repeat; orders alone may have several rows.

    What few rows have names another row, such as the invoice that a credit note is of.
    """
    found = sorted(found, key=lambda c: (c.filled < 0.5, c.distinct < 0.9, is_numbered(c)))
    if not found or found[0].distinct >= 0.9 or ours == "order_id":
        return found
    if ours == "customer_id":
        _by_month(made, found[0])
    else:
        made.doubt(
            f"'{found[0].name}' repeats ({len(found[0].counts):,} values in "
            f"{found[0].n:,} rows), so a row is a part of it; it is no {ours} here.",
            0.3,
            "columns",
            ours,
        )
    return []


def _told_monthly(made: Guess) -> bool:
    return any("as where a list is written" in doubt.text for doubt in made.doubts)


def _repeats(made: Guess) -> None:
    """Doubt a list in which what a heading calls an id comes in several rows."""
    for column in made.left():
        named = re.search(r"\b(?:id|no|nr|number|nummer|code|key|account)$", column.called)
        if named and len(column.counts) >= _FEWEST and column.distinct < 0.5:
            _by_month(made, column)
            made.unused[column.name] = "repeats, so it names no customer"
            return


def last_seen(made: Guess, who: Profile) -> str:
    """Say how many are not in the last of the days on which a list is written."""
    used = set(map(id, made.columns.values()))
    for column in made.found:
        if column.moments is None or not 1 < len(column.counts) <= 0.5 * column.n:
            continue
        if id(column) in used:
            continue
        days, ids = moments_of(made, "", column), made.raw(who)
        seen = days[ids != ""].groupby(ids[ids != ""]).max()
        return (
            f" {int((seen < days.max()).sum()):,} of them have no row at its last '{column.name}'."
        )
    return ""


def _by_month(made: Guess, who: Profile) -> None:
    """Doubt a list that holds a customer in several rows, as one has that is written monthly."""
    made.doubt(
        f"'{who.name}' repeats: {len(who.counts):,} customers in {who.n:,} rows, as where a list "
        f"is written each month.{last_seen(made, who)} Nothing meets it, and each row counts as "
        "a customer of its own: "
        "shares of those who left are of rows. Export a row for each, or its spells (who, from "
        "when, until when) as subscriptions.",
        0.95,
        "columns",
        "customer_id",
    )


def _no_parts(made: Guess, found: list[Profile], word: Word) -> list[Profile]:
    """Leave out the parts of a question, which are ratings, but for one that says it is overall."""
    if sum(bool(_WITH.search(c.asked)) for c in found) > 1:
        found = [c for c in found if not _WITH.search(c.asked) or re.search(_WHOLE, c.called)]
    of = Counter(folded(stem[1]) for c in made.left() if (stem := _PART.match(c.name)))
    parts = {c.name for c in found if (stem := _PART.match(c.name)) and of[folded(stem[1])] > 1}
    left = [c for c in found if c.name not in parts or re.search(word.tiers[0], c.said)]
    return sorted(left, key=lambda column: not re.search(_WHOLE, column.said))


_WHOLE = r"overall|\btota|gesamt|insgesamt|algeme?en|global|general|complessiv|ogoln|samlet|samlad"


def _unread(made: Guess, word: Word) -> None:
    """Doubt a heading that names a score whose words stand in no order that is known."""
    for column in fits(made.left(), word):
        first = re.search(word.tiers[0], column.said) or re.search(word.tiers[1], column.said)
        if first and column.kind == "category" and 2 <= len(column.counts) <= 11:
            shown = listing([f"'{word}' ({n:,})" for word, n in column.counts.items()], 6)
            points = ", ".join(f"{each!r}: …" for each in column.counts.index[:3])
            scale = f"{{range: 1..{len(column.counts)}, labels: {{{points}}}}}"
            settled = f"Map it, and say under 'scales: {{{word.ours}: {scale}}}'."
            if word.ours == "nps":
                settled = "NPS is asked on 0..10; map the column that holds the points."
            made.doubt(
                f"'{column.name}' is worded like {word.ours}, and it is not known which points "
                f"{shown} stand for, so no {word.ours} is made of it. {settled}",
                0.3 if word.ours == "nps" else 0.8,
                "columns",
                word.ours,
            )
            return


def _instead(ours: str, taken: Profile, others: list[Profile]) -> str:
    """Name what else a column could be, and the number that would follow."""
    named = listing([f"'{column.name}'" for column in others[:3]])
    text = f"'{ours}' is read from '{taken.name}'; it might also be {named}"
    numbers = [would_be(ours, column) for column in (taken, others[0])]
    if numbers[0] and numbers[0] == numbers[1]:
        return ""
    return f"{text} ({numbers[1]} instead of {numbers[0]})." if all(numbers) else f"{text}."


def _bears(made: Guess, ours: str, column: Profile) -> bool:
    """Say whether the values of a column can be what its heading says."""
    kind = COLUMNS[made.table][ours]
    if kind == "time":
        ends = ours in ("churned_at", "ended_at")
        planned = ends and (is_brief(_times(made), column) or _planned(made, column))
        return column.moments is not None and not planned and not _one_moment(made, column)
    if ours in SCORES and kind == "score":
        return _is_score(made, ours, column)
    if (made.table, ours) == ("reviews", "rating"):
        return bool(column.numbers) or read_scale([column]) is not None
    if (made.table, ours) == ("visits", "event"):
        return column.distinct < 0.5 and len(column.counts) > 1
    if ours == "customer_id":
        counted = column.kind == "scale" or (column.kind == "number" and column.called[-1:] == "s")
        if counted and re.fullmatch(WHO_ALONE, column.called):  # 'Guests: 2' are no customer
            return False
        return len(column.counts) > 1 and not (column.kind == "flag" and column.n > 2)
    own = ours == _OWN_ID.get(made.table) and column.distinct < 0.9
    if own and (counts_rows(column, made.table) or is_money(column)):  # 'Orders: 3' are no order
        return False
    if ours == "response_id":
        return column.kind != "scale" or column.distinct > 0.9
    if kind == "number" and (made.table, ours) != ("interactions", "csat"):
        return column.kind != "category"
    if kind == "flag":
        return column.kind == "flag"
    return True


def _times(made: Guess) -> list[Profile]:
    return [column for column in made.found if column.moments is not None]


def _one_moment(made: Guess, column: Profile) -> bool:
    """Find dates that stand in for none: one and the same in every row."""
    if len(column.counts) > 1 or column.n < 3:
        return False
    made.unused.setdefault(column.name, f"always {column.example}, which dates nothing")
    return True


def _planned(made: Guess, column: Profile) -> bool:
    """Find ends that everybody has, where a status says who is there: they are planned ones."""
    if column.filled < _EVERY or column.name in made.unused:
        return False
    for other in made.found:
        words = {word: word.casefold() for word in other.counts.index}
        there = [word for word, low in words.items() if low in STAYED]
        if other.kind != "category" or not there or len(there) == len(words):
            continue
        shown = listing([f"'{word}' ({n:,})" for word, n in other.counts.items()], 4)
        made.unused[column.name] = "an end that is planned: everybody has one"
        made.doubt(
            f"'{column.name}' holds a day in {column.n:,} of {column.rows:,} rows, though "
            f"'{other.name}' holds {shown}: it is taken for a planned end, and dates nobody's "
            "leaving. Export the day on which each has left.",
            0.9,
            "columns",
            "churned_at" if made.table == "customers" else "ended_at",
        )
        return True
    if not re.search(PLANNED, column.called):
        return False
    made.unused[column.name] = "an end that is planned: everybody has one"
    ours = "churned_at" if made.table == "customers" else "ended_at"
    made.doubt(
        f"'{column.name}' holds a day in {column.n:,} of {column.rows:,} rows, is taken for "
        f"planned and dates nobody's leaving. If people left then, write '{ours}: {column.name}'.",
        0.6,
        "columns",
        ours,
    )
    return True


_EVERY = 0.97  # part of the rows


def _undated(made: Guess) -> None:
    """Doubt answers without a day, where a column of dates stands in for it."""
    alike = [c for c in made.found if c.moments is not None and len(c.counts) == 1 and c.n > 2]
    begun = made.columns.get("started_at")
    if made.table == "responses" and "answered_at" not in made.columns and begun:
        made.columns["answered_at"] = made.columns.pop("started_at")
        if form := made.formats.pop("started_at", ""):
            made.formats["answered_at"] = form
        made.doubt(
            f"'{begun.name}' says when people began, and no column when they answered: the day "
            "they began is read.",
            0.1,
            "columns",
            "answered_at",
        )
        return
    if made.table == "responses" and "answered_at" not in made.columns and alike:
        made.doubt(
            f"'{alike[0].name}' is {alike[0].example} in every row, so nothing says when people "
            "answered, and nothing can be shown over time.",
            0.2,
            "columns",
            "answered_at",
        )


def _is_score(made: Guess, ours: str, column: Profile) -> bool:
    """Say whether a column can be the score; what is asked like NPS on another scale is not."""
    reading = read_scale([column], fixed=_FIXED.get(ours))
    if reading is None:
        return False
    if ours == "nps" and not column.numbers:
        return _grouped(reading)
    if ours != "nps":
        return column.kind != "number" or (reading.high <= 100 and len(column.tally()) <= 101)
    absent = {*reading.missing, *column.codes}
    tally = {n: rows for n, rows in column.tally().items() if f"{n:g}" not in absent}
    off = sum(rows for n, rows in tally.items() if not 0 <= n <= 10)
    answers = sum(tally.values())
    if off > 0.1 * max(answers, 1) or not answers:
        return False
    if max(tally) > 7 or answers < _MANY:
        return True
    made.doubt(
        f"'{column.name}' is worded like NPS, but its {answers:,} answers run from "
        f"{min(tally):g} to {max(tally):g}, and NPS is asked on 0..10; no NPS is made of it. "
        f"As NPS it would be {would_be('nps', column)}. Declare its scale.",
        0.8,
        "scales",
    )
    return False


def _grouped(reading: Reading) -> bool:
    """Say whether the words of a score are the groups of NPS."""
    known = not set(map(folded, reading.labels)) - set(GROUPS)
    both = {GROUPS["promoter"], GROUPS["detractor"]} <= set(reading.labels.values())
    return known and both and (reading.low, reading.high) == (0, 10)


def _state_in(word: str) -> str:
    """Give the one word of a state that says who left or is there: 'former' of 'Former patron'."""
    low = word.casefold()
    within = {each for each in folded(word).split() if each in LEFT | STAYED}
    return within.pop() if low not in LEFT | STAYED and len(within) == 1 else low


def _other_flags(made: Guess, word: Word) -> list[Profile]:
    """Find who left in words other than yes and no; doubt words that are not known."""
    if "churned_at" in made.columns:
        return []
    for column in made.left():
        words = {each: _state_in(each) for each in column.counts.index}
        named = any(re.search(tier, column.called) for tier in (*word.tiers, STATUS))
        named = named or bool(LEFT & {*words.values()} and STAYED & {*words.values()})
        if not named or column.kind != "category" or re.search(word.never, column.called):
            continue
        left = [each for each, low in words.items() if low in LEFT]
        there = [each for each, low in words.items() if low in STAYED]
        shown = listing([f"'{each}' ({column.counts[each]:,})" for each in column.counts.index], 4)
        plain = all(words[each] == each.casefold() for each in (*left, *there))
        if left and there and plain and len(left) + len(there) == len(words):
            gone = int(column.counts[left].sum())
            named_so = listing([f"'{each}'" for each in left])
            made.doubt(
                f"'{column.name}' holds {shown}: {named_so} is read "
                f"as left, {gone:,} of {column.n:,} customers.",
                0.4,
                "columns",
                "churned",
            )
            return [column]
        told = left or there or column.called != "state"
        if len(words) < MOST_VALUES and not column.numbers and told:
            made.doubt(
                f"'{column.name}' holds {shown}: written as yes and no it could be 'churned'; "
                "until then nobody is known to have left.",
                0.9,
                "columns",
                "churned",
            )
            return []
    return []


# ---------------------------------------------------------------- scores and batteries


def _only_one(made: Guess) -> None:
    """Take the one question about satisfaction that there is for the overall score."""
    fit = [column for column in made.left() if re.search(FELT, column.said) and _rated(column)]
    if len(fit) == 1:
        made.columns["csat"] = fit[0]
        made.doubt(
            f"'{fit[0].name}' is the only question about satisfaction and is taken for csat; as a "
            "rating it would have no page of its own.",
            0.2,
            "columns",
            "csat",
        )


def _scores(made: Guess) -> None:
    """Read the scale of every score that was found; one without a known scale is no score."""
    for ours in [ours for ours, kind in COLUMNS[made.table].items() if kind == "score"]:
        if ours in made.columns:
            column = made.columns[ours]
            reading = read_scale([column], fixed=_FIXED.get(ours))
            if reading is not None and (ours in SCORES or reading.labels):
                made.scales[ours] = reading
                _tell_scale(made, ours, [column], reading)
                if ours == "nps" and re.search(
                    r"(?<!\d)1 ?(?:to|bis|a|tot|do)? ?10\b", column.said
                ):
                    made.doubt(
                        f"'{column.name}' says that 1 to 10 was asked, and NPS is asked on 0..10 "
                        f"({would_be('nps', column)}): it does not compare with others.",
                        0.3,
                        "scales",
                        "nps",
                    )
                if ours == "nps" and not column.numbers:
                    _tell_groups(made, column, reading)


def _tell_groups(made: Guess, column: Profile, reading: Reading) -> None:
    """Say that the groups of NPS are no points."""
    shown = listing([f"'{word}' as {point:g}" for word, point in reading.labels.items()])
    made.doubt(
        f"'{column.name}' holds the groups of NPS and no points: {shown} are read, so that NPS is "
        "right, and means and drivers of the points are not. Map the points if they are there.",
        0.5,
        "scales",
        "nps",
    )


def _tell_scale(made: Guess, key: str, columns: list[Profile], reading: Reading) -> None:
    """Doubt aloud what of a scale was guessed, with the number that would change."""
    name = (
        f"'{columns[0].name}'"
        if key in SCORES or len(columns) == 1
        else f"the ratings ({len(columns)} columns)"
    )
    tally = {n: rows for n, rows in tallied(columns).items() if f"{n:g}" not in reading.missing}
    total = sum(tallied(columns).values()) or 1
    if reading.guessed:
        shown = listing([f"{code} ({rows:,} times)" for code, rows in reading.guessed.items()])
        verb = "is" if len(reading.guessed) == 1 else "are"
        made.doubt(
            f"in {name} {shown} {verb} taken for 'no answer', the scale for {reading.low:g}.."
            f"{reading.high:g}; counted as answers, the mean would be "
            f"{mean(tallied(columns)):.2f} instead of {mean(tally):.2f}.",
            0.1 + sum(reading.guessed.values()) / total,
            "scales",
            key,
        )
    if reading.strange:
        shown = listing([f"'{word}' ({rows:,} times)" for word, rows in reading.strange.items()])
        made.doubt(
            f"in {name} {shown} is no number and is taken for 'no answer'; if it is one, say under "
            "labels which point it stands for.",
            0.1 + sum(reading.strange.values()) / total,
            "scales",
            key,
        )
    if reading.ends:
        without = {n: rows for n, rows in tally.items() if f"{n:g}" not in reading.ends}
        ends = listing(list(reading.ends))
        inner = f"{min(without, default=1):g}..{max(without, default=5):g}"
        verb = "runs" if name.startswith("'") else "run"
        made.doubt(
            f"{name} {verb} from {reading.low:g} to {reading.high:g}, and {ends} may stand for 'no "
            f"answer'; {{range: {inner}, missing: [{', '.join(reading.ends)}]}} would make the "
            f"mean {mean(without):.2f} instead of {mean(tally):.2f}.",
            sum(reading.ends.values()) / total,
            "scales",
            key,
        )
    if reading.better == "low":
        answers = max(sum(tally.values()), 1)
        best, other = (
            sum(rows for n, rows in tally.items() if abs(n - end) <= 1) / answers
            for end in (reading.low, reading.high)
        )
        made.doubt(
            f"in {name} {reading.low:g} is taken for the good end, as the heading or its labels "
            f"say: {best:.0%} gave one of the two best points, otherwise {other:.0%}; then take "
            "`better: low` out.",
            0.5,
            "scales",
            key,
        )
    for clause in reading.unsure:
        made.doubt(f"in {name} {clause}; declare the scale if it was another.", 0.05, "scales", key)


def _batteries(made: Guess) -> None:
    """Find the ratings: columns that share a scale, a wording or a stem, and use the scale."""
    groups: dict[tuple, list[Profile]] = {}
    for column in made.left():
        if key := _rated(column):
            groups.setdefault((key, stem_of(column)), []).append(column)
    groups = {key: columns for key, columns in groups.items()
              if not (key[1] and asked.in_order(made, columns))}  # fmt: skip
    parts = {key: columns for key, columns in groups.items() if key[1] and len(columns) >= _PARTS}
    pairs = {key: columns for key, columns in groups.items() if key[1] and len(columns) == 2}
    beside = {_rated(made.columns[ours]) for ours in ("csat", "ces") if ours in made.columns}
    chosen = parts or pairs or _by_scale(groups, beside - {None})
    if not chosen:
        return
    best = Counter({key[0]: 0 for key in chosen})
    for key, columns in chosen.items():
        best[key[0]] += len(columns)
    family = max(best, key=lambda key: (best[key], str(key)))
    ratings = [c for key, columns in chosen.items() if key[0] == family for c in columns]
    turned = [column for column in ratings if low_is_good(column)]
    turned = [] if len(turned) == len(ratings) or not any(c.labels for c in turned) else turned
    reading = read_scale([column for column in ratings if column not in turned])
    if reading is None:
        return
    taken = {id(column) for column in ratings if column not in turned}
    more = [c for key, columns in chosen.items() if key[0] != family for c in columns]
    made.ratings = keyed([*ratings, *more], made)
    made.scales["ratings"] = reading
    _tell_scale(made, "ratings", ratings, reading)
    for name, column in made.ratings.items():
        own = None if id(column) in taken else read_scale([column])
        if own and (
            own.labels
            or own.better != reading.better
            or not reading.low <= own.low < own.high <= reading.high
            or 2 * own.high <= reading.high
        ):
            made.scales[name] = own
            if 2 * own.high <= reading.high:
                made.doubt(
                    f"'{column.name}' is rated up to {own.high:g} (mean "
                    f"{mean(column.tally()):.2f}) and other ratings up to {reading.high:g}: "
                    "their means do not compare. Take out those that are no ratings.",
                    0.3,
                    "ratings",
                )
            if column in turned:
                _tell_scale(made, name, [column], own)
    spare = [c for c in made.left() if _rated(c) == family]
    if spare:
        made.doubt(
            f"{listing([f'{c.name} (mean {mean(c.tally()):.2f})' for c in spare], 6)} have the "
            f"scale of the ratings (mean {mean(tallied(ratings)):.2f}) and are left out; name "
            "those that are ratings.",
            0.05,
            "ratings",
        )


def _by_scale(
    groups: dict[tuple, list[Profile]], beside: set[tuple | None]
) -> dict[tuple, list[Profile]]:
    """Put columns of one scale together where neither wording nor stem does.

    A column that stands alone is a rating only if its words have a known order, if it has
    the scale of a score beside it, or if its heading asks for a rating.
    """
    found: dict[tuple, list[Profile]] = {}
    for (scale, _), columns in groups.items():
        found.setdefault((scale, ""), []).extend(columns)
    return {key: columns for key, columns in found.items()
            if len(columns) > 1 or key[0][0] == "words" or key[0] in beside
            or columns[0].most or re.search(_RATES, columns[0].said)}  # fmt: skip


def _rated(column: Profile) -> tuple | None:
    """Name the scale of a column that may be a rating, alike for all of one battery."""
    if column.kind not in ("scale", "category"):
        return None
    if re.search(NO_RATING, column.called) and not re.search(FELT, column.called):
        return None
    reading = read_scale([column])
    if reading is None or reading.strange or reading.high - reading.low < 2:
        return None
    if reading.labels or not column.numbers:
        return ("words", *_family(column))
    if reading.low < 0:
        return ("numbers", reading.low)
    used = max((n for n in column.tally() if n <= reading.high), default=0)
    steps = next(end for end in (5, 7, 11, 100, 1e9) if reading.high <= end + (end < 11))
    return ("numbers", steps) if used >= 0.7 * min(steps, 10) else None


def _family(column: Profile) -> tuple[str, ...]:
    """Name the order of words a column uses, so that rarely used words do not part it."""
    words = {folded(word) for word in column.words if not NO_ANSWER.fullmatch(folded(word))}
    for at, order in enumerate(ORDERS):
        if all(any(word in place for place in order) for word in words):
            return (str(at),)
    return tuple(sorted(words))


# ---------------------------------------------------------------- the rest


def _segments(made: Guess) -> None:
    fit = [
        column
        for column in made.left()
        if column.kind in ("category", "flag")
        and 2 <= len(column.counts) <= MOST_VALUES
        and column.filled > 0.5
        and column.counts.iloc[0] < 0.99 * column.n
        and not re.search(NO_SEGMENT, column.called)
        and not any("\n" in word for word in column.counts.index)
    ]
    fit = sorted(
        fit,
        key=lambda column: (
            made.table == "responses" and asked.of_several(made, column),
            bool(re.search(TECHNICAL, column.called)),
            -round(column.filled, 2),
            column.kind == "flag",
            len(column.counts),
            column.name,
        ),
    )
    made.segments = keyed(fit[:_SEGMENTS], made, segments=True)


def _tells_who_left(made: Guess, column: Profile, ended: Profile) -> bool:
    """Say whether each word of a column stands with those who left, or with the others, alone."""
    if column.kind not in ("category", "flag") or not 1 < len(column.counts) <= MOST_VALUES:
        return False
    told = made.raw(ended)
    gone = told != "" if ended.moments is not None else told == ended.counts.index[-1]
    share = gone.groupby(made.raw(column)).mean()
    apart = not share.between(0.02, 0.98).any() and share.nunique() > 1
    return bool(apart) and column.counts.min() >= _FEWEST


def _rest(made: Guess) -> None:
    """Keep what may be asked of people and answers as attributes; say why of the rest."""
    keep = []
    for column in made.left():
        if why := _why_not(made, column):
            made.unused[column.name] = why
        else:
            keep.append(column)
    made.attributes = {column.name: column for column in keep}
    for column in keep if made.table == "responses" else ():
        _codes_kept(made, column)


def _codes_kept(made: Guess, column: Profile) -> None:
    """Doubt codes that may stand for no answer in a question kept as it is."""
    rated = column.kind == "scale" and not re.search(NO_RATING, column.called)
    reading = read_scale([column]) if rated else None
    if reading and reading.guessed:
        tally = {n: rows for n, rows in column.tally().items() if f"{n:g}" not in reading.missing}
        shown = listing([f"{code} ({rows:,} times)" for code, rows in reading.guessed.items()])
        made.doubt(
            f"'{column.name}' is kept as it is, and {shown} in it may stand for 'no answer': its "
            f"mean is {mean(column.tally()):.2f}, or {mean(tally):.2f} without. Name it under "
            f"ratings, with 'missing: [{', '.join(reading.guessed)}]'.",
            0.1,
            "attributes",
        )


_FREE = {"interactions": "free text; page 60 reads it where the file is listed again under "
         "reviews, as text"}  # fmt: skip


def _why_not(made: Guess, column: Profile) -> str:
    if re.search(PERSONAL, column.called) or column.kind == "email":
        return "says who people are"
    if column.n and len(column.counts) == 1:
        return f"always '{column.example[:40]}'"
    if column.moments is not None:
        return asked.FURTHER_DATE
    reasons = {
        "text": _FREE.get(made.table, "free text")
        if "comment" not in made.columns
        else "free text; one comment is read",
        "id": "an id that no table asks for",
        "duration": "a length of time",
        "unclear number": "its numbers can be read in two ways",
    }
    if column.kind in reasons:
        return reasons[column.kind]
    if column.kind == "category" and len(column.counts) > 2 * MOST_VALUES:
        return f"{len(column.counts):,} different words"
    return "" if made.table in ("responses", "customers") else "nothing asks for it"


# words of ours that are no column: `period` is a grid of reports
_RESERVED = {"file", "line", "damage", "ratings", "period"}


def keyed(columns: list[Profile], made: Guess, *, segments: bool = False) -> dict[str, Profile]:
    """Give each column a short name of our own.

    Args:
        columns: in order.
        made: what has names already.
        segments: a segment may bear the name of a short text of ours, such as `plan`.
    """
    ours = {
        name for name, kind in COLUMNS[made.table].items() if not (segments and kind == "category")
    }
    taken = set(made.columns) | ours | set(made.ratings) | _RESERVED
    out: dict[str, Profile] = {}
    for column in columns:
        key = base = short_name(column)
        count = 1
        while key in taken:
            count += 1
            key = f"{base}_{count}"
        taken.add(key)
        out[key] = column
    return out


# the ends of a scale behind a question: "(1-5)", "[0 to 10]", "(1 = bad, 5 = good)", ", 1–7"
_ENDS = re.compile(
    r"\s*(?:[(\[]\s*(?:scale\s*)?\d+\s*(?:=[^()\[\]]*|\s*(?:[-–—〜～~]|\.{2,3}|to|bis|à|a|tot|till)\s*\d+"
    r"[^()\[\]]*)[)\]]|,\s*\d+\s*[-–]\s*\d+)\s*$",
    re.IGNORECASE,
)


def short_name(column: Profile) -> str:
    """Make a name of small letters from what tells a column from others of its question."""
    part = r"\[.+\]| - |: | >> "
    text = column.wording if re.search(part, column.wording) else column.name
    text = _ENDS.sub("", text) or text
    inner = re.findall(r"\[([^\[\]]+)\]\s*$", text)
    text = inner[-1] if inner else re.split(r" - |: | >> ", text)[-1]
    words = re.sub(r"\W+", "_", text.lower()).strip("_")
    words = words if len(words) <= 40 else named(telling(text, most=4))
    return words if words and not words[0].isdigit() else f"q_{words}"
