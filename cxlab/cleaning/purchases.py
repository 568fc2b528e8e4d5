"""From rows of an export to orders: parts added up, money given back taken off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from cxlab.cleaning.convert import CleaningError, among
from cxlab.cleaning.counting import GIVEN_BACK, GIVEN_BACK_IN_PART, gives_back, status_words
from cxlab.codebook import DOUBT
from cxlab.results import count, listing, number

_ONE = pd.Timedelta("1D")  # parts of one order may lie on both sides of midnight
_SUMS = ("amount", "quantity", "list_price", "discount", "refunded")
_CENT = 0.005
_TOTALS = 10  # orders of several rows that tell whether each row repeats the total


@dataclass(frozen=True)
class Money:
    """The study's currency, and what others are worth in it from a day on."""

    currency: str = ""
    rates: Mapping[str, Mapping[date, float]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Combined:
    """Orders, one row each, and what was done to make them.

    Attributes:
        frame: the orders; `amount` is what was charged less what was given back, and `gross`
            what was charged, and `credited_at` when money was given back, where rows of money
            given back were taken off.
        notes: a sentence each.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...] = ()


def filled(typed: pd.DataFrame, counts: np.ndarray) -> dict[tuple[str, str], np.ndarray]:
    """Fill what exports write in the first row of an order alone; give the cells filled.

    Args:
        typed: rows of orders, changed in place.
        counts: which rows are looked at.
    """
    if "order_id" not in typed or not counts.any():
        return {}
    codes, _ = pd.factorize(typed["order_id"])
    several = counts & (codes >= 0) & (np.bincount(codes + 1)[codes + 1] > 1)
    booked = {}
    for name in ("customer_id", "ordered_at", "currency", "status"):
        if name not in typed or not several.any():
            continue
        cells = typed.loc[several, name]
        blank = cells.isna()
        if not blank.any():
            continue
        known = cells.groupby(codes[several]).transform("first")
        hit = np.flatnonzero(several)[(blank & known.notna()).to_numpy()]
        if len(hit):
            typed.loc[several, name] = cells.fillna(known)
            booked[name, "from_its_order"] = hit
    return booked


def priced(typed: pd.DataFrame) -> None:
    """Give rows their amount, quantity times price, where the export has none."""
    if "amount" in typed or "unit_price" not in typed:
        return
    pieces = typed["quantity"].fillna(1) if "quantity" in typed else 1
    typed["amount"] = (typed["unit_price"] * pieces).round(6)


def in_one_currency(
    rows: pd.DataFrame, money: Money, heading: str, moment: str = "ordered_at"
) -> tuple[dict[tuple[str, str], np.ndarray], tuple[str, ...]]:
    """Bring amounts into the study's currency, at the rate of their day.

    Args:
        rows: rows that count, with `currency`; amounts are changed in place.
        money: the study's currency and rates.
        heading: the export's name of the column.
        moment: the column with the day whose rate holds.

    Returns:
        Cells converted, and notes.

    Raises:
        CleaningError: amounts in currencies whose rate is not known.
    """
    codes = rows["currency"].astype("str").str.strip().str.upper()
    codes = codes.replace({"£": "GBP", "$": "USD", "€": "EUR", "": np.nan})
    counts = codes.value_counts()
    own = (money.currency or (counts.index[0] if len(counts) == 1 else "")).upper()
    foreign = counts.drop(own, errors="ignore")
    strange = [code for code in foreign.index if code not in money.rates]
    if strange:
        shown = listing([f"{code} ({count(counts[code], 'row')})" for code in counts.index], 8)
        raise CleaningError(
            f"'{heading}': amounts are in {shown}"
            + (f", and the study's currency is {own}. " if own else ". ")
            + "Amounts of several currencies are not added up. Keep one by "
            f"'where: {{{heading}: {own or counts.index[0]}}}', or say what the others are worth: "
            f"'currency: {own or counts.index[0]}' and 'rates: {{{strange[-1]}: …}}' at the top of "
            "the study file.",
            column=heading,
            shown=tuple(rows["currency"][codes == strange[0]].head(1)),
        )
    rates = np.ones(len(rows))
    for code in foreign.index:
        hit = (codes == code).to_numpy()
        days = rows[moment][hit] if moment in rows else None
        rates[hit] = _rates(code, money.rates[code], days, heading)
    priced = [name for name in (*_MONEY, "unit_price") if name in rows]
    for name in priced if len(foreign) else ():
        rows[name] = rows[name] * rates
    notes = []
    if blank := int(codes.isna().sum()):
        notes.append(
            f"'{heading}' is empty in {count(blank, 'row')}; their amounts are taken as "
            f"{own or 'the one currency there is'}."
        )
    if len(foreign):
        shown = listing([f"{count(n, 'row')} in {code}" for code, n in foreign.items()], 8)
        notes.append(f"Converted to {own} by the rates of the study file: {shown}.")
    hit = np.flatnonzero(codes.isin(foreign.index))
    return {(name, "converted"): hit for name in priced if len(hit)}, tuple(notes)


_MONEY = ("amount", "list_price", "discount", "refunded")


class TooEarly(CleaningError):
    """A row is of a day for which no rate is given; `at` is its label in the rows."""

    def __init__(self, message: str, at: int, **place) -> None:
        super().__init__(message, **place)
        self.at = at


def _rates(
    code: str, known: Mapping[date, float], days: pd.Series | None, heading: str
) -> np.ndarray:
    """Find the rate in force on each day."""
    starts = sorted(known)
    if len(starts) == 1 and starts[0] == date.min:
        return np.full(1, known[starts[0]])
    if days is None:
        raise CleaningError(
            f"rates.{code}: rates are given by day, and the rows have none. Give one rate.",
        )
    local = days.dt.tz_localize(None).to_numpy("datetime64[D]")
    place = np.searchsorted(np.array(starts, "datetime64[D]"), local, side="right") - 1
    early = (place < 0) & ~np.isnat(local)
    if early.any():
        first = days.index[early][local[early].argmin()]
        raise TooEarly(
            f"rates.{code}: the first rate holds from {starts[0]}, and {count(early.sum(), 'row')} "
            f"{'is' if early.sum() == 1 else 'are'} of days before, the first of "
            f"{local[early].min()}. Give the rate of that day.",
            int(first),
            column=heading,
        )
    return np.array([known[day] for day in starts])[np.maximum(place, 0)]


def combined(rows: pd.DataFrame, *, given: bool) -> Combined:
    """Add up the rows of each order, and take money given back off the order it was paid for.

    Money is given back by a row that names its order (`refund_of`, or the order's own number
    and a negative amount), else by a negative row of the same customer: it belongs to the
    latest order before it of just that amount, or to the latest orders before it.

    Args:
        rows: rows kept, typed, with `file` and `line`.
        given: whether `amount` stands in the export, and is not quantity times price.

    Raises:
        CleaningError: rows of one order name several customers or days, or each repeats what
            the whole order cost.
    """
    rows = rows.reset_index(drop=True)
    back, of = _given_back(rows)
    notes = _positive(rows, back)
    if "order_id" in rows:
        orders, told = _added_up(rows[~back], given)
        notes += told
    else:
        orders = rows[~back].drop(columns=["file", "line"])
    orders = orders.reset_index(drop=True)
    if back.any():
        orders, told = _taken_off(orders, rows[back], of[back])
        notes += told
    if "amount" in orders and "status" in orders:
        orders, told = _by_status(orders)
        notes += told
    if "amount" in orders and "returned_at" in orders:
        notes += _returned(orders)
    orders = orders.drop(columns=["refund_of"], errors="ignore")
    return Combined(orders.reset_index(drop=True), tuple(notes))


def _given_back(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Find the rows of money given back, and the number of the order they name."""
    of = np.full(len(rows), None, dtype=object)
    if "amount" not in rows:
        return np.zeros(len(rows), bool), of
    back = (rows["amount"] < 0).to_numpy(bool)
    if "kind" in rows:
        back = back | (gives_back(rows["kind"]) & ~_fees_back(rows))
    if "order_id" in rows and back.any():
        codes, _ = pd.factorize(rows["order_id"])
        paid = np.bincount(codes[~back] + 1, minlength=codes.max() + 2) > 0
        named = back & paid[codes + 1] & (codes >= 0)
        of[named] = rows["order_id"][named]
    if "refund_of" in rows:
        named = rows["refund_of"].notna().to_numpy()
        of[named] = rows["refund_of"][named]
        back = back | named
    return back, of


def _fees_back(rows: pd.DataFrame) -> np.ndarray:
    """Find what is above zero where most rows of a kind given back have a minus of their own."""
    kind, above = gives_back(rows["kind"]), (rows["amount"] > 0).to_numpy(bool)
    return kind & above if (above & kind).sum() < kind.sum() / 2 else np.zeros(len(rows), bool)


def _positive(rows: pd.DataFrame, back: np.ndarray) -> list[str]:
    """Doubt amounts above zero that the kind of their row alone calls given back."""
    if "kind" not in rows or "amount" not in rows:
        return []
    hit = back & (rows["amount"] > 0).to_numpy(bool) & gives_back(rows["kind"])
    if not hit.any():
        return []
    words = listing([f"'{word}'" for word in rows["kind"][hit].unique()[:3]])
    given, paid = float(rows["amount"][hit].sum()), float(rows["amount"][~back].sum())
    return [
        f"{DOUBT}{count(int(hit.sum()), 'row')} of the kind {words} ({number(given, 2)}) "
        f"{'is' if hit.sum() == 1 else 'are'} taken for money given back, though written without a "
        f"minus: of {number(paid, 2)} charged; counted as sales, it would be "
        f"{number(paid + given, 2)}. If they are sales, take `columns: kind` out."
    ]


# ---------------------------------------------------------------- the parts of an order


def _added_up(rows: pd.DataFrame, given: bool) -> tuple[pd.DataFrame, list[str]]:
    codes, _ = pd.factorize(rows["order_id"])
    several = (codes >= 0) & (np.bincount(codes + 1)[codes + 1] > 1)
    if not several.any():
        return rows.drop(columns=["file", "line"]), []
    parts, codes = rows[several], codes[several]
    _check_alike(parts, codes)
    if given:
        _check_parts(parts, codes)
    whole, differing = _sums(parts, codes)
    single = rows[~several].drop(columns=["file", "line"])
    notes = [
        f"{count(len(parts), 'row')} are parts of {count(len(whole), 'order')} and added up: "
        f"{count(len(rows), 'row')} make {count(len(single) + len(whole), 'order')}."
    ]
    if differing:
        notes.append(
            f"Where the parts of an order differ in {listing(differing, 8)}, the order has what "
            "its largest part has."
        )
    both = pd.concat([single, whole[single.columns]])
    return both.sort_index(), notes


def _sums(parts: pd.DataFrame, codes: np.ndarray) -> tuple[pd.DataFrame, list[str]]:
    """Make one row of each order; name the columns in which its parts differ."""
    sums = [name for name in _SUMS if name in parts]
    size = parts["amount"] if "amount" in parts else pd.Series(0.0, parts.index)
    out = {name: _summed(parts[name], codes) for name in sums}
    differing = []
    for name in parts.columns.drop([*sums, "file", "line"]):
        column, groups = parts[name], parts[name].groupby(codes)
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            out[name] = groups.min()
        elif column.dtype == "boolean":
            out[name] = groups.max()
        elif name == "unit_price":
            pieces = parts["quantity"].fillna(1) if "quantity" in parts else column.notna()
            total = (column * pieces).groupby(codes).sum(min_count=1)
            out[name] = total / pieces.where(column.notna()).groupby(codes).sum()
        elif (groups.nunique() > 1).any():
            differing.append(f"'{name}'")
            by = pd.DataFrame({"at": codes, "size": -size, "value": column.astype("object")})
            by = by[by["value"].notna()].sort_values(["at", "size", "value"], key=_sortable)
            out[name] = by.groupby("at")["value"].first().astype(column.dtype)
        else:
            out[name] = groups.first()
    first = pd.Series(parts.index).groupby(codes).first()
    whole = pd.DataFrame(out).reindex(first.index)
    return whole.set_axis(first.to_numpy(), axis="index"), differing


def _sortable(column: pd.Series) -> pd.Series:
    return column.astype("str") if column.name == "value" else column


def _summed(column: pd.Series, codes: np.ndarray) -> pd.Series:
    """Add up; money stays free of the dust that floating point leaves."""
    return column.groupby(codes).sum(min_count=1).round(6)


def _check_alike(parts: pd.DataFrame, codes: np.ndarray) -> None:
    """Refuse orders whose rows name several customers, or days far apart."""
    if "customer_id" in parts:
        odd = parts["customer_id"].groupby(codes).nunique() > 1
        if odd.any():
            raise _apart(parts, codes, odd, "customer_id")
    if "ordered_at" in parts:
        times = parts["ordered_at"].groupby(codes)
        odd = (times.max() - times.min()) > _ONE
        if odd.any():
            raise _apart(parts, codes, odd, "ordered_at")


def _apart(parts: pd.DataFrame, codes: np.ndarray, odd: pd.Series, name: str) -> CleaningError:
    mine = parts[codes == odd.index[odd.argmax()]].sort_values(["file", "line"])
    mine = mine[mine[name].notna()]
    first, other = mine.iloc[0], mine[mine[name] != mine[name].iloc[0]].iloc[-1]
    values = [
        f"{one[name]:%Y-%m-%d}" if name == "ordered_at" else one[name] for one in (first, other)
    ]
    more = f"; {count(int(odd.sum()), 'order')} in all" if odd.sum() > 1 else ""
    what = "is of two customers" if name == "customer_id" else "is of two days"
    return CleaningError(
        f"{first['file']}, line {first['line']}, and {other['file']}, line {other['line']}: order "
        f"'{first['order_id']}' {what}, {values[0]} and {values[1]}{more}. Rows with one order "
        "number are parts of one order. Set them right, leave rows out by 'where:', or, where "
        "numbers are used again, leave order_id out: then each row is an order.",
        file=str(first["file"]),
        line=int(first["line"]),
        column=name,
    )


def _check_parts(parts: pd.DataFrame, codes: np.ndarray) -> None:
    """Refuse rows of which each repeats what the whole order cost: their sum means nothing."""
    if "amount" not in parts:
        return
    if "unit_price" in parts:
        pieces = parts["quantity"].fillna(1) if "quantity" in parts else 1
        if ((parts["unit_price"] * pieces - parts["amount"]).abs() < _CENT).mean() > 0.9:
            return
    paid = parts["amount"].where(parts["amount"] != 0).groupby(codes)
    told = paid.count() > 1
    if told.sum() >= _TOTALS and (paid.nunique()[told] == 1).all():
        row = parts[np.isin(codes, told.index[told][:1])].iloc[0]
        raise CleaningError(
            f"{row['file']}, line {row['line']}: 'amount' is the same in every row of an order, in "
            f"all {count(int(told.sum()), 'order')} of several rows: each row seems to repeat the "
            "order's total. If so, leave out the columns in which the rows differ; an order is "
            "then counted once. If it is what the row cost, map it as unit_price.",
            file=str(row["file"]),
            line=int(row["line"]),
            column="amount",
        )


# ---------------------------------------------------------------- money given back


def _taken_off(
    orders: pd.DataFrame, back: pd.DataFrame, of: np.ndarray
) -> tuple[pd.DataFrame, list[str]]:
    """Take money given back off the orders it was paid for; what finds none stays a row."""
    orders, money = orders.copy(), back["amount"].abs().fillna(0).to_numpy(float)
    gross = orders["amount"].fillna(0).to_numpy(float, copy=True)
    off, since = np.zeros(len(orders)), np.full(len(orders), "NaT", "datetime64[us]")
    left, moments = money.copy(), _moments(back)
    if "order_id" in orders:
        place = np.flatnonzero(among(orders["order_id"], {*of[pd.notna(of)]}))
        place = pd.Series(place, orders["order_id"].take(place))
        place = place[~place.index.duplicated()]
        at = pd.Series(of).map(place)
        for row, order in zip(
            np.flatnonzero(at.notna()).tolist(), at.dropna().astype(int), strict=True
        ):
            most = min(left[row], gross[order] - off[order])
            _give(row, order, most, off, since, left, moments[row])
    named = pd.notna(pd.Series(of, dtype=object)).to_numpy()
    if "customer_id" in orders and "ordered_at" in orders:
        _by_customer(orders, back, np.flatnonzero(~named), gross, off, since, left)
    tied = money - left
    orders["gross"] = orders["amount"]
    orders["amount"] = (orders["amount"] - off).round(6)
    kind = orders["ordered_at"].dtype if "ordered_at" in orders else "datetime64[us, UTC]"
    orders["credited_at"] = pd.Series(since).dt.tz_localize("UTC").astype(kind)
    rest = back[left > _CENT].drop(columns=["file", "line"])
    rest = rest.assign(amount=-left[left > _CENT].round(6), gross=0.0)
    notes = [_told(gross, off, tied, left)]
    return pd.concat([orders, rest[[n for n in orders if n in rest]]]), notes


def _moments(rows: pd.DataFrame) -> np.ndarray:
    """Give when each row was, in UTC."""
    if "ordered_at" not in rows:
        return np.full(len(rows), "NaT", "datetime64[us]")
    return rows["ordered_at"].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[us]")


def _give(row: int, order: int, sum_: float, off, since, left, moment) -> None:
    off[order] += sum_
    left[row] -= sum_
    if np.isnat(since[order]) or moment < since[order]:
        since[order] = moment


def _by_customer(orders, back, rows, gross, off, since, left) -> None:
    """Find the orders of rows that name none: the latest before of that amount, else the latest."""
    buyer = back["customer_id"].to_numpy(dtype=object)
    mine = orders.index[among(orders["customer_id"], back["customer_id"].iloc[rows])]
    when, moments = orders["ordered_at"], _moments(back)
    names = (
        orders["order_id"].astype("str") if "order_id" in orders else pd.Series("", orders.index)
    )
    sorting = pd.DataFrame({"when": when[mine], "id": names[mine], "paid": gross[mine]})
    sorting = sorting.sort_values(["when", "id", "paid"])
    groups = sorting.groupby(orders["customer_id"][mine]).groups
    of = {who: np.asarray(at) for who, at in groups.items()}
    nothing = np.empty(0, dtype=np.intp)
    order = pd.DataFrame({"when": moments[rows], "paid": left[rows]}, index=rows)
    bought = _moments(orders)
    for row in order.sort_values(["when", "paid"]).index:
        moment, known = moments[row], of.get(buyer[row], nothing)
        rest = gross[known] - off[known]
        before = (bought[known] <= moment) & (rest > _CENT)
        exact = known[before & (np.abs(rest - left[row]) < _CENT)]
        for at in exact[-1:] if len(exact) else known[before][::-1]:
            _give(row, at, min(left[row], gross[at] - off[at]), off, since, left, moment)
            if left[row] <= _CENT:
                break


def _told(gross: np.ndarray, off: np.ndarray, tied: np.ndarray, left: np.ndarray) -> str:
    paid, given = float(np.nansum(gross)), float(off.sum())
    n = int((tied > _CENT).sum())
    said = (
        f"{count(n, 'row')} of money given back ({number(given, 2)}) {'is' if n == 1 else 'are'} "
        f"taken off the orders paid for: charged {number(paid, 2)}, net "
        f"{number(paid - given, 2)}."
    )
    rest = left > _CENT
    if rest.any():
        said += (
            f" {count(int(rest.sum()), 'row')} ({number(float(left[rest].sum()), 2)}) found no "
            "order, or more than was paid; kept as money given back, which is no purchase."
        )
    return said


def _returned(orders: pd.DataFrame) -> list[str]:
    """Doubt orders that came back, where no sum was given back for them."""
    told = orders.get("refunded", pd.Series(0.0, orders.index)).fillna(0) > 0
    if "gross" in orders:
        told |= orders["gross"] > orders["amount"]
    full = orders["returned_at"].notna() & ~told & (orders["amount"] > 0)
    if not full.any():
        return []
    sum_ = number(float(orders["amount"][full].sum()), 2)
    return [
        f"{DOUBT}{count(int(full.sum()), 'order')} of {count(len(orders))} came back and no sum "
        f"was given back for them; they are counted in full ({sum_}). Map what was given back as "
        "'refunded', or leave them out by 'where:'."
    ]


def _by_status(orders: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Take the whole amount off an order whose status says so, where no sum is told."""
    words = status_words(orders["status"])
    told = orders.get("refunded", pd.Series(0.0, orders.index)).fillna(0) > 0
    if "gross" in orders:
        told |= orders["gross"] > orders["amount"]
    hit = words.isin(GIVEN_BACK) & ~told & (orders["amount"] > 0)
    notes = []
    if hit.any():
        sum_ = number(float(orders["amount"][hit].sum()), 2)
        gross = orders["gross"] if "gross" in orders else orders["amount"]
        orders = orders.assign(gross=gross, amount=orders["amount"].mask(hit, 0.0))
        notes.append(
            f"{count(int(hit.sum()), 'order')} with a status that says refunded and no sum: "
            f"the whole amount ({sum_}) is taken as given back."
        )
    part = words.isin(GIVEN_BACK_IN_PART) & ~told
    if part.any():
        notes.append(
            f"{DOUBT}{count(int(part.sum()), 'order')} with a status that says refunded in part "
            "and no sum; counted in full. Map the column of refunds as 'refunded'."
        )
    return orders, notes
