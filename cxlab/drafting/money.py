"""In which money sums are, and which of them count: currencies, fees, credits, what is unpaid."""

import re
from itertools import combinations

import pandas as pd

from cxlab.cleaning.convert import _NO, _YES, to_currency
from cxlab.cleaning.counting import gives_back
from cxlab.drafting.guesses import Guess
from cxlab.drafting.lexicon import IN_CENTS
from cxlab.drafting.profiles import CODES, IN_MONEY, NO_CENTS, Profile, folded
from cxlab.drafting.tables import is_money
from cxlab.drafting.where import gone, set_where, taken_off, valued
from cxlab.results import listing

_SAYS_YES = _YES | {"returned", "refunded", "retourniert"}


def currency(made: Guess, others: list[str]) -> str:
    """Name the currency; where there are several, keep the most frequent and say so."""
    amount = made.columns.get("amount")
    if amount is None:
        return ""
    column = made.columns.get("currency") or _money_of(made) or amount
    column = amount if column.kind == "empty" else column
    cells = made.raw(column)
    codes = to_currency(cells).values.fillna("") if column is amount else cells.str.upper()
    counts = codes[codes != ""].value_counts()
    if len(counts) < 2:
        return _always(made, column, amount, next(iter(counts.index), _headed(amount)))
    if _converted(made):
        return _converted(made)
    numbers = made.raw(amount).map(amount.numbers).astype(float)
    sums = numbers.groupby(codes).sum().drop("", errors="ignore").sort_index()
    most = max(counts.index, key=lambda word: (counts[word], word))
    shown = listing([f"{sums[word]:,.2f} {word}" for word in sums.index])
    words = [word for word in column.counts.index if word.upper() == most]
    set_where(made, column, [most] if column is amount else words)
    made.columns["currency"] = column
    made.unused.pop(column.name, None)
    others += sorted(set(counts.index) - {most})
    made.doubt(
        f"'{column.name}' names {len(counts)} currencies, {shown}; only {most} is counted "
        f"({counts[most]:,} of {column.n:,} rows). To count all of them, fill in the line `rates:` "
        f"and take '{column.name}' out of `where`.",
        1 - counts[most] / max(column.n, 1) + 0.2,
        "where",
    )
    return most


def said(made: Guess) -> str:
    """Name the currency that a list says its fees are in, where there is one."""
    fees = made.columns.get("monthly_fee")
    column = _money_of(made) or fees
    if fees is None or column is None:
        return ""
    cells = made.raw(column)
    codes = set(to_currency(cells).values.fillna("") if column is fees else cells.str.upper())
    codes = {_likely(code) for code in codes} - {""}
    return codes.pop() if len(codes) == 1 else "" if codes else _headed(fees)


def _likely(code: str) -> str:
    """Give the likeliest of the currencies that share a sign."""
    return {"KR": "SEK", "SKR": "SEK"}.get(code, code)


def _money_of(made: Guess) -> Profile | None:
    """Find the column of currencies: by its heading, else by codes in it."""
    by_name = [c for c in made.found if c.called in ("currency", "wahrung", "devise", "moneda")]
    by_code = [c for c in made.found if c.n and set(c.counts.index.str.upper()) <= CODES]
    return next(iter([*by_name, *by_code]), None)


def _headed(column: Profile) -> str:
    """Give the currency that a heading names, as 'Fare (EUR)' does; nothing where it names two."""
    named = pd.Series(IN_MONEY.findall(column.name), dtype="str")
    codes = set(to_currency(named).values.map(_likely, na_action="ignore").dropna()) & CODES
    return codes.pop() if len(codes) == 1 else ""


def _always(made: Guess, column: Profile, amount: Profile, code: str) -> str:
    """Name the one currency there is; a column that says nothing else is not read."""
    if column is amount:
        cents = any(number % 1 for number in amount.numbers.values())
        return "CNY" if code == "JPY" and cents else _likely(code)  # yen have no hundredths
    made.columns.pop("currency", None)
    made.unused[column.name] = f"always '{column.example}': the study's currency"
    return code


_LOCAL = (
    r"local currency|lokale wahrung|landeswahrung|monnaie locale|devise locale|"
    r"moneda local|lokale valuta|valuta locale|transaction currency|document currency"
)


def in_many(made: Guess) -> None:
    """Doubt sums of which only the heading tells that they are in several currencies."""
    amount = made.columns.get("amount")
    if amount is None or "currency" in made.columns or len(_words(made)) == 1:
        return
    if re.search(_LOCAL, amount.called):
        total = sum(number * amount.counts[word] for word, number in amount.numbers.items())
        made.doubt(
            f"'{amount.name}' is each row's own currency by its heading, and no column says which: "
            f"{total:,.2f} may add up several. Export one currency, or a column that names it.",
            0.9,
            "columns",
            "amount",
        )
    mine = IN_MONEY.findall(amount.name)
    others = [c for c in made.found if c is not amount and c.n and c.numbers
              and IN_MONEY.sub("", c.name) == IN_MONEY.sub("", amount.name)]  # fmt: skip
    if mine and others:
        names = listing([f"'{column.name}' ({column.n:,} rows)" for column in others])
        made.doubt(
            f"sums stand in a column for each currency; only '{amount.name}' is counted "
            f"({amount.n:,} of {amount.rows:,} rows), {names} is left out. Bring them into one "
            "column, with another that names the currency.",
            0.95,
            "columns",
            "amount",
        )


def two_sides(made: Guess) -> None:
    """Doubt sums that stand in a second column wherever the first is empty."""
    amount = made.columns.get("amount")
    if amount is None or amount.filled > 0.99 or IN_MONEY.search(amount.name):
        return
    empty = made.raw(amount) == ""
    for column in made.left() + [c for c in made.found if c.name in made.unused]:
        if not column.n or not column.numbers or not is_money(column):
            continue
        filled = made.raw(column) != ""
        if (filled & ~empty).any() or filled.sum() < 0.9 * empty.sum():
            continue
        total = made.raw(column).map(column.numbers).astype(float).sum()
        mine = made.raw(amount).map(amount.numbers).astype(float).sum()
        made.doubt(
            f"'{amount.name}' is empty in {int(empty.sum()):,} rows, and '{column.name}' holds "
            f"{total:,.2f} there, which is not counted: '{amount.name}' adds up to {mine:,.2f}; "
            f"with the other side it would be {mine - total:,.2f} or {mine + total:,.2f}. Bring "
            "them into one column, what was given back as negative amounts.",
            0.85,
            "columns",
            "amount",
        )
        return


def two_columns(made: Guess) -> None:
    """Doubt sums of which each row has one in either of two columns, as a ledger has them."""
    if {"amount", "unit_price"} & made.columns.keys():
        return
    money = {c.name: made.raw(c).map(c.numbers).astype(float).fillna(0)
             for c in made.found if is_money(c)}  # fmt: skip
    for one, other in combinations(money, 2):
        first, second = money[one] != 0, money[other] != 0
        if (first & second).any() or (first | second).mean() < 0.9 or not first.any():
            continue
        mine, theirs = money[one].sum(), money[other].sum()
        if not second.any():
            continue
        made.doubt(
            f"a row has its sum in '{one}' ({int(first.sum()):,} rows, {mine:,.2f}) or in "
            f"'{other}' ({int(second.sum()):,} rows, {theirs:,.2f}), and neither is read. Bring "
            "them into one column, what was given back as negative amounts: "
            f"{abs(mine - theirs):,.2f} together.",
            0.9,
            "columns",
            "amount",
        )
        return


def cents(made: Guess) -> None:
    """Doubt amounts that count the smallest coin, as interfaces of payment systems write them."""
    amount, order = made.columns.get("amount"), made.columns.get("order_id")
    if amount is None or not amount.numbers:
        return
    whole = all(float(number).is_integer() for number in amount.numbers.values())
    told = re.search(IN_CENTS, amount.called)
    api = order is not None and order.example[:3] in ("ch_", "pi_", "in_", "py_", "tr_")
    if not told and not (whole and api and not any(each in NO_CENTS for each in _words(made))):
        return
    total = sum(number * amount.counts[word] for word, number in amount.numbers.items())
    made.doubt(
        f"'{amount.name}' holds whole numbers that may be cents: it adds up to {total:,.2f}, or to "
        f"{total / 100:,.2f} if so. Then export amounts in whole money, or divide them.",
        0.9,
        "columns",
        "amount",
    )


def _words(made: Guess) -> set[str]:
    column = _money_of(made)
    return set() if column is None else {word.upper() for word in column.counts.index}


def came_back(made: Guess) -> None:
    """Doubt orders that a flag calls returned, where no sum is given back."""
    if "refunded" in made.columns or "returned_at" in made.columns:
        return
    for column in made.found:
        back = re.search(r"^(?:is )?(?:returned|refund(?:ed)?(?: fla?g)?|retourniert|retour|"
                         r"devuelto|remboursee?)$", column.called)  # fmt: skip
        if not back or column.kind not in ("flag", "category"):
            continue
        yes = [word for word in column.counts.index if word.casefold() in _SAYS_YES]
        n = int(column.counts[yes].sum())
        if n:
            rule = f"`where: {{{column.name}: {{not: [{', '.join(yes)}]}}}}`"
            made.doubt(
                f"'{column.name}' calls {n:,} of {column.n:,} rows returned, worth "
                f"{valued(made, column, yes)}, and they are counted in full; {rule} leaves them "
                "out.",
                n / max(column.n, 1),
                "where",
            )


_PAYMENT = re.compile(
    r"(?:is |was )?(?:paid|settled|bezahlt|beglichen|betalt|betald|betaald|payee?s?|paye|regle|"
    r"pagad[oa]|pag[oa]|pagato|zaplacon[aeoy]|oplacon[aeoy]|zaplacen[aoy]|uhrazen[aoy]|maksettu|"
    r"fizetve|kifizetve|odendi|оплачен[ао]?|支払済み?|已付款|결제완료)(?: (?:flg|flag|ind|yn|y n))?"
)


def unpaid(made: Guess) -> None:
    """Doubt orders of which a flag says that they are not paid."""
    for column in made.found:
        no = [word for word in column.counts.index if word.casefold() in _NO]
        rule = column.name in made.said.get("where", {})
        if not no or column.kind != "flag" or not _PAYMENT.fullmatch(column.called) or rule:
            continue
        made.doubt(
            f"'{column.name}' says {listing([repr(word) for word in no])} of "
            f"{int(column.counts[no].sum()):,} of {column.n:,} rows, worth "
            f"{valued(made, column, no)}, and they are counted; `where: {{{column.name}: {{not: "
            f"[{', '.join(no)}]}}}}` leaves them out.",
            int(column.counts[no].sum()) / max(column.n, 1),
            "where",
        )


_COSTS = re.compile(
    r"\bfees?\b|commission|gebuhr|provision(?:en)?\b|\bfrais\b|comision|commissie|pay ?outs?\b|"
    r"auszahlung|withdrawal|transfer to|virement|settlement"
)


def fees(made: Guess) -> None:
    """Leave out rows that a word calls fees or payouts: what selling cost, no customer paid."""
    amount = made.columns.get("amount")
    if amount is None:
        return
    numbers = made.raw(amount).map(amount.numbers).astype(float)
    everywhere = made.files.everywhere()
    found = [c for c in made.found if c.kind in ("category", "flag") and c.name in everywhere
             and c is not made.columns.get("product")]  # fmt: skip
    for column in sorted(found, key=lambda column: -len(column.counts)):
        cells = made.raw(column)
        words = [word for word in column.counts.index if _COSTS.search(folded(word))]
        rows = cells.isin(words)
        if not words or len(words) == len(column.counts) or (numbers[rows] < 0).mean() <= 0.5:
            continue
        kind = made.columns.get("kind")
        set_where(made, column, {"not": words})
        if kind is column:
            made.unused.pop(column.name)
        sums = numbers[~rows].groupby(cells[~rows]).sum()
        kept = listing([f"'{word}' ({total:,.2f})" for word, total in sums.items() if word], 6)
        made.doubt(
            f"'{column.name}' calls {int(rows.sum()):,} rows "
            f"{listing([repr(word) for word in words], 4)}: what selling cost, and no customer "
            f"paid it. They are left out: '{amount.name}' adds up to {sums.sum():,.2f}, with them "
            f"to {numbers.sum():,.2f}. What is left is {kept}.",
            0.85,
            "where",
        )
        return


def credits(made: Guess) -> None:
    """Read the kind of rows that a word calls money given back; doubt what it cannot settle."""
    amount = made.columns.get("amount")
    if amount is None:
        return
    for column in made.found:
        if column.kind not in ("category", "flag") or column is made.columns.get("status"):
            continue
        back = gives_back(column.counts.index.to_series())
        said = column.counts.index.str.casefold()
        beside = not back.any() and bool({"sale", "charge", "payment", "purchase"} & {*said})
        back = back | (beside & (said == "credit"))  # beside 'debit' it is a side of a ledger
        if not back.any() or back.all() or column is made.columns.get("product"):
            continue
        words = column.counts.index[back]
        numbers = made.raw(amount).map(amount.numbers).astype(float)
        rows = made.raw(column).isin(words)
        mine = numbers[rows]
        if taken_off(made, rows) or (mine > 0).mean() <= 0.5:
            continue
        if made.columns.get("kind", column) is column and _kind_of(column) and not beside:
            made.release(column)
            made.columns["kind"] = column
            continue
        made.doubt(
            f"'{column.name}' calls {len(mine):,} of {column.n:,} rows "
            f"{listing([f'{word!r}' for word in words])}, and their amounts are positive: they are "
            f"counted as sales ({mine.sum():,.2f} of {numbers.sum():,.2f}). If they were given "
            + (
                "back, write them as negative amounts"
                if beside
                else f"back, write 'kind: {column.name}'"
            )
            + "; or leave them out by `where`.",
            0.9,
            "where",
        )


# how ledgers say on which side of it a row stands
_SIDES = ("dr cr", "d c", "s h", "soll haben", "debit credit", "debe haber", "dare avere", "in out",
          "af bij", "withdrawal deposit", "belastung gutschrift", "debet credit", "debito credito",
          "outflow inflow", "out in", "expense income", "paid out paid in")  # fmt: skip


def either_side(made: Guess) -> None:
    """Doubt sums of which a word says the side of a ledger, and no sign does."""
    amount = made.columns.get("amount")
    if amount is None or not amount.numbers or min(amount.numbers.values()) < 0:
        return
    for column in made.found:
        sides = list(column.counts.index)
        if sides == ["+"] and (made.raw(column) == "-").any():  # a dash alone is no word elsewhere
            sides = ["+", "-"]
        said = " ".join(map(folded, sides))
        turned = " ".join(map(folded, sides[::-1]))
        if len(sides) != 2 or not (sides == ["+", "-"] or {said, turned} & {*_SIDES}):
            continue
        sums = {word: _sum_of(made, column, word) for word in sides}
        (one, mine), (other, theirs) = sums.items()
        made.doubt(
            f"'{column.name}' says on which side each row stands, '{one}' ({mine:,.2f}) or "
            f"'{other}' ({theirs:,.2f}), and all are counted as sales, {mine + theirs:,.2f} "
            f"together; one side less the other would be {abs(mine - theirs):,.2f}. Keep one by "
            f"`where: {{{column.name}: [{one}]}}`, or write the other as negative amounts.",
            0.9,
            "where",
        )
        return


_BALANCED = 0.5  # of what was charged, what would have been given back


def cancels(made: Guess) -> None:
    """Doubt sums of both signs that cancel each other, as charges and their payments do."""
    amount = made.columns.get("amount")
    if amount is None or not amount.numbers:
        return
    numbers = made.raw(amount).map(amount.numbers).astype(float)[~gone(made)]
    charged, back = numbers[numbers > 0].sum(), -numbers[numbers < 0].sum()
    if not charged or back < _BALANCED * charged:
        return
    below = {}
    for column in made.found:
        cells = made.raw(column)[numbers.index]
        signs = numbers.gt(0).groupby(cells).mean() if column.kind in ("category", "flag") else None
        if signs is not None and len(signs) > 1 and signs.isin([0, 1]).all():
            below = {column.name: [word for word in signs.index if not signs[word]]}
            break
    named = "".join(f" ({listing([repr(w) for w in words], 4)} of '{name}')"
                    for name, words in below.items())  # fmt: skip
    made.doubt(
        f"rows of '{amount.name}' below zero{named} add up to {back:,.2f}, against {charged:,.2f} "
        "above: they are taken for money given back. If they are payments of what was charged, "
        "leave them out by `where`.",
        0.95,
        "where",
    )


def _sum_of(made: Guess, column: Profile, word: str) -> float:
    amount = made.columns["amount"]
    rows = made.raw(column) == word
    return float(made.raw(amount)[rows].map(amount.numbers).astype(float).sum())


def _kind_of(column: Profile) -> bool:
    """Say whether a heading is one of kinds of transaction, and not of goods or their state."""
    return bool(re.search(
        r"\b(?:type|typ|tipo|kind|art|soort|rodzaj|category|kategorie|categorie|categoria|event|"
        r"vorgang|buchung|movement|movimiento|mouvement|document|doc|beleg|transaction|operation|"
        r"operacion|nature|description)\b|(?:art|typ|type|soort)$", column.called))  # fmt: skip


def _converted(made: Guess) -> str:
    """Read amounts in the account's own currency, where the export has them."""
    by_name = {column.called: column for column in made.found}
    money, currency = by_name.get("converted amount"), by_name.get("converted currency")
    if money is None or currency is None or len(currency.counts) != 1:
        return ""
    if money.n < 0.95 * made.columns["amount"].n:
        return ""
    was = made.columns["amount"]
    made.columns["amount"] = money
    made.unused.pop(money.name, None)
    made.unused[was.name] = f"in several currencies; '{money.name}' is read"
    refunds = by_name.get("converted amount refunded")
    if refunds is not None and "refunded" in made.columns and refunds.kind != "empty":
        made.unused[made.columns["refunded"].name] = f"'{refunds.name}' is read"
        made.unused.pop(refunds.name, None)
        made.columns["refunded"] = refunds
    if "currency" in made.columns:
        made.unused[made.columns.pop("currency").name] = "of the amounts before conversion"
    return currency.example.upper()
