"""Do the tables meet? Ids that find nobody are refused, or are the first thing said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import pandas as pd

from cxlab.cleaning import Cleaned
from cxlab.cleaning.matching import LEAST, RULES, in_form, rule_between
from cxlab.codebook import Mapping as StudyFile
from cxlab.results import count, listing, percent

DOUBTED = 1 / 3  # from this part on, what is lost is the first thing said
FEW = 5  # ids; below, two tables without a customer list may miss each other by chance
_SHOWN = 40
_SEVERAL = 2  # one stranger is no pattern


@dataclass(frozen=True, eq=False)
class Pair:
    """Two tables that should meet by `customer_id`: the ids of one, looked for in the other."""

    table: str
    against: str
    ids: pd.Index
    there: pd.Index
    rows: int
    lost: int

    @cached_property
    def found(self) -> int:
        return int(self.ids.isin(self.there).sum())

    @property
    def listed(self) -> bool:
        """Whether the other table is the customer list, which should hold everybody."""
        return self.against == "customers"


def pairs(cleaned: Mapping[str, Cleaned]) -> Iterator[Pair]:
    """List the tables that should meet: each with the customer list, or with one another."""
    naming = [name for name, done in cleaned.items() if "customer_id" in done.frame]
    named = {name: cleaned[name].ids for name in naming if len(naming) > 1}
    others = [name for name in named if name != "customers"]
    listed = [(name, "customers") for name in others] if "customers" in named else None
    for table, against in combinations(others, 2) if listed is None else listed:
        own, there = named[table], named[against].index
        if len(own) and len(there):
            lost = int(own[~own.index.isin(there)].sum())
            yield Pair(table, against, own.index, there, int(own.sum()), lost)


def apart(cleaned: Mapping[str, Cleaned], mapping: StudyFile) -> list[dict[str, Any]]:
    """Refuse tables of which nothing, or next to nothing, meets.

    Returns:
        table, file, line, column, message of each pair, as `StudyError` takes them; the message
        shows both forms of id, and the rule that would bring them together if there is one.
    """
    return [
        {
            "table": pair.table,
            "file": _files(mapping, pair.table),
            "line": None,
            "column": _heading(mapping, pair.table),
            "message": _refusal(pair, mapping),
        }
        for pair in pairs(cleaned)
        if _never_meet(pair) and mapping.tables[pair.table].rules.get("orphan") != "off"  # type: ignore[index]
    ]


def strangers(cleaned: Mapping[str, Cleaned], mapping: StudyFile) -> bool:
    """Say whether the one pair that never meets is answers of people on no list, in any form.

    Answers tell of themselves, and a study that cannot join them loses what needs the join.
    """
    never = [pair for pair in pairs(cleaned) if _never_meet(pair)]
    own = [pair for pair in never if (pair.table, pair.against) == ("responses", "customers")]
    off = mapping.tables["responses"].rules.get("orphan") if own else "off"
    return len(never) == len(own) == 1 and off != "off" and not own[0].found and (
        rule_between(own[0].ids, own[0].there) is None
    )  # fmt: skip


def doubts(cleaned: Mapping[str, Cleaned]) -> list[tuple[str, str]]:
    """Give table and sentence of each table of which a third or more finds no customer."""
    out = []
    for pair in pairs(cleaned):
        gone = len(pair.ids) - pair.found
        most = max(gone / len(pair.ids), pair.lost / pair.rows)
        if pair.listed and gone >= _SEVERAL and most >= DOUBTED:
            out.append(
                (
                    pair.table,
                    f"Doubtful: {count(gone)} of the {count(len(pair.ids), 'customer')} in the "
                    f"{pair.table} ({percent(gone / len(pair.ids))}), with {count(pair.lost)} of "
                    f"{count(pair.rows)} {pair.table}, {'is' if gone == 1 else 'are'} not in the "
                    f"customer list{_apart(pair)}.",
                )
            )
    return out


# ---------------------------------------------------------------- helpers


def _apart(pair: Pair) -> str:
    if pair.found:
        return ""
    return (
        f" (ids such as {_quoted(list(pair.ids))}, and there {_quoted(list(pair.there))}), so "
        "nothing is told of both; if they are the same people, map the column that holds the "
        "same id in both"
    )


def _never_meet(pair: Pair) -> bool:
    if pair.listed:
        return len(pair.ids) >= _SEVERAL and pair.found < LEAST * len(pair.ids)
    smaller = min(len(pair.ids), len(pair.there))
    if smaller < FEW or pair.found >= LEAST * smaller:
        return False
    return pair.found == 0 or rule_between(pair.ids, pair.there) is not None


def _refusal(pair: Pair, mapping: StudyFile) -> str:
    rule = rule_between(pair.ids, pair.there)
    own, theirs = _side_by_side(pair, rule)
    met = "none" if not pair.found else f"only {count(pair.found)}"
    verb = "are" if pair.found > 1 else "is"
    said = (
        f"{met} of the {count(len(pair.ids))} customer ids in {_files(mapping, pair.table)} "
        f"(column '{_heading(mapping, pair.table)}', such as {own}) {verb} in {pair.against}, "
        f"{_files(mapping, pair.against)} (column '{_heading(mapping, pair.against)}', such as "
        f"{theirs})."
    )
    if rule is not None:
        word, matched = rule
        now = (
            f" With 'ids: {{customer_id: {word}}}' under tables.{pair.table}, {count(matched)} of "
            f"{count(len(pair.ids))} would match: write that if they are the same customers."
        )
    else:
        now = (
            f" No rule for ids ({', '.join(RULES)}) brings them together: map the column that "
            "holds the same id in both."
        )
    return (
        f"{said}{now} If they are other people, or not to be known, leave customer_id out of "
        f"{pair.table}; to go on as it is, write 'rules: {{orphan: off}}' there."
    )


def _side_by_side(pair: Pair, rule: tuple[str, int] | None) -> tuple[str, str]:
    """Show ids of both tables; where a rule brings them together, the same customers' ids."""
    own, theirs = list(pair.ids[~pair.ids.isin(pair.there)]), list(pair.there)
    if rule is not None:
        known = dict(zip(in_form(pair.there, rule[0]), theirs, strict=True))
        forms = in_form(pd.Index(own), rule[0])
        both = [(one, known[form]) for one, form in zip(own, forms, strict=True) if form in known]
        own, theirs = [a for a, _ in both], [b for _, b in both]
    return _quoted(own), _quoted(theirs)


def _quoted(ids: list[str]) -> str:
    return listing([f"'{each[:_SHOWN]}'" for each in ids[:2]])


def _files(mapping: StudyFile, table: str) -> str:
    return ", ".join(mapping.tables[table].files)  # type: ignore[index]


def _heading(mapping: StudyFile, table: str) -> str:
    return mapping.tables[table].sources().get("customer_id", "customer_id")  # type: ignore[index]
