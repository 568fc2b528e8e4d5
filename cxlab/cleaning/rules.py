"""The rules that set rows aside: what each looks at, when it fires, and who proposed it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlab.cleaning.counting import PREVIEWS, status_words


@dataclass(frozen=True)
class Rule:
    """One reason to set a row aside.

    Attributes:
        name: the reason, from `codebook.SET_ASIDE`.
        tables: where the rule looks.
        column: the column whose value is booked.
        fires: gets what it looks at of the rows still in, and the threshold; True where a
            row goes.
        needs: what the table must have for the rule to apply; the column, if not said.
        threshold: number the rule compares with, or None.
        source: who proposed the rule, where someone did.
    """

    name: str
    tables: tuple[str, ...]
    column: str
    fires: Callable[[pd.DataFrame, float | None], pd.Series | np.ndarray]
    needs: tuple[str, ...] = ()
    threshold: float | None = None
    source: str = ""

    @property
    def looks_at(self) -> tuple[str, ...]:
        """The columns the rule is given, beside `file` and `line`."""
        return self.needs or (self.column,)

    def applies(self, table: str, rows: pd.DataFrame) -> bool:
        """Say whether the table has what the rule looks at."""
        return table in self.tables and set(self.looks_at) <= set(rows.columns)


_ENDS = {
    "customers": "customer_id",
    "responses": "response_id",
    "orders": "order_id",
    "interactions": "interaction_id",
    "reviews": "review_id",
    "subscriptions": "subscription_id",
}
_TABLES = (*_ENDS, "visits")  # an event has no id of its own: the same may happen twice at once


def _preview(rows: pd.DataFrame, _) -> pd.Series:
    return status_words(rows["status"]).isin(PREVIEWS.split())


def _repeated(column: str) -> Callable:
    def fires(rows: pd.DataFrame, _) -> pd.Series:
        codes, _ = pd.factorize(rows[column])  # missing is -1
        several = rows[(np.bincount(codes + 1)[codes + 1] > 1) & (codes >= 0)]
        again = several.sort_values(["file", "line"]).duplicated(column)
        return again.reindex(rows.index, fill_value=False)

    return fires


def _speeder(rows: pd.DataFrame, least: float | None) -> pd.Series:
    typical = rows["duration_s"].median()
    return (rows["duration_s"] < typical / 3) & (rows["duration_s"] < least)


def _straightliner(rows: pd.DataFrame, least: float | None) -> pd.Series:
    return (rows["longstring"] >= least) & (rows["duration_s"] < rows["duration_s"].median() / 2)


def _hit(flag: str) -> Callable:
    return lambda rows, _: rows[flag]


def left_out(flag: str, table: str) -> Rule:
    """Make the rule for rows that a condition of the study file leaves out."""
    return Rule("not_counted", (table,), flag, _hit(flag))


def _flagged(reason: str, column: str, *tables: str) -> Rule:
    """Make the rule for cells that conversion found unusable."""
    flag = f"{column}!{reason}"
    return Rule(reason, tables, column, lambda rows, _: rows[flag], needs=(flag,))


def _backwards(reason: str, table: str, start: str, end: str) -> Rule:
    """Make the rule for what ended before it began."""
    return Rule(reason, (table,), end, lambda rows, _: rows[end] < rows[start], needs=(end, start))


# In order: a row goes for the first reason that fits. What cannot be read comes first, what is
# a matter of judgement last. `clean` adds the cells that conversion found unusable.
RULES: tuple[Rule, ...] = (
    Rule("below_table", _TABLES, "damage", lambda rows, _: rows["damage"] == "below the table"),
    Rule("row_torn", _TABLES, "damage", lambda rows, _: rows["damage"] != ""),
    Rule("preview", ("responses",), "status", _preview),
    Rule("unfinished", ("responses",), "status!unfinished", _hit("status!unfinished")),
    Rule("not_counted", _TABLES, "status!not_counted", _hit("status!not_counted")),
    Rule("unfinished", ("responses",), "finished", lambda rows, _: rows["finished"].eq(False)),
    Rule("unfinished", ("responses",), "progress", lambda rows, _: rows["progress"] < 100),
    *(_flagged("id_damaged", column, table) for table, column in _ENDS.items()),
    *(
        _flagged("id_damaged", "customer_id", table)
        for table in ("orders", "interactions", "subscriptions")
    ),
    *(
        Rule("id_missing", (table,), "customer_id", lambda rows, _: rows["customer_id"].isna())
        for table in ("customers", "orders", "interactions", "subscriptions")
    ),
    *(_flagged("id_damaged", column, "visits") for column in ("visitor_id", "customer_id")),
    Rule("id_missing", ("visits",), "visitor_id", _hit("nobody"), needs=("nobody",)),
    Rule("event_missing", ("visits",), "event", lambda rows, _: rows["event"].isna()),
    _flagged("date_impossible", "at", "visits"),
    Rule("date_missing", ("visits",), "at", lambda rows, _: rows["at"].isna()),
    _flagged("date_after_as_of", "at", "visits"),
    _flagged("date_impossible", "answered_at", "responses"),
    _flagged("date_impossible", "signed_up_at", "customers"),
    _flagged("date_impossible", "churned_at", "customers"),
    _flagged("date_impossible", "ordered_at", "orders"),
    _flagged("date_impossible", "opened_at", "interactions"),
    _flagged("date_impossible", "posted_at", "reviews"),
    *(_flagged("score_off_scale", score, "responses") for score in ("nps", "csat", "ces")),
    *(_flagged("score_as_date", score, "responses") for score in ("nps", "csat", "ces")),
    *(_flagged("score_unreadable", score, "responses") for score in ("nps", "csat", "ces")),
    _flagged("amount_unreadable", "amount", "orders"),
    _flagged("date_after_as_of", "answered_at", "responses"),
    _flagged("date_after_as_of", "signed_up_at", "customers"),
    _flagged("date_after_as_of", "ordered_at", "orders"),
    _flagged("date_after_as_of", "opened_at", "interactions"),
    _flagged("date_after_as_of", "posted_at", "reviews"),
    _flagged("date_impossible", "started_at", "subscriptions"),
    _flagged("date_impossible", "ended_at", "subscriptions"),
    _flagged("date_after_as_of", "started_at", "subscriptions"),
    _backwards("churn_before_signup", "customers", "signed_up_at", "churned_at"),
    _backwards("ended_before_started", "subscriptions", "started_at", "ended_at"),
    _backwards("closed_before_opened", "interactions", "opened_at", "closed_at"),
    Rule(
        "orphan",
        ("orders", "interactions", "subscriptions"),
        "customer_id",
        lambda rows, _: rows["orphan"],
        needs=("orphan",),
    ),
    *(
        Rule(f"duplicate_{table.rstrip('s')}", (table,), column, _repeated(column))
        for table, column in _ENDS.items()
        if table != "orders"
    ),
    # rows of one order are its parts: only what stands there twice in every column goes
    Rule(
        "duplicate_order",
        ("orders",),
        "order_id",
        lambda rows, _: rows["repeated"],
        needs=("repeated",),
    ),
    Rule("duplicate_export", _TABLES, "file", _hit("told_twice"), needs=("told_twice",)),
    Rule("no_answer", ("responses",), "unanswered", lambda rows, _: rows["unanswered"]),
    Rule(
        "speeder",
        ("responses",),
        "duration_s",
        _speeder,
        threshold=30,
        source="below a third of the median time and below this many seconds "
        "(Greszki, Meyer and Schoen 2015)",
    ),
    Rule(
        "straightliner",
        ("responses",),
        "longstring",
        _straightliner,
        needs=("longstring", "duration_s"),
        threshold=5,
        source="one answer to all of at least this many ratings, in under half the median time "
        "(longstring, Johnson 2005)",
    ),
    Rule(
        "careless",
        ("responses",),
        "flags",
        lambda rows, least: rows["flags"] >= least,
        threshold=2,
        source="at least this many signs of haste of different kinds: equal answers, distance from "
        "the usual pattern, item pairs at odds, speed, a comment without words "
        "(Meade and Craig 2012)",
    ),
)
