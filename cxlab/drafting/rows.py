"""Which rows count, in which money, and how ids meet: what tables need beyond their columns."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations

import pandas as pd

from cxlab.cleaning import CleaningError
from cxlab.cleaning.convert import _NO, _YES, to_currency, to_number
from cxlab.cleaning.counting import gives_back, standing
from cxlab.cleaning.dates import to_time
from cxlab.drafting.guesses import Guess, keyed
from cxlab.drafting.lexicon import IN_CENTS
from cxlab.drafting.profiles import CODES, IN_MONEY, MONTH, MOST_VALUES, Profile, folded
from cxlab.drafting.tables import is_money
from cxlab.results import listing

_SAYS_YES = _YES | {"returned", "refunded", "retourniert"}


def completed(tables: Sequence[Guess]) -> tuple[str, list[str]]:
    """Say of each table which rows count and in which form its values are written.

    Returns:
        The currency of the study, where the exports say it, and the others that it would take
        rates for.
    """
    others: list[str] = []
    currencies = []
    for made in tables:
        _forms(made)
        _decimals(made)
        _which_rows(made)
        _splits(made)
        _nobody(made)
        if made.table == "customers":
            currencies.append(_said(made))
        if made.table == "orders":
            _by_pieces(made)
            _fees(made)
            _credits(made)
            _lines(made)
            _apart(made)
            currencies.append(_currency(made, others))
            _cents(made)
            _in_many(made)
            _two_sides(made)
            _two_columns(made)
            _came_back(made)
            _unpaid(made)
            _called_off(made)
            _either_side(made)
            _cancels(made)
            _untold(made)
        if made.table == "interactions":
            _called_off(made)
            _no_contacts(made)
        if made.table == "subscriptions":
            currencies.append(_currency(made, others))
        _set_apart(made)
    return next(filter(None, currencies), ""), others


# ---------------------------------------------------------------- forms


def _forms(made: Guess) -> None:
    """Write down the form of dates that do not tell day from month."""
    for ours, column in made.columns.items():
        if column.by_month:
            made.formats[ours] = MONTH
            made.doubt(
                f"'{column.name}' ('{column.example}') holds months and no days: the first day of "
                "each is taken, so that lengths of time may be a month off, to either side.",
                0.2,
                "formats",
                ours,
            )
        if column.kind != "unclear time":
            continue
        example = next(
            (word for word in sorted(column.counts.index) if _swaps(word)), column.example
        )
        mark = next((letter for letter in example if letter in "/.-"), "/")
        year = "%Y" if re.search(r"\d{4}", example) else "%y"
        clock = re.search(r"[ T]\d{1,2}:\d{2}(:\d{2})?( ?[AaPp][Mm])?", example)
        time = ""
        if clock:
            hour = "%I" if clock[2] else "%H"
            time = f" {hour}:%M{':%S' if clock[1] else ''}{' %p' if clock[2] else ''}"
        us = bool(clock and clock[2])
        day, month = ("%m", "%d") if us else ("%d", "%m")
        form, other = (f"{a}{mark}{b}{mark}{year}{time}" for a, b in ((day, month), (month, day)))
        made.formats[ours] = form
        made.doubt(
            f"'{example}' in '{ours}' does not tell day from month"
            f"{'' if year == '%Y' else ' and year'}; {'month' if us else 'day'} first is written "
            f'down. Change it to "{other}" if the other comes first: most of {column.n:,} dates '
            f"would be other days{_last_by(column, form, other)}.",
            0.6,
            "formats",
            ours,
        )


def _last_by(column: Profile, form: str, other: str) -> str:
    """Say which day would be the last in either reading of a column of dates."""
    seen = column.counts.index.to_series()
    try:
        last = [to_time(seen, timezone="UTC", format=each).values.max() for each in (form, other)]
    except CleaningError:
        return ""
    if any(pd.isna(day) for day in last):
        return ""
    return f", the last {last[1]:%Y-%m-%d} instead of {last[0]:%Y-%m-%d}"


def _swaps(word: str) -> bool:
    found = re.match(r"(\d{1,2})\D(\d{1,2})\D", word)
    return found is not None and found[1].lstrip("0") != found[2].lstrip("0")


def _decimals(made: Guess) -> None:
    """Settle a mark that may part thousands or tenths, by the other columns where they tell."""
    unclear = [(ours, c) for ours, c in made.columns.items() if c.kind == "unclear number"]
    for ours, column in unclear:
        values = column.counts.index.to_series()
        readings = {}
        for mark in (".", ","):
            try:
                read = to_number(values, decimal=mark).values
            except CleaningError:
                continue
            readings[mark] = float((read * column.counts.to_numpy()).sum())
        if not readings:
            continue
        codes = set(to_currency(values).values.fillna("")) - {""}
        if codes and codes <= _NO_CENTS:  # yen have no hundredths: a mark parts thousands
            made.said["decimal"] = max(readings, key=lambda m: readings[m])
            continue
        proven = {_proven(c) for c in made.found if c.kind == "number"} - {""}
        mark = proven.pop() if len(proven) == 1 else max(readings, key=lambda m: readings[m])
        other = readings.get("," if mark == "." else ".", 0.0)
        made.said["decimal"] = mark
        made.doubt(
            f"'{column.example}' in '{column.name}' may have a decimal mark or one of thousands; "
            f"'{mark}' is taken for the decimal mark: '{ours}' adds up to {readings[mark]:,.2f}, "
            f"otherwise to {other:,.2f}.",
            0.9,
            "decimal",
        )


def _proven(column: Profile) -> str:
    text = column.counts.index.to_series()
    commas = text.str.fullmatch(r"-?\d+,\d{1,2}").any()
    points = text.str.fullmatch(r"-?\d+\.\d{1,2}").any()
    return "," if commas and not points else "." if points and not commas else ""


# ---------------------------------------------------------------- rows that count


def _by_pieces(made: Guess) -> None:
    """Tell the price of a piece from what was paid: the one is the other times the quantity."""
    pieces = made.columns.get("quantity")
    if pieces is None or len(pieces.counts) < 2 or "unit_price" in made.columns:
        return
    money = [c for c in made.found if c.numbers and c is not pieces and len(c.counts) > 2
             and c.kind in ("number", "scale", "id")]  # fmt: skip
    cells = {c.name: made.raw(c).map(c.numbers).astype(float) for c in [pieces, *money]}
    several = cells[pieces.name] > 1
    for each in money:
        for whole in money:
            off = (cells[each.name] * cells[pieces.name] - cells[whole.name]).abs()[several]
            apart = (cells[each.name] != 0).loc[several] & off.notna()
            if each is whole or apart.sum() < _MANY or (off[apart] > 0.011).mean() > 0.02:
                continue
            for column in (each, whole):
                made.release(column)
            made.columns = {ours: c for ours, c in made.columns.items() if c not in (each, whole)}
            made.columns |= {"unit_price": each, "amount": whole}
            made.doubts = [d for d in made.doubts if not d.line.endswith("columns.amount")]
            return


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
        worth = {word: _worth(made, column, [word]).split(" of ")[0] for word in strange}
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
    amount = _worth(made, column, out)
    shown = listing([f"'{word}' ({column.counts[word]:,})" for word in out])
    otherwise = f", worth {amount}," if amount else ""
    kept = ["3"] if vendor == "Decipher" else won
    _set_where(made, column, kept or {"not": out})
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
        number = _worth(made, column, words)
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


_SPEAKER = re.compile(r"(?:speaker|sender|author|participant|user)(?: (?:type|role))?|role|said by|"
                      r"sprecher|absender|auteur|hablante|rol")  # fmt: skip
_STAFF = re.compile(
    r"\b(?:agents?|advis[oe]rs?|assistant|(?:chat)?bot|operators?|representative|rep|staff|system|"
    r"mitarbeiter(?:in)?|berater(?:in)?|conseiller|agente|operador|medewerker|operatore)\b"
)


def _by_staff(made: Guess) -> None:
    """Leave out the turns of staff in a transcript: what they wrote is no customer's word."""
    for column in made.found:
        words = [word for word in column.counts.index if _STAFF.search(folded(word))]
        turns = column.kind in ("category", "flag") and len(column.counts) <= MOST_VALUES
        if not turns or not _SPEAKER.fullmatch(column.called) or not words:
            continue
        if len(words) == len(column.counts) or column.name not in made.files.everywhere():
            continue
        left = int(column.counts[words].sum())
        for role in [role for role, one in made.columns.items() if one is column]:
            del made.columns[role]  # which side speaks is no customer
        _set_where(made, column, {"not": words})
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
        if off.all() or not (off & ~_gone(made)).any() or _taken_off(made, off):
            continue
        if dated and off.mean() > 0.5:
            continue
        amount = _worth(made, column, list(cells[off].unique()))
        _set_where(made, column, {"filled": False} if dated else {"not": yes})
        made.doubt(
            f"{int(off.sum()):,} of {len(off):,} rows have "
            f"{'a day' if dated else listing([repr(each) for each in yes])} under '{column.name}'"
            f"{f', worth {amount},' if amount else ''} and are left out as called off.",
            float(off.mean()),
            "where",
        )


def _no_contacts(made: Guess) -> None:
    """Leave out contacts that a status calls cancelled: they did not take place."""
    for column in made.found:
        words = [word for word in column.counts.index if _OFF.search(folded(word))]
        if not _is_status(column) or not 0 < len(words) < len(column.counts):
            continue
        off = int(column.counts[words].sum())
        _set_where(made, column, {"not": words})
        made.doubt(
            f"'{column.name}' calls {off:,} of {column.n:,} rows "
            f"{listing([repr(word) for word in words])}: they did not take place and are left out.",
            off / column.n,
            "where",
        )
        return


def _gone(made: Guess) -> pd.Series:
    """Say which rows the words of `where` leave out already."""
    out = pd.Series(False, range(made.files.rows))
    for name, rule in made.said.get("where", {}).items():
        if isinstance(rule, dict) and "not" in rule:
            column = next(c for c in made.found if c.name == name)
            out |= made.raw(column).isin(rule["not"])
    return out


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
        worth = {word: _worth(made, column, [word]) for word in words[:4]}
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


def _set_where(made: Guess, column: Profile, rule: object) -> None:
    made.said.setdefault("where", {})[column.name] = rule
    if made.columns.get("status") is column:
        made.columns.pop("status")
    made.release(column)
    made.unused[column.name] = "read by `where`"


def _worth(made: Guess, column: Profile, words: list[str]) -> str:
    if "amount" not in made.columns:
        return ""
    numbers = made.raw(made.columns["amount"]).map(made.columns["amount"].numbers).astype(float)
    total = numbers[made.raw(column).isin(words)].sum()
    return f"{total:,.2f} of {numbers.sum():,.2f}"


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
    worth = _worth(made, who, [word])
    made.doubt(
        f"'{who.name}' holds '{word}' in {rows:,} of {who.n:,} rows{f' ({worth})' if worth else ''}"
        f", and others {usual:g} times in the middle: it is taken for one customer of "
        f"{len(who.counts):,}. If it stands for those who are not known, leave them out by "
        f"`where: {{{who.name}: {{not: [{word}]}}}}`.",
        rows / who.n,
        "where",
    )


_MANY, _FAR = 10, 20  # customers; times the usual number of rows


# ---------------------------------------------------------------- money


def _currency(made: Guess, others: list[str]) -> str:
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
    _set_where(made, column, [most] if column is amount else words)
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


def _said(made: Guess) -> str:
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


def _in_many(made: Guess) -> None:
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


def _two_sides(made: Guess) -> None:
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


def _two_columns(made: Guess) -> None:
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


_NO_CENTS = {"JPY", "KRW", "VND", "CLP", "HUF", "ISK", "UGX", "XAF", "XOF"}


def _cents(made: Guess) -> None:
    """Doubt amounts that count the smallest coin, as interfaces of payment systems write them."""
    amount, order = made.columns.get("amount"), made.columns.get("order_id")
    if amount is None or not amount.numbers:
        return
    whole = all(float(number).is_integer() for number in amount.numbers.values())
    told = re.search(IN_CENTS, amount.called)
    api = order is not None and order.example[:3] in ("ch_", "pi_", "in_", "py_", "tr_")
    if not told and not (whole and api and not any(each in _NO_CENTS for each in _words(made))):
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


def _came_back(made: Guess) -> None:
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
                f"{_worth(made, column, yes)}, and they are counted in full; {rule} leaves them "
                "out.",
                n / max(column.n, 1),
                "where",
            )


_PAYMENT = re.compile(
    r"(?:is |was )?(?:paid|settled|bezahlt|beglichen|betalt|betald|betaald|payee?s?|paye|regle|"
    r"pagad[oa]|pag[oa]|pagato|zaplacon[aeoy]|oplacon[aeoy]|zaplacen[aoy]|uhrazen[aoy]|maksettu|"
    r"fizetve|kifizetve|odendi|оплачен[ао]?|支払済み?|已付款|결제완료)(?: (?:flg|flag|ind|yn|y n))?"
)


def _unpaid(made: Guess) -> None:
    """Doubt orders of which a flag says that they are not paid."""
    for column in made.found:
        no = [word for word in column.counts.index if word.casefold() in _NO]
        rule = column.name in made.said.get("where", {})
        if not no or column.kind != "flag" or not _PAYMENT.fullmatch(column.called) or rule:
            continue
        made.doubt(
            f"'{column.name}' says {listing([repr(word) for word in no])} of "
            f"{int(column.counts[no].sum()):,} of {column.n:,} rows, worth "
            f"{_worth(made, column, no)}, and they are counted; `where: {{{column.name}: {{not: "
            f"[{', '.join(no)}]}}}}` leaves them out.",
            int(column.counts[no].sum()) / max(column.n, 1),
            "where",
        )


_COSTS = re.compile(
    r"\bfees?\b|commission|gebuhr|provision(?:en)?\b|\bfrais\b|comision|commissie|pay ?outs?\b|"
    r"auszahlung|withdrawal|transfer to|virement|settlement"
)


def _fees(made: Guess) -> None:
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
        _set_where(made, column, {"not": words})
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


def _credits(made: Guess) -> None:
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
        if _taken_off(made, rows) or (mine > 0).mean() <= 0.5:
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


def _either_side(made: Guess) -> None:
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


def _cancels(made: Guess) -> None:
    """Doubt sums of both signs that cancel each other, as charges and their payments do."""
    amount = made.columns.get("amount")
    if amount is None or not amount.numbers:
        return
    numbers = made.raw(amount).map(amount.numbers).astype(float)[~_gone(made)]
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


def _taken_off(made: Guess, rows: pd.Series) -> bool:
    """Say whether a column takes off what was given back in these rows."""
    back = made.columns.get("refunded")
    if back is None:
        return False
    return bool((made.raw(back)[rows].map(back.numbers).astype(float) != 0).mean() > 0.5)


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


# ---------------------------------------------------------------- orders in several rows


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
