"""The facts that events leave behind: what is counted, and when it becomes known.

Each stream is one pass over one table. A stream names the column that holds the moment at
which its facts become known; nothing in it exists before that moment. All measures are whole
numbers (counts, seconds, ten-thousandths of the currency), so that sums are exact: the same on
every engine, in any order, with any number of threads.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import ibis

MONEY = 10_000
#: A fact without a moment of its own, such as a failed delivery, is taken as known this much
#: after the event it belongs to.
SETTLES = "7D"


@dataclass(frozen=True)
class Stream:
    """One pass over one table.

    Attributes:
        table: `orders` or `interactions`.
        known_at: column with the moment at which the facts become known.
        needs: columns without which the stream is empty.
        measures: name -> whole number per row, to be summed.
        moments: name -> column; the first and last moment in each period are kept as
            `first_<name>` and `last_<name>`, over the rows where the named measure counts.
        keep: which rows belong to the stream.
        delay: how long after `known_at` the facts become known.
    """

    table: str
    known_at: str
    measures: Callable[[ibis.Table], dict[str, ibis.Value]]
    needs: tuple[str, ...] = ()
    moments: tuple[str, ...] = ()
    keep: Callable[[ibis.Table], ibis.Value] | None = None
    delay: str = "0D"


def one(condition) -> ibis.Value:
    """Count a row when the condition is known to hold."""
    return ibis.ifelse(condition.fill_null(False), 1, 0)


def whole(value, scale: int = 1) -> ibis.Value:
    """Give a number as a whole one; missing counts nothing.

    Rounding is written out because engines differ in what `round` does with a half.
    """
    number = value.cast("float64")
    scaled = (number * scale + 0.5).floor().cast("int64")
    return ibis.ifelse(number.isnull() | number.isnan(), ibis.literal(0, "int64"), scaled)


def seconds(later, sooner) -> ibis.Value:
    """Give the whole seconds from one moment to another."""
    return later.truncate("s").epoch_seconds() - sooner.truncate("s").epoch_seconds()


@lru_cache(maxsize=32)
def streams(kinds: tuple[str, ...] = ()) -> tuple[Stream, ...]:
    """List the passes; `kinds` are the kinds of contact that are counted apart."""
    return (
        Stream(
            "orders", "ordered_at", _order, needs=("ordered_at",), moments=("order",),
        ),
        Stream("orders", "returned_at", _return, needs=("returned_at",)),
        Stream("orders", "credited_at", _credit, needs=("credited_at", "gross", "amount")),
        Stream(
            "orders", "ordered_at", lambda t: {"failures": one(t.delivery_failed)},
            needs=("delivery_failed",), keep=lambda t: t.delivery_failed, delay=SETTLES,
        ),
        Stream(
            "interactions", "opened_at", lambda t: _contact(t, kinds),
            needs=("opened_at",), moments=("contact",),
        ),
        Stream(
            "interactions", "first_reply_at", _reply,
            needs=("opened_at", "first_reply_at"), keep=_case,
        ),
        Stream(
            "interactions", "closed_at", _close, needs=("opened_at", "closed_at"),
            moments=("unsolved",), keep=_case,
        ),
    )  # fmt: skip


def _order(t: ibis.Table) -> dict[str, ibis.Value]:
    # a negative amount is money given back, not an order
    bought = (t.amount >= 0) if "amount" in t.columns else t.ordered_at.notnull()
    measures = {"orders": one(bought)}
    if "amount" in t.columns:
        measures |= {"spend": whole(_charged(t), MONEY), "credits": one(t.amount < 0)}
    if "discount" in t.columns:
        measures["discount"] = whole(t.discount, MONEY)
    return measures


def _charged(t: ibis.Table) -> ibis.Value:
    """Give what an order cost on its day: without money whose return has a day of its own."""
    paid = t.amount.cast("float64")
    if {"gross", "credited_at"} <= set(t.columns):
        paid = ibis.ifelse(t.credited_at.notnull(), t.gross.cast("float64"), paid)
    if "refunded" in t.columns:
        undated = t.returned_at.isnull() if "returned_at" in t.columns else ibis.literal(True)
        paid = paid - ibis.ifelse(undated, t.refunded.cast("float64").fill_null(0.0), 0.0)
    return paid


def _return(t: ibis.Table) -> dict[str, ibis.Value]:
    measures = {"returns": one(t.returned_at.notnull())}
    if "refunded" in t.columns:
        measures["refunded"] = whole(t.refunded, MONEY)
    return measures


def _credit(t: ibis.Table) -> dict[str, ibis.Value]:
    off = t.gross.cast("float64") - t.amount.cast("float64")
    return {"credit_rows": one(off > 0), "credited": whole(off, MONEY)}


def _contact(t: ibis.Table, kinds: tuple[str, ...]) -> dict[str, ibis.Value]:
    if "kind" not in t.columns:
        return {"contacts": one(t.opened_at.notnull())}
    asked = _invitation(t)
    measures = {"contacts": one(~asked), "invitations": one(asked)}
    known = {f"kind:{kind}": one((t.kind == kind) & ~asked) for kind in kinds}
    return measures | known


def _invitation(t: ibis.Table) -> ibis.Value:
    return t.kind.lower().contains("invit").fill_null(False)


def _case(t: ibis.Table) -> ibis.Value:
    opened = t.opened_at.notnull()
    return opened & ~_invitation(t) if "kind" in t.columns else opened


def _reply(t: ibis.Table) -> dict[str, ibis.Value]:
    return {
        "replies": one(t.first_reply_at >= t.opened_at),
        "reply_seconds": _not_negative(seconds(t.first_reply_at, t.opened_at)),
    }


def _close(t: ibis.Table) -> dict[str, ibis.Value]:
    measures = {
        "closed": one(t.closed_at.notnull()),
        "close_seconds": _not_negative(seconds(t.closed_at, t.opened_at)),
    }
    if "resolved" in t.columns:
        measures |= {"solved": one(t.resolved), "unsolved": one(~t.resolved)}
    else:
        measures["unsolved"] = ibis.literal(0)
    if "reopened" in t.columns:
        measures["reopened"] = one(t.reopened)
    if "channels_used" in t.columns:
        measures["channel_changes"] = one(t.channels_used.re_search("[>;,|]"))
    if "csat" in t.columns:
        measures |= {"rated": one(t.csat.notnull()), "rating": whole(t.csat, 100)}
    if "cost" in t.columns:
        measures["cost"] = whole(t.cost, MONEY)
    return measures


def _not_negative(value: ibis.Value) -> ibis.Value:
    return ibis.ifelse(value < 0, 0, value)
