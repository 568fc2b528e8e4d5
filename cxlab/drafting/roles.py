"""What a column is by what its values do, where no heading says it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlab.cleaning.convert import LEFT
from cxlab.cleaning.dates import to_time
from cxlab.cleaning.durations import SECONDS, unit_named
from cxlab.drafting.asked import of_several
from cxlab.drafting.doubts import would_be
from cxlab.drafting.lexicon import (
    FIRM,
    NO_RATING,
    NO_SUM,
    NO_TEXT,
    NO_WHEN,
    NO_WHO,
    PERSONAL,
    PLANNED,
)
from cxlab.drafting.profiles import MONTH, MOST_VALUES, Profile, folded, is_coded, is_prose
from cxlab.drafting.scales import read_scale
from cxlab.drafting.tables import counts_rows, is_money
from cxlab.results import listing

if TYPE_CHECKING:
    from cxlab.drafting.guesses import Guess

WHEN = {
    "responses": "answered_at",
    "customers": "signed_up_at",
    "orders": "ordered_at",
    "interactions": "opened_at",
    "subscriptions": "started_at",
    "reviews": "posted_at",
    "visits": "at",
}
_OWN = {"orders": "order_id", "interactions": "interaction_id", "responses": "response_id"}
_POINTS = 8  # of 0 to 10 in use
_SOME = 0.3  # of sales, those of customers who are known: others buy without a card
_FEWEST = 5  # rows from which values show what a column is


def settled(made: Guess) -> None:
    """Give the columns that a table stands on a place by their values, and doubt it aloud."""
    _when(made)
    if made.table == "customers":
        _listed(made)
    else:
        _who(made)
        _own(made)
    if made.table in _LIFE:
        _left(made)
    if made.table == "responses":
        _like_nps(made)
        _as_many(made)
    if made.table == "orders":
        _sum(made)
        _gives_back(made)
    if made.table == "interactions":
        _units(made)
        _judged(made)
    if made.table == "visits":
        _steps(made)


_WRITTEN = {"responses": "comment", "reviews": "text"}


def written(made: Guess) -> None:
    """Find what people wrote: sentences, hardly any of which comes twice; one column is read."""
    if made.table not in _WRITTEN:
        return
    ours = _WRITTEN[made.table]
    fit = [c for c in made.left() if c.kind == "text" and c.n >= _FEWEST and is_prose(c.counts)]
    fit = [c for c in fit if c.distinct > 0.5 and not re.search(f"{PERSONAL}|{NO_TEXT}", c.called)]
    if made.table == "responses":  # 'Phone;Web' is no sentence
        fit = [column for column in fit if not of_several(made, column)]
    fit = sorted(fit, key=lambda column: -column.n)
    if fit and ours not in made.columns:
        _take(made, ours, fit, "what people wrote", 0.25)
    elif fit:
        mine = made.columns[ours]
        names = listing([f"'{column.name}' ({column.n:,} rows)" for column in fit], 4)
        made.doubt(
            f"what people wrote is read from '{mine.name}' ({mine.n:,} rows) alone; {names} "
            f"{'is' if len(fit) == 1 else 'are'} not. List the file again under another study, or "
            "bring the texts into one column, to read them too.",
            0.15,
            "columns",
            ours,
        )


def _as_many(made: Guess) -> None:
    """Weight the rows of a table of counts, of which none names who answered."""
    fit = [column for column in made.left() if counts_rows(column, "responses")]
    own = [column for column in made.found if column.kind in ("id", "email", "text")]
    single = any(column.distinct > 0.9 for column in own if column not in fit)
    if fit and not single and not {"weight", "response_id", "customer_id"} & set(made.columns):
        made.columns["weight"] = fit[0]
        total = sum(n * rows for n, rows in fit[0].tally().items())
        made.doubt(
            f"'{fit[0].name}' adds up to {total:,.0f} over {fit[0].n:,} rows: a row seems to stand "
            "for as many answers, and weighs as many. Intervals and numbers of people are those "
            f"of {fit[0].n:,} rows; export a row for each answer to have them right.",
            0.8,
            "columns",
            "weight",
        )


def _take(made: Guess, ours: str, fit: list[Profile], what: str, weight: float) -> None:
    """Map the best of the columns that fit, and say what else it might be."""
    made.columns[ours] = fit[0]
    made.unused.pop(fit[0].name, None)
    told = [would_be(ours, column) for column in fit[:4]]
    mine = f" ({told[0]})" if told[0] else ""
    others = [f"'{column.name}'{f' ({number})' if number else ''}"
              for column, number in zip(fit[1:4], told[1:], strict=True)]  # fmt: skip
    also = f"; it might also be {listing(others)}" if others else ""
    made.doubt(
        f"no heading says outright {what}; '{fit[0].name}' ('{fit[0].example[:40]}') is taken for "
        f"{ours} by its values{mine}{also}.",
        weight,
        "columns",
        ours,
    )


def _when(made: Guess) -> None:
    ours = WHEN[made.table]
    if ours in made.columns:
        return
    never = f"{NO_WHEN}|{PLANNED}|{PERSONAL}"
    order = made.columns.get("order_id")  # of its lines, the first alone may be dated
    least = 0.5 if order is None else 0.5 * len(order.counts) / max(order.rows, 1)
    fit = [
        column
        for column in made.left()
        if column.moments is not None
        and len(column.counts) > 1
        and column.filled > least
        and not re.search(never, column.called)
    ]
    if not fit and made.table in (
        "responses",
        "interactions",
    ):  # a log of messages has no other day than the one on which each was sent
        dated = [c for c in made.left() if c.moments is not None and c.filled > _EACH]
        fit = [c for c in dated if len(c.counts) > 0.5 * c.n and re.search(r"\bsent", c.called)]
    if fit:
        fit = sorted(fit, key=lambda column: (-round(column.filled, 1), made.found.index(column)))
        _take(made, ours, fit, "when", 0.4)
        return


_EACH = 0.97  # of the rows, those that are dated


_NO_ID = r"-?\d*[.,]\d+|-\d+|\d{1,3}|.*%|\d{1,2}:\d\d\D?.*"


def _ids(made: Guess) -> list[Profile]:
    """List the columns left that hold ids: written in one word with figures, or addresses."""
    return [
        column
        for column in made.left()
        if column.n >= _FEWEST
        and column.filled > (_SOME if made.table == "orders" else 0.9)
        and len(column.counts) > 1
        and not re.search(NO_WHO, column.called)
        and column.kind in ("id", "email", "category", "number", "text")
        and (column.kind in ("id", "email") or is_coded(column.counts.index))
        and not column.counts.index.str.fullmatch(
            r"-?\d*[.,]\d+|-\d+|\d{1,3}|.*%|\d{1,2}:\d\d\D?.*"
        ).any()
    ]


def _listed(made: Guess) -> None:
    """Find the id of a list of customers: an address, or what is different in every row."""
    if "customer_id" in made.columns:
        return
    mail = made.columns.get("email")
    if mail is not None and mail.distinct > 0.97 and mail.filled > 0.9:
        made.columns.pop("email")
        _take(made, "customer_id", [mail], "who a customer is", 0.2)
        return
    fit = [column for column in _ids(made) if column.distinct > 0.97]
    fit = fit or [column for column in _firms(made) if column.distinct > 0.97]
    if fit:
        _take(made, "customer_id", fit, "who a customer is", 0.4)


def _who(made: Guess) -> None:
    """Find who orders, asks or answers: ids of which many come again."""
    if "customer_id" in made.columns or made.table == "reviews":
        return
    fit = [
        column
        for column in _ids(made)
        if column.distinct < 0.97 and (len(column.counts) > MOST_VALUES or column.distinct > 0.3)
        and not _same_within(made, column)
    ]  # fmt: skip
    fit = fit or _firms(made)
    if fit:
        fit = sorted(fit, key=lambda column: (column.kind != "email", made.found.index(column)))
        _take(made, "customer_id", fit, "whose a row is", 0.5)


def _firms(made: Guess) -> list[Profile]:
    """List what names firms or customers, whose name is an id where there is no other."""
    return [c for c in made.found if re.search(FIRM, c.called) and c.filled > 0.9
            and c.kind in ("text", "category", "id") and len(c.counts) > MOST_VALUES
            and c not in made.columns.values()]  # fmt: skip


def _own(made: Guess) -> None:
    """Find the id of a row, or of the order that rows are lines of."""
    ours = _OWN.get(made.table, "")
    if not ours or ours in made.columns or made.files.long:
        return
    lines = [c for c in _ids(made) if c.distinct < 0.97] if made.table == "orders" else []
    fit = [c for c in lines if _same_within(made, c)] or [
        c
        for c in _ids(made)
        if c.distinct > 0.99
        and c.filled > 0.99
        and c.kind != "email"
        and not c.counts.index.str.fullmatch(r"\+[\d ()-]+").any()
    ]
    if fit:
        parts = fit[0].distinct < 0.97
        _take(made, ours, fit, "which order a line is of" if parts else "which row is which",
              0.4 if parts else 0.05)  # fmt: skip


def _same_within(made: Guess, column: Profile) -> bool:
    """Say whether rows of one value have one day and one customer, as lines of an order have."""
    held = [made.columns[ours] for ours in ("ordered_at", "customer_id") if ours in made.columns]
    if made.table != "orders" or "ordered_at" not in made.columns:
        return False
    key = made.raw(column)
    several = key.duplicated(keep=False) & (key != "")
    if several.sum() < _FEWEST:
        return False
    rows = pd.DataFrame({str(at): made.raw(each)[several] for at, each in enumerate(held)})
    alike = rows.groupby(key[several]).nunique().max(axis="columns") <= 1
    return bool(alike.mean() > 0.98)


def _left(made: Guess) -> None:
    """Doubt a date, later than the first, that some customers or spells have: they may have left.

    A status that calls those left, and those alone, settles it.
    """
    ours, first = _LIFE[made.table]
    if {ours, "churned"} & set(made.columns):
        return
    taken = made.columns.get(first)
    begun = None if taken is None else moments_of(made, first, taken)
    who = "customers" if made.table == "customers" else "spells"
    for column in made.left():
        if column.moments is None or not 0.02 < column.filled < 0.95 or len(column.counts) < 2:
            continue
        took = moments_of(made, "", column) - (
            begun if begun is not None else pd.Timestamp(0, tz="UTC")
        )
        if re.search(f"{NO_WHEN}|{PLANNED}", column.called) or (took < pd.Timedelta(0)).any():
            continue
        if _called_gone(made, column):
            _take(made, ours, [column], "when somebody left", 0.4)
            return
        made.doubt(
            f"'{column.name}' holds a {'later ' if taken else ''}date for {column.n:,} of "
            f"{column.rows:,} {who}; if they left then, write '{ours}: {column.name}', and as_of "
            f"no earlier than {column.moments.max():%Y-%m-%d}. Until then nobody is known to have "
            "left.",
            0.7,
            "columns",
            ours,
        )
        return


_LIFE = {"customers": ("churned_at", "signed_up_at"), "subscriptions": ("ended_at", "started_at")}


def _called_gone(made: Guess, column: Profile) -> bool:
    """Say whether a status calls left just those who have a date."""
    dated = made.raw(column) != ""
    for status in made.found:
        words = [word for word in status.counts.index[:MOST_VALUES] if word.casefold() in LEFT]
        if words and (made.raw(status).isin(words) == dated).mean() > 0.98:
            return True
    return False


def moments_of(made: Guess, ours: str, column: Profile) -> pd.Series:
    """Give the moments of a column of dates, row by row; `ours` names the form of its dates."""
    form = made.formats.get(ours, MONTH if column.by_month else None)
    return to_time(made.raw(column), timezone="UTC", format=form).values


def _like_nps(made: Guess) -> None:
    """Doubt a question that nothing names, and that is answered as NPS is, on 0 to 10."""
    if "nps" in made.columns:
        return
    for column in made.left():
        tally = column.tally() if column.kind in ("scale", "category", "text") else {}
        if len(tally) < _POINTS or not (min(tally) == 0 and max(tally) == 10):
            continue
        if sum(tally.values()) < 0.1 * column.n:
            continue
        if re.search(NO_RATING, column.called):
            continue
        n = sum(tally.values())
        score = sum(rows * ((point > 8) - (point < 7)) for point, rows in tally.items())
        made.doubt(
            f"'{column.name}' is answered on 0..10, as NPS is, and its heading does not say so: "
            f"written as 'nps: {column.name}' it would be {100 * score / n:.1f} on {n:,} answers.",
            0.5,
            "columns",
            "nps",
        )
        return


def _sum(made: Guess) -> None:
    """Find what was paid, where one column alone is written as sums are."""
    fit = [c for c in made.left() if is_money(c) and c.filled > 0.5
           and not re.search(NO_SUM, c.called)]  # fmt: skip
    if "amount" in made.columns or "unit_price" in made.columns or len(fit) != 1:
        return
    quantity = made.columns.get("quantity")
    _take(made, "amount" if quantity is None else "unit_price", fit, "what was paid", 0.8)


def _gives_back(made: Guess) -> None:
    """Find the order that a row of money given back names."""
    order = made.columns.get("order_id")
    priced = ("amount", "quantity", "unit_price")
    signed = [made.columns[ours] for ours in priced if ours in made.columns]
    if order is None or not signed or "refund_of" in made.columns:
        return
    known = set(order.counts.index)
    for column in made.left():
        if column.n < 2 or column.filled > 0.5 or not set(column.counts.index) <= known:
            continue
        named = made.raw(column) != ""
        if any((made.raw(c)[named].map(c.numbers).astype(float) < 0).mean() > 0.9 for c in signed):
            made.columns["refund_of"] = column
            return


def _steps(made: Guess) -> None:
    """Take pages for events, and visitors of unknown heading for whose way it is."""
    if "event" not in made.columns and "page" in made.columns:
        made.columns["event"] = made.columns.pop("page")
        made.doubt(
            f"no column says what happened, so each page of '{made.columns['event'].name}' is an "
            "event of its own.",
            0.3,
            "columns",
            "event",
        )


_JUDGED = re.compile(
    r"\b(?:good|great|bad|poor|excellent|awful|terrible|(?:un)?happy|(?:dis)?satisfied|gut|schlecht|"
    r"(?:un)?zufrieden|bien|mal|bueno|malo|(?:in)?satisfait|(?:in)?satisfecho|goed|slecht|tevreden|"
    r"buono|soddisfatto)\b"
)


def _judged(made: Guess) -> None:
    """Take words that judge, such as 'Great' and 'Poor', for the rating of a contact."""
    if "csat" in made.columns:
        return
    for column in made.left():
        judged = [w for w in column.counts.index if _JUDGED.search(folded(w))]
        if column.kind != "category" or len(judged) < 2 or re.search(NO_RATING, column.called):
            continue
        if reading := read_scale([column]):
            _take(made, "csat", [column], "how a contact was rated", 0.5)
            made.scales["csat"] = reading
            return


def _units(made: Guess) -> None:
    """Tell the unit of plain numbers from the moments they lie between."""
    if "opened_at" not in made.columns:
        return
    for length, moment in (("first_reply", "first_reply_at"), ("resolution", "closed_at")):
        column = made.columns.get(length)
        if column is None or moment not in made.columns or column.kind == "duration":
            continue
        if unit_named(column.name):
            continue
        begun, done = (moments_of(made, ours, made.columns[ours]) for ours in ("opened_at", moment))
        took = (done - begun).dt.total_seconds().to_numpy(float)
        ratio = took / made.raw(column).map(column.numbers).to_numpy(float)
        ratio = ratio[np.isfinite(ratio) & (ratio > 0)]
        if len(ratio) < _FEWEST:
            continue
        unit = min(SECONDS, key=lambda each: abs(np.log(np.median(ratio) / SECONDS[each])))
        near = np.abs(np.log(ratio / SECONDS[unit])) < np.log(1.2)
        if near.mean() > 0.8:
            made.formats[length] = unit
