"""Money a draft would otherwise pass over in silence: sums, prices and fees it does not use."""

import re

import numpy as np
import pandas as pd

from cxlab.drafting.doubts import would_be
from cxlab.drafting.guesses import Guess
from cxlab.drafting.lexicon import WORDS, Word
from cxlab.drafting.profiles import Profile, folded
from cxlab.drafting.tables import counts_rows, fits, is_money, lasts
from cxlab.drafting.where import gone
from cxlab.results import count, listing

_FEWEST = 3  # rows without a price
_SEVERAL = 8  # different sums
_PAYS = {"customers": "monthly_fee", "subscriptions": "amount"}
_NO_PAY = r"balance|debt|arrears|limit|income|salary|saldo|credit|ltv|lifetime|total|discount"


def paid_here(made: Guess) -> None:
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


_SPANS = re.compile(
    r"(?P<year>year|annual|jahr|annuel|anual|annuale|arlig|\brok|roczn|vuosi|yillik)|"
    r"(?P<quarter>quarter|quartal|vierteljahr|trimes|kwarta)|(?P<week>week|woche|semana|semaine)|"
    r"(?P<month>month|monat|mensu|mensal|mensil|maand|manad|miesi|mesic|kuukau|aylik)"
)
_SPAN = r"interval|frequen|billing (?:cycle|period)|\bterm\b|turnus|zahlweise|period"


def unlike_fees(made: Guess) -> None:
    """Doubt fees of unlike spans, or of several pieces, that are read as one month's."""
    ours = _PAYS.get(made.table, "")
    fee = made.columns.get(ours)
    if fee is None:
        return
    paid = made.raw(fee).map(fee.numbers).astype(float)
    for column in made.found:
        if column is fee or not 1 < len(column.counts) <= _SEVERAL:
            continue
        spans = [m.lastgroup for w in column.counts.index if (m := _SPANS.search(folded(w)))]
        counted = column.numbers and re.search(_SPAN, column.called)
        pieces = column.numbers and fits([column], _word_of("orders", "quantity"))
        if pieces:
            times = made.raw(column).map(column.numbers).astype(float)
            said = f"how many each has; times these, it adds up to {(paid * times).sum():,.2f}"
        elif counted or len({*spans}) > 1:
            sums = paid.groupby(made.raw(column)).sum()
            parts = [f"'{word}' ({sums[word]:,.2f})" for word in column.counts.index]
            said = f"for how long each pays, {listing(parts, 6)}; bring them to a month"
        else:
            continue
        made.doubt(
            f"'{fee.name}' adds up to {paid.sum():,.2f} and is read as what each pays a month, and "
            f"'{column.name}' says {said}.",
            0.7,
            "columns",
            ours,
        )


def _word_of(table: str, ours: str) -> Word:
    return next(word for word in WORDS[table] if word.ours == ours)


def _is_sum(made: Guess, column: Profile) -> bool:
    """Say whether numbers are money by their form or heading, or go both ways as in a ledger."""
    tally = column.tally()
    paid = _word_of("orders", "amount")
    if made.table == "responses":  # what an account pays; other numbers are kept, and asked
        paid_so = column.kind == "number" and fits([column], paid) and not column.most
        broken = any(number % 1 for number in tally)
        return bool((paid_so and broken) or re.search(_PER_YEAR, column.called))
    named = bool(fits([column], paid) or re.search(_PAID, column.called))
    both = min(tally) < 0 < max(tally) and len(tally) > _SEVERAL
    cents = column.counts.index.str.fullmatch(r"[\d.,' ]*\d[.,]\d\d").all()
    named = (named or cents) and not lasts(column)
    return bool(is_money(column) or both or (named and len(tally) > 1))


def other_sums(made: Guess) -> None:
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


_BEFORE = r"sub ?total|zwischensumme|sous total|list|before|vor rabatt|avant remise"
_PERCENT = r"%|percent|pct|prozent|pourcent|por ?cent|procent|per cento"


def discounted(made: Guess) -> None:
    """Doubt discounts that nothing takes off: of prices times pieces, or of a sum before them."""
    paid, less = made.columns.get("amount"), made.columns.get("discount")
    if made.table != "orders" or less is None:
        return
    pieces = [made.columns[ours] for ours in ("quantity", "unit_price") if ours in made.columns]
    before = [paid] if paid is not None and re.search(_BEFORE, paid.called) else []
    named = pieces if len(pieces) == 2 else before
    if not named:
        return
    here = ~gone(made)
    whole = pd.Series(1.0, here.index[here])
    for column in named:
        whole *= _numbers_of(made, column)[here]
    part = _numbers_of(made, less)[here].abs()
    share = re.search(_PERCENT, less.name.casefold()) or any("%" in word for word in less.numbers)
    if share or part.max() <= 1:
        part = whole * part / (100 if part.max() > 1 else 1)
    taken = paid is not None and (_numbers_of(made, paid)[here] - whole).abs().sum()
    if not part.sum() or taken > part.sum() / 2:
        return
    what = " times ".join(f"'{column.name}'" for column in named)
    made.doubt(
        f"'{less.name}' is not taken off: {what} adds up to {whole.sum():,.2f}, and less it to "
        f"{(whole - part).sum():,.2f}. If customers paid less by it, export what they paid as "
        "'amount'.",
        0.8,
        "columns",
        "amount",
    )


def _numbers_of(made: Guess, column: Profile) -> pd.Series:
    return made.raw(column).map(column.numbers).astype(float).fillna(0)


_PER_YEAR = r"\b[amt]rr\b|\b[at]cv\b"
_PAID = (
    r"proceeds|pledge|\bacv\b|\btcv\b|\b[am]rr\b|\bfee\b|charge\b|beitrag|premium|\bdues\b|"
    r"\brent\b"
)


def summed(made: Guess) -> None:
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


def unpriced(made: Guess) -> None:
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
