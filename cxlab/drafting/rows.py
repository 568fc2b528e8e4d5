"""Which rows count and how ids meet: what tables need beyond their columns."""

import re
from collections.abc import Sequence
from functools import lru_cache

import pandas as pd

from cxlab.cleaning.convert import _NO, _YES
from cxlab.cleaning.counting import gives_back, standing
from cxlab.drafting import forms, money
from cxlab.drafting.guesses import Guess, keyed
from cxlab.drafting.profiles import MOST_VALUES, Profile, folded
from cxlab.drafting.roles import moments_of
from cxlab.drafting.tables import SPEAKER, STAFF
from cxlab.drafting.where import gone, set_where, taken_off, valued
from cxlab.results import listing


def completed(tables: Sequence[Guess]) -> tuple[str, list[str]]:
    """Say of each table which rows count and in which form its values are written.

    Returns:
        The currency of the study, where the exports say it, and the others that it would take
        rates for.
    """
    others: list[str] = []
    currencies = []
    for made in tables:
        forms.written(made)
        forms.decimals(made)
        _which_rows(made)
        _splits(made)
        _nobody(made)
        if made.table == "customers":
            _no_customers(made)
            currencies.append(money.said(made))
        if made.table == "orders":
            forms.by_pieces(made)
            money.fees(made)
            money.credits(made)
            _used_again(made)
            _lines(made)
            _apart(made)
            currencies.append(money.currency(made, others))
            money.cents(made)
            money.in_many(made)
            money.two_sides(made)
            money.two_columns(made)
            money.came_back(made)
            money.unpaid(made)
            _called_off(made)
            money.either_side(made)
            money.cancels(made)
            _untold(made)
        if made.table == "interactions":
            _called_off(made)
            _no_contacts(made)
        if made.table == "subscriptions":
            currencies.append(money.currency(made, others))
        _set_apart(made)
    return next(filter(None, currencies), ""), others


def _which_rows(made: Guess) -> None:
    """Leave out rows that a status calls failed, partial or a test, and what staff said."""
    if made.table in ("responses", "reviews"):
        _by_staff(made)
    if made.table not in ("responses", "orders") or made.files.layout == "qualtrics":
        return
    vendor = made.files.vendor.name if made.files.vendor else ""
    if vendor == "LimeSurvey":
        _sent(made)
    column = made.columns.get("status") or next((c for c in made.found if _is_status(c)), None)
    column = column or next((c for c in made.found if _says_so(c, made.table)), None)
    column = column or next((c for c in made.found if _may_say_so(c, made.table)), None)
    if column is None or column.name not in made.files.everywhere():
        return
    said = standing(column.counts.index.to_series(), made.table)
    out = list(said.index[said.isin(["unfinished", "not_counted", "preview"])])
    won = [word for word in said.index if _WON.search(folded(word))]
    if won and made.table == "orders":  # a deal counts once it is won
        out = [word for word in said.index if word not in won]
    given = set(said.index[gives_back(said.index.to_series())])
    strange = [w for w in said.index[said == "unknown"] if w not in out and w not in given]
    if vendor == "Decipher" and "3" in column.counts.index:
        out = [word for word in column.counts.index if word != "3"]
    unknown = len(strange) == len(column.counts)
    if unknown and column is made.columns.get("status") and len(strange) <= MOST_VALUES:
        made.drop("status", "it is not known which of its words count")
    if strange and (not unknown or made.table == "orders") and vendor != "Decipher":
        worth = {word: valued(made, column, [word]).split(" of ")[0] for word in strange}
        words = listing([f"'{word}' ({column.counts[word]:,}{f', {sum_}' if sum_ else ''})"
                         for word, sum_ in worth.items()], 6)  # fmt: skip
        made.doubt(
            f"'{column.name}' holds {words}, of which it is not known whether they count; they "
            f"are counted. `where: {{{column.name}: {{not: [{strange[-1]}]}}}}` leaves rows out.",
            min(0.9, int(column.counts[strange].sum()) / max(column.n, 1)),
            "where",
        )
    if not out or len(out) == len(column.counts):
        return
    rows = int(column.counts[out].sum())
    amount = valued(made, column, out)
    shown = listing([f"'{word}' ({column.counts[word]:,})" for word in out])
    otherwise = f", worth {amount}," if amount else ""
    kept = ["3"] if vendor == "Decipher" else won
    set_where(made, column, kept or {"not": out})
    made.doubt(
        f"'{column.name}' calls {rows:,} of {column.n:,} rows {shown}{otherwise} and they are "
        "left out.",
        rows / max(column.n, 1),
        "where",
    )


_OUT = re.compile(
    r"exclu[ds]|ignore|\b(?:is )?test(?: (?:data|row|record|order|response|user))?$|^is test|"
    r"\bspam\b|\bvoid|hidden|partial$|incomplete|duplica|invalid|deleted|archived|disqualif|fraud|ausgeschloss|ungultig|geloscht|testdat"
)

_IN = re.compile(
    r"(?:is |survey |response )?(?:completed?|finished|valid|submitted|verified|approved|gultig|"
    r"vollstandig|abgeschlossen|beendet|complet[eo]?|terminee?|valid[eoa]|finalizad[oa]|concluid[oa])"
)


def _set_apart(made: Guess) -> None:
    """Doubt rows that a flag calls a test, excluded or not finished, and that are counted."""
    for column in made.found:
        sides = _YES if _OUT.search(column.called) else _NO if _IN.fullmatch(column.called) else ()
        words = [word for word in column.counts.index if word.casefold() in sides]
        told = column.name in made.said.get("where", {}) or column in made.columns.values()
        told = told or any(f"'{column.name}'" in doubt.text for doubt in made.doubts)
        if column.kind != "flag" or not words or told:
            continue
        rows = made.raw(column).isin(words)
        nps = made.columns.get("nps")
        number = valued(made, column, words)
        if nps is not None and nps.numbers:
            points = made.raw(nps).map(nps.numbers).astype(float)
            groups = (points > 8).astype(float) - (points < 7)
            mine, without = (100 * groups[kept & points.notna()].mean()
                             for kept in (points.notna(), ~rows))  # fmt: skip
            number = f"NPS {mine:.1f}, without them {without:.1f}"
        made.doubt(
            f"'{column.name}' says {listing([repr(word) for word in words])} of "
            f"{int(rows.sum()):,} of {column.n:,} rows{f' ({number})' if number else ''}, and they "
            f"are counted; `where: {{{column.name}: {{not: [{', '.join(words)}]}}}}` leaves them "
            "out.",
            max(0.2, float(rows.mean())),
            "where",
        )


def _by_staff(made: Guess) -> None:
    """Leave out the turns of staff in a transcript: what they wrote is no customer's word."""
    for column in made.found:
        words = [word for word in column.counts.index if STAFF.search(folded(word))]
        turns = column.kind in ("category", "flag") and len(column.counts) <= MOST_VALUES
        if not turns or not SPEAKER.fullmatch(column.called) or not words:
            continue
        if len(words) == len(column.counts) or column.name not in made.files.everywhere():
            continue
        left = int(column.counts[words].sum())
        for role in [role for role, one in made.columns.items() if one is column]:
            del made.columns[role]  # which side speaks is no customer
        set_where(made, column, {"not": words})
        made.doubt(
            f"'{column.name}' says that {left:,} of {column.n:,} rows were written by "
            f"{listing([repr(word) for word in words])}; they are no customer's words and are left "
            "out.",
            left / max(column.n, 1),
            "where",
        )
        return


_WON = re.compile(r"\b(?:won|gewonnen|gagnee?s?|ganad[oa]s?|vint[oa]|ganh[oa]s?)\b")


def _sent(made: Guess) -> None:
    """Leave out answers that were begun and never sent: they have no day of sending."""
    column = made.columns.get("answered_at")
    if column is None or column.n == column.rows:
        return
    made.said.setdefault("where", {})[column.name] = {"filled": True}
    unsent = column.rows - column.n
    made.doubt(
        f"{unsent:,} of {column.rows:,} rows have no '{column.name}': they were never sent and are "
        "left out.",
        unsent / max(column.rows, 1),
        "where",
    )


_OF = r"order|payment|financial|booking|invoice|bestell|auftrags?|zahlungs|bestel|betaal"

_STATE = (
    r"status|state|stav|stan|stato|statut|tila|tilstand|durum|allapot|stare|etat|estado|situacao|"
    r"статус|状态|状態|ステータス"
)

_WHOSE = r"order|ordine|pedido|commande|compra|bestelling|zamowienia|objednavky|zakaza"

_STATUS = re.compile(
    rf"(?:(?:{_OF})[ -]?)?(?:{_STATE})(?: "
    r"(?:(?:of the|of|van de|de la|de|del|della|dell|do|da|du) )?"
    rf"(?:{_WHOSE}))?|dispo(?:sition)?|event type|deal stage|stage|\w status|tilauksen tila|"
    r"siparis durumu|\w{1,4}(?:状态|状態|ステータス|상태)"
)


def _is_status(column: Profile) -> bool:
    return column.kind in ("category", "flag") and bool(_STATUS.fullmatch(column.called))


def _says_so(column: Profile, table: str) -> bool:
    """Say whether the words of a column are known of a status, whatever its heading."""
    if column.kind != "category" or not 2 <= len(column.counts) <= MOST_VALUES:
        return False
    said = _standings(tuple(sorted(column.counts.index)), table)
    if sum(each == "unknown" for each in said) > len(said) // 2:
        return False
    return "counts" in said and bool({"not_counted", "unfinished"} & {*said})


_OUTCOME = re.compile(r"\b(?:stat(?:us|e)|type|typ|tipo|result|resultat|outcome|record|decision|"
                      r"response|reponse|ergebnis|esito|uitkomst)\b")  # fmt: skip


def _may_say_so(column: Profile, table: str) -> bool:
    """Say whether some words of a column are known of orders that do not count."""
    if table != "orders" or column.kind != "category" or len(column.counts) > MOST_VALUES:
        return False
    said = _standings(tuple(sorted(column.counts.index)), table)
    return bool(_OUTCOME.search(column.called)) and "not_counted" in said


@lru_cache(maxsize=512)
def _standings(words: tuple[str, ...], table: str) -> tuple[str, ...]:
    return tuple(standing(pd.Series(words, dtype="str"), table))


_OFF = re.compile(
    r"\b(?:is |was )?(?:cancel|kansel|stornier|storno|annul|anul|avbr|aflys|peru(?:ut|tt)|"
    r"iptal|zrus|otkaz|void)"
)

_NO_OFF = r"reason|grund|motif|motivo|fee|gebuhr|polic|type|count|number|amount|\bby\b|deadline"


def _called_off(made: Guess) -> None:
    """Leave out orders that a flag, or a day of its own, calls cancelled."""
    for column in made.found:
        dated = column.moments is not None
        if not _OFF.search(column.called) or re.search(_NO_OFF, column.called):
            continue
        marked = len(column.counts) == 1 and column.filled < 0.5  # 'S' or nothing
        if (
            not (dated or marked or column.kind == "flag")
            or column.name not in made.files.everywhere()
        ):
            continue
        cells = made.raw(column)
        yes = [word for word in column.counts.index if marked or word.casefold() in _YES]
        off = cells != "" if dated else cells.isin(yes)
        if off.all() or not (off & ~gone(made)).any() or taken_off(made, off):
            continue
        if dated and off.mean() > 0.5:
            continue
        amount = valued(made, column, list(cells[off].unique()))
        set_where(made, column, {"filled": False} if dated else {"not": yes})
        made.doubt(
            f"{int(off.sum()):,} of {len(off):,} rows have "
            f"{'a day' if dated else listing([repr(each) for each in yes])} under '{column.name}'"
            f"{f', worth {amount},' if amount else ''} and are left out as called off.",
            float(off.mean()),
            "where",
        )


_NO_CONTACT = re.compile(
    r"^(?:is |marked as |als )?(?:spam|junk|deleted|merged|duplicate|trash|geloscht|"
    r"zusammengefuhrt|dubletten?|duplikat|supprimee?|fusionnee?|doublon|indesirable|eliminad[oa]|fusionad[oa]|"
    r"duplicad[oa]|verwijderd|samengevoegd|eliminat[oa]|unit[oa]|duplicat[oa]|excluid[oa]|"
    r"usuniete|polaczone|slettet|raderad)\b"
)


def _no_contacts(made: Guess) -> None:
    """Leave out contacts that a status calls cancelled, spam or deleted: nobody was served."""
    for column in made.found:
        words = [word for word in column.counts.index
                 if _OFF.search(folded(word)) or _NO_CONTACT.match(folded(word))]  # fmt: skip
        if not _is_status(column) or not 0 < len(words) < len(column.counts):
            continue
        off = int(column.counts[words].sum())
        set_where(made, column, {"not": words})
        made.doubt(
            f"'{column.name}' calls {off:,} of {column.n:,} rows "
            f"{listing([repr(word) for word in words])}: they are no contacts and are left out.",
            off / column.n,
            "where",
        )
        return


_NO_CUSTOMER = re.compile(
    r"(?:(?:marketing|sales|product) (?:qualified|accepted) |new |open |cold |warm |hot )?leads?|"
    r"(?:mql|sql|pql)s?|(?:\w+ )?prospects?|suspects?|interessent(?:en|in)?|prospecto|prospetto|"
    r"potenzieller kunde|client potentiel|cliente potencial|cliente potenziale|"
    r"test(?: (?:account|user|customer|data))?|testkunde|supplier|vendor|competitor|lieferant|"
    r"fournisseur|proveedor|employee|staff|mitarbeiter(?:in)?"
)


_AS_WHAT = re.compile(
    r"stage|type|typ\b|tipo|status|state|statut|estado|stato|kind|art\b|class|relation|role|rolle|"
    r"phase|fase|categor|kategorie|group|gruppe|segment"
)


def _no_customers(made: Guess) -> None:
    """Doubt rows of a list that a word calls no customers: leads, suppliers or tests."""
    for column in made.found:
        words = [word for word in column.counts.index if _NO_CUSTOMER.fullmatch(folded(word))]
        if column.kind not in ("category", "flag") or not 0 < len(words) < len(column.counts):
            continue
        told = column.name in made.said.get("where", {})
        if told or len(column.counts) > MOST_VALUES or not _AS_WHAT.search(column.called):
            continue
        rows = int(column.counts[words].sum())
        made.doubt(
            f"'{column.name}' calls {rows:,} of {column.n:,} rows "
            f"{listing([repr(word) for word in words], 4)}, and they are counted as customers; "
            f"`where: {{{column.name}: {{not: [{', '.join(words)}]}}}}` leaves them out.",
            rows / column.n,
            "where",
        )
        return


def _untold(made: Guess) -> None:
    """Where the language of an export is not known, name what may say which orders count."""
    guessed = [d for d in made.doubts if "no heading says outright" in d.text]
    known = "where" in made.said or "status" in made.columns
    known = known or any("whether they count" in doubt.text for doubt in made.doubts)
    if known or not guessed or 2 * len(guessed) < len(made.columns):
        return
    for column in made.found:
        few = column.kind == "category" and 2 <= len(column.counts) <= 8
        if not few or column in made.columns.values() or column.numbers:
            continue
        words = list(column.counts.index)
        if gives_back(pd.Series(words)).any():
            continue
        worth = {word: valued(made, column, [word]) for word in words[:4]}
        parts = [f"'{word}' ({column.counts[word]:,} rows{f', {sum_}' if sum_ else ''})"
                 for word, sum_ in worth.items()]  # fmt: skip
        made.doubt(
            f"if '{column.name}' says which orders were called off or not paid, leave those out by "
            f"'where: {{{column.name}: {{not: [{words[-1]}]}}}}': it holds {listing(parts)}, and "
            "all are counted.",
            0.6,
            "where",
        )
        return


def _splits(made: Guess) -> None:
    """Find cells that hold several labels: a row counts for each of them."""
    for ours, column in {**made.segments, **made.attributes}.items():
        if mark := _parted_by(column):
            key = next(
                (
                    key
                    for part in (made.segments, made.attributes)
                    for key, one in part.items()
                    if one is column
                ),
                ours,
            )
            made.said.setdefault("split", {})[key] = mark
            parts = {part.strip() for word in column.counts.index for part in word.split(mark)}
            as_asked = f"{made.files.name}: '{column.name}' taken for one question"
            made.doubts = [one for one in made.doubts if not one.text.startswith(as_asked)]
            made.doubt(
                f"'{column.name}' holds several labels in a cell, parted by '{mark}': a row counts "
                f"for each of {len(parts)} labels; otherwise {len(column.counts)} combinations are "
                "groups of their own.",
                0.1,
                "split",
            )


def _parted_by(column: Profile) -> str:
    """Give the mark between labels, where few labels make many combinations."""
    if column.kind != "category":
        return ""
    for mark in ";|,":
        combined = [word for word in column.counts.index if mark in word]
        parts = {part.strip() for word in column.counts.index for part in word.split(mark)}
        alone = parts & set(column.counts.index)
        short = all(len(part) <= 40 for part in parts)
        if (
            len(combined) >= 2
            and short
            and "" not in parts
            and (len(parts) < len(column.counts) or len(alone) >= 0.6 * len(parts))
        ):
            return mark
    return ""


def _nobody(made: Guess) -> None:
    """Doubt an id that holds far more rows than any other: it may stand for nobody."""
    who = made.columns.get("customer_id")
    if who is None or made.table not in ("orders", "interactions") or len(who.counts) < _MANY:
        return
    word, rows, usual = who.counts.index[0], int(who.counts.iloc[0]), who.counts.median()
    figures = who.counts.index.str.contains(r"\d")
    odd = not figures[0] and figures.mean() > 0.9 and rows > 3 * usual
    if rows < 0.05 * who.n or not (odd or rows > _FAR * usual):
        return
    worth = valued(made, who, [word])
    made.doubt(
        f"'{who.name}' holds '{word}' in {rows:,} of {who.n:,} rows{f' ({worth})' if worth else ''}"
        f", and others {usual:g} times in the middle: it is taken for one customer of "
        f"{len(who.counts):,}. If it stands for those who are not known, leave them out by "
        f"`where: {{{who.name}: {{not: [{word}]}}}}`.",
        rows / who.n,
        "where",
    )


_MANY, _FAR = 10, 20  # customers; times the usual number of rows


def _apart(made: Guess) -> None:
    """Keep the column that alone tells lines of an order apart, such as the number of a line."""
    order = made.columns.get("order_id")
    if order is None or order.distinct > 0.999:
        return
    rows = pd.DataFrame({str(at): made.raw(c) for at, c in enumerate(made.columns.values())})
    alike = rows.duplicated(keep=False) & (made.raw(order) != "")
    rows = rows[alike]
    if rows.duplicated().sum() < 1:
        return
    for column in [*made.left(), *(c for c in made.found if c.name in made.unused)]:
        if not column.n or column.moments is not None or column.distinct > 0.97:
            continue
        told = rows.assign(apart=made.raw(column)[alike])
        if told.duplicated().sum() < 0.5 * rows.duplicated().sum():
            made.release(column)
            made.attributes |= keyed([column], made)
            return


def _used_again(made: Guess) -> None:
    """Leave out order numbers that begin anew, as those of a till do each day."""
    parts = [made.columns.get(ours) for ours in ("order_id", "ordered_at", "customer_id")]
    order, day, who = parts
    if order is None or day is None or who is None or day.moments is None or order.distinct > 0.5:
        return
    rows = pd.DataFrame({"order": made.raw(order), "who": made.raw(who)})
    rows["day"] = moments_of(made, "ordered_at", day).dt.normalize()
    several = (
        rows[rows["order"] != ""]
        .groupby("order")
        .agg(rows=("who", "size"), who=("who", "nunique"), days=("day", "nunique"))
    )
    several = several[several["rows"] > 1]
    again = (several["who"] > 1) & (several["days"] > 1)
    if not len(several) or again.mean() <= 0.5:
        return
    made.drop("order_id", "its numbers are used again")
    made.doubt(
        f"'{order.name}' names {len(order.counts):,} orders in {order.n:,} rows, and "
        f"{int(again.sum()):,} of them are of several days and customers: the numbers are used "
        "again, so each row is taken for an order. If an order has several rows, export a number "
        "that stands for one order alone.",
        0.8,
        "columns",
        "order_id",
    )


def _lines(made: Guess) -> None:
    """See whether rows are lines of orders, and whether each line carries the whole total."""
    order, amount = made.columns.get("order_id"), made.columns.get("amount")
    if order is None or order.distinct > 0.999:
        return
    if amount is None:
        return
    rows = pd.DataFrame({"order": made.raw(order), "text": made.raw(amount)})
    rows["amount"] = rows["text"].map(amount.numbers).astype(float)
    if "kind" in made.columns:
        rows = rows[~gives_back(made.raw(made.columns["kind"]))]
    several = rows.groupby("order")["amount"].agg(["size", "count", "nunique", "first"])
    several = several[several["size"] > 1]
    repeated = several[(several["count"] == several["size"]) & (several["nunique"] == 1)]
    if len(repeated) < 0.9 * len(several) or len(several) < 3:
        return
    once = rows.drop_duplicates("order")["amount"].sum()
    for ours in ("quantity", "unit_price", "product"):
        if ours in made.columns:
            made.drop(ours, "of a line; the order's total stands in every line")
    made.doubt(
        f"'{amount.name}' is the same in every row of an order, so it is taken for the order's "
        f"total and counted once ({once:,.2f}); added up over rows it would be "
        f"{rows['amount'].sum():,.2f}.",
        0.5,
        "columns",
        "amount",
    )
