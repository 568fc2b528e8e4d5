"""Of those who began together, how many come back, and with how much money?"""

import re
from collections.abc import Sequence
from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxlab import events, stats
from cxlab.lifetimes.buyers import OrdersError, last_day, orders_of, table_of
from cxlab.results import Result, count, listing, number, percent
from cxlab.retention.workings.attendance import attendance, counted, ordinal

CALENDAR = {"week": ("W", "W-SUN"), "month": ("M", "M"), "quarter": ("Q", "Q"), "year": ("Y", "Y")}
RULES = {
    "on": "bought in that period",
    "on or after": "bought in that period or later",
    "bracket": "bought at least once in that bracket of periods",
}
WORDS = ["group", "time", "estimate", "conf_low", "conf_high", "n", "events", "finished"]


def cohorts(
    orders: Any,
    *,
    rule: str = "on",
    period: str = "month",
    measure: str = "customers",
    brackets: Sequence[int] = (0, 1, 4, 7, 13),
    customers: pd.DataFrame | None = None,
    as_of: Any = None,
    level: float = 0.95,
) -> Result:
    """Follow customers who began in the same period, and count who is there in each later one.

    The counting is one expression over the orders' own table; what comes back is one row per
    cohort and period.

    Args:
        orders: pandas frame or Ibis table with `customer_id`, `ordered_at` and, for money,
            `amount` and `refunded`.
        rule: who counts: `on` (bought in that period), `on or after` (in it or later),
            `bracket` (at least once in a bracket of periods).
        period: `week`, `month`, `quarter` or `year` of the calendar, or a rolling length such
            as `30D` counted from each customer's own first day.
        measure: `customers` (share of the cohort) or `money` (per customer who began).
        brackets: first period of each bracket, for the rule `bracket`.
        customers: `customer_id` and `signed_up_at`; cohorts then begin with signing up, and
            customers without orders count. Without these they begin with the first order.
        as_of: the last day known; without it, the last order's day.
        level: confidence level (Wilson for shares, t for money).

    Returns:
        group (cohort; `all` is the average), time (periods since the start), estimate,
        conf_low, conf_high, n (customers who began), events (those counted), finished: whether
        the whole period was seen for the whole cohort. Unfinished cells stay out of `all`.

    Raises:
        OrdersError: a column is missing, no order joins a customer, or the words of `rule`,
            `period` or `measure` are not known.

    Example:
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"], "amount": 5.0})
        >>> orders["ordered_at"] = pd.to_datetime(["2024-01-05", "2024-02-09", "2024-01-20"])
        >>> cohorts(orders, as_of="2024-02-29").frame["estimate"].tolist()
        [1.0, 0.5, 1.0, 0.5]
    """
    _known(rule, RULES, "rule")
    _known(measure, ("customers", "money"), "measure")
    length = _rolling(period)
    orders_of(orders, customers)
    if customers is not None and "signed_up_at" not in customers:
        customers = None
    as_of = None if as_of is None else last_day(orders, as_of)
    table = _orders(orders, as_of)
    last = as_of or pd.Timestamp(table["day"].max().execute())
    customers = _joined(customers, orders)
    counts = None if length or measure == "money" else _attended(table, customers, period)
    if counts is None:
        begun = _begun(table, customers)
        sizes = _sizes(begun, customers, "month" if length else period)
        cells = _cells(begun, period, length, rule, brackets).execute()
    else:
        sizes, cells = counts[0], _named(counted(counts[1], rule, brackets), period)
    early = _early(table, customers, period)
    cells = cells[cells["time"] >= 0]
    if not (cells["events"] > 0).any():
        raise OrdersError("no order lies where it is counted; look at 'ordered_at' and 'amount'.")
    frame = _grid(cells, sizes, period, length, last, rule, brackets)
    each = _estimates(frame, measure, level)
    whole = _average(each, measure, level)
    told = _told(whole, each, measure, level)
    frame = pd.concat([whole, each], ignore_index=True)[WORDS]
    base = f"{count(sizes.sum(), 'customer')} in {count(len(sizes), 'cohort')} to {last:%Y-%m-%d}"
    if told is not None and told["n"] < sizes.sum():
        base += f"; {count(told['n'])} of them watched for so long"
    return Result(
        name="cohorts",
        frame=frame,
        headline=_headline(told, measure, f"{length} days" if length else period, rule),
        method=f"{RULES[rule]}; periods of {period}; "
        + ("Wilson intervals" if measure == "customers" else "t intervals, money after refunds"),
        base=base,
        notes=early + (() if customers is not None else _begins(each)) + _notes(frame, rule),
        unit="share" if measure == "customers" else "",
    )


def compare_cohorts(result: Result, *, time: int, level: float = 0.95) -> Result:
    """Hold each cohort against all others at the same age.

    Args:
        result: what `cohorts` gave, counting customers.
        time: the age, in periods; unfinished cells stay out.
        level: confidence level; also what counts as apart after correction.

    Returns:
        group, estimate (difference in percentage points), conf_low, conf_high (Newcombe), n,
        events, p_value, p_adjusted (Benjamini-Hochberg), verdict (`higher`, `lower`, `not apart`).

    Raises:
        OrdersError: fewer than two cohorts have been seen at that age.
    """
    rows = result.frame[(result.frame["group"] != "all") & (result.frame["time"] == time)]
    rows = rows[rows["finished"]].reset_index(drop=True)
    if len(rows) < 2:
        raise OrdersError(f"fewer than two cohorts have been seen at age {time}: nothing to hold.")
    x, n = rows["events"].to_numpy(float), rows["n"].to_numpy(float)
    others, rest = x.sum() - x, n.sum() - n
    low, high = stats.newcombe(others, rest, x, n, level=level)
    frame = rows[["group", "n", "events"]].assign(estimate=100 * (x / n - others / rest))
    frame["conf_low"], frame["conf_high"] = 100 * low, 100 * high
    tables = zip(x, n, others, rest, strict=True)
    frame["p_value"] = [stats.chi_square([[a, m - a], [b, k - b]]).p_value for a, m, b, k in tables]
    frame["p_adjusted"] = stats.adjust(frame["p_value"], method="bh")
    apart = frame["p_adjusted"] < 1 - level
    frame["verdict"] = np.where(
        ~apart, "not apart", np.where(frame["estimate"] > 0, "higher", "lower")
    )
    said = [f"{r.group} ({r.verdict})" for r in frame[apart].itertuples()]
    after = f"{count(time, _spaced(str(rows['group'].iloc[0])))} after they began"
    return Result(
        name="cohorts compared",
        frame=frame,
        headline=f"{after}, standing apart from the other cohorts: {listing(said)}."
        if said
        else f"{after}, no cohort stands apart from the others.",
        method="each cohort against all others; chi-square, Newcombe interval, false-discovery "
        "rate held by Benjamini-Hochberg",
        base=result.base,
        unit="difference in points",
    )


def _known(word: str, words, what: str) -> None:
    if word not in words:
        raise OrdersError(f"{what}: '{word}' is none of {listing(list(words))}.")


def _rolling(period: str) -> int:
    """Give the days of a rolling period, 0 for one of the calendar."""
    if period in CALENDAR:
        return 0
    try:
        days = pd.Timedelta(period) / pd.Timedelta(days=1)
    except ValueError:
        days = 0.0
    if days < 1 or days != int(days):
        raise OrdersError(
            f"period: '{period}' is none of {listing(list(CALENDAR))}, nor a length such as '30D'."
        )
    return int(days)


def _attended(table: ibis.Table, customers: pd.DataFrame | None, period: str):
    """Count who was there in which periods, and who began in each; none if time is too long."""
    signed = None
    if customers is not None:
        begun = ordinal(customers["first"], period)
        signed = pd.DataFrame({"customer_id": customers["customer_id"], "begun": begun})
    seen = attendance(table.filter(table["visit"]), period, signed)
    if seen is None:
        return None
    if signed is not None:
        sizes = signed["begun"].value_counts()
    else:
        sizes = pd.Series(seen.n).groupby(seen.begun + seen.first).sum().astype(int)
    sizes.index = pd.PeriodIndex.from_ordinals(sizes.index, freq=CALENDAR[period][1])
    return sizes.sort_index(), seen


def _named(cells: pd.DataFrame, period: str) -> pd.DataFrame:
    """Give the cells their first days; money was not asked for."""
    begun = pd.PeriodIndex.from_ordinals(cells["begun"], freq=CALENDAR[period][1])
    return cells.assign(begun=begun.start_time, paid=0.0, square=0.0)


def _early(table: ibis.Table, customers: pd.DataFrame | None, period: str) -> tuple[str, ...]:
    """Say how many orders lie in periods before their customer signed up."""
    if customers is None:
        return ()
    both = table.join(ibis.memtable(customers), "customer_id")
    day, first = both["day"], both["first"]
    if period in CALENDAR:
        day, first = (moment.truncate(CALENDAR[period][0]) for moment in (day, first))
    before = int(both.filter(day < first).count().execute())
    said = f"{count(before, 'order')} from before the customer signed up are not counted."
    return (said,) if before else ()


def _orders(orders: Any, as_of: Any) -> ibis.Table:
    """Give customer, day and money after refunds, as an expression over the orders' table."""
    orders = table_of(orders)
    paid = orders["amount"].cast("float64") if "amount" in orders.columns else ibis.literal(0.0)
    if "refunded" in orders.columns:
        paid = paid - orders["refunded"].cast("float64").fill_null(0.0)
    table = orders.select(
        customer_id=orders["customer_id"],
        day=orders["ordered_at"].cast("timestamp").truncate("D"),
        paid=paid.fill_null(0.0),
        # a credit note is money, but no visit
        visit=orders["amount"] >= 0 if "amount" in orders.columns else ibis.literal(True),
    )
    known = table["customer_id"].notnull() & table["day"].notnull()
    if as_of is not None:
        known &= table["day"] <= ibis.literal(as_of)
    return table.filter(known)


def _begun(table: ibis.Table, customers: pd.DataFrame | None) -> ibis.Table:
    """Give each order the first day of its customer."""
    if customers is not None:
        return table.join(ibis.memtable(customers), "customer_id")
    visits = table.filter(table["visit"])
    first = visits.group_by("customer_id").aggregate(first=visits["day"].min())
    return table.join(first, "customer_id")


def _joined(customers: pd.DataFrame | None, orders: Any) -> pd.DataFrame | None:
    """Give the day on which each customer signed up, by the clock of the orders."""
    if customers is None:
        return None
    if "customer_id" not in customers.columns:
        raise OrdersError("customers: there is no column 'customer_id'.")
    known = customers[["customer_id", "signed_up_at"]].dropna()
    when = events.local_times(known["signed_up_at"], events.zone_of(orders["ordered_at"]))
    return pd.DataFrame({"customer_id": known["customer_id"], "first": when.dt.normalize()})


def _sizes(table: ibis.Table, customers: pd.DataFrame | None, period: str) -> pd.Series:
    """Count who began in each period."""
    if customers is not None:
        begun = customers["first"].dt.to_period(CALENDAR[period][1])
        return begun.value_counts().sort_index()
    first = table.select("customer_id", "first").distinct()
    begun = first.mutate(begun=first["first"].truncate(CALENDAR[period][0]))
    counts = begun.group_by("begun").aggregate(n=begun.count()).execute()
    index = pd.PeriodIndex(pd.to_datetime(counts["begun"]), freq=CALENDAR[period][1])
    return pd.Series(counts["n"].to_numpy(), index).sort_index()


def _cells(table: ibis.Table, period: str, length: int, rule: str, brackets) -> ibis.Table:
    """Count customers and money per cohort and age, in the engine."""
    unit = CALENDAR["month" if length else period][0]
    if length:
        age = (table["day"].delta(table["first"], unit="day") / length).floor().cast("int64")
    else:
        age = _age(table["day"], table["first"], period)
    rows = table.mutate(begun=table["first"].truncate(unit), age=age)
    if rule == "bracket":
        passed = [(rows["age"] >= start).ifelse(1, 0) for start in sorted(brackets)]
        rows = rows.mutate(age=sum(passed[1:], passed[0]) - 1)
    each = rows.group_by("customer_id", "begun", "age").aggregate(
        paid=rows["paid"].sum(), visit=rows["visit"].any().cast("int64")
    )
    if rule == "on or after":
        # who was last seen at an age was there at or after each age before it
        seen = each.filter((each["visit"] == 1) & (each["age"] >= 0))
        latest = seen.group_by("customer_id", "begun").aggregate(age=seen["age"].max())
        last = latest.group_by("begun", "age").aggregate(latest=latest.count())
        plain = each.group_by("begun", "age").aggregate(**_sums(each))
        both = plain.left_join(last, ["begun", "age"])
        return both.select(
            "begun", time="age", events=both["latest"].fill_null(0), paid="paid", square="square"
        )
    total = each.group_by("begun", "age").aggregate(events=each["visit"].sum(), **_sums(each))
    return total.rename(time="age")


def _sums(each: ibis.Table) -> dict[str, ibis.Value]:
    return {"paid": each["paid"].sum(), "square": (each["paid"] * each["paid"]).sum()}


def _age(day, first, period: str):
    if period == "week":
        return (day.truncate("W").delta(first.truncate("W"), unit="day") / 7).cast("int64")
    years = day.year() - first.year()
    if period == "year":
        return years.cast("int64")
    if period == "quarter":
        return (years * 4 + day.quarter() - first.quarter()).cast("int64")
    return (years * 12 + day.month() - first.month()).cast("int64")


def _grid(cells, sizes, period, length, last, rule, brackets) -> pd.DataFrame:
    """Lay out every cell that has begun, with zeros where nobody came."""
    freq = CALENDAR["month" if length else period][1]
    begun = pd.PeriodIndex(pd.to_datetime(cells["begun"]), freq=freq)
    cells = cells.assign(begun=begun).set_index(["begun", "time"])
    parts = []
    for cohort, n in sizes.items():
        starts, ends = _windows(cohort, last, length, rule, brackets)
        part = pd.DataFrame({"time": np.arange(len(starts)), "finished": ends <= last})
        part = part[starts <= last].assign(begun=cohort, n=n)
        parts.append(part)
    grid = pd.concat(parts).set_index(["begun", "time"])
    grid = grid.join(cells[["events", "paid", "square"]]).fillna(
        {"events": 0, "paid": 0, "square": 0}
    )
    grid = grid.reset_index()
    if rule == "on or after":
        later = grid[::-1].groupby("begun", sort=False)["events"].cumsum()
        grid["events"] = later[::-1]
    grid["group"] = grid["begun"].astype(str).str.slice(0, 10)
    return grid


def _windows(cohort: pd.Period, last: pd.Timestamp, length: int, rule: str, brackets):
    """Give the first possible day of each cell, and the day by which all of it was seen."""
    if length:
        ages = np.arange((last - cohort.start_time).days // length + 2)
        starts = cohort.start_time + pd.to_timedelta(ages * length, "D")
        ends = cohort.end_time.normalize() + pd.to_timedelta((ages + 1) * length - 1, "D")
    else:
        now = last.to_period(cohort.freq)
        ages = np.arange(max((now - cohort).n, 0) + 2)
        cells = pd.PeriodIndex([cohort + int(k) for k in ages])
        starts, ends = cells.start_time, cells.end_time.normalize()
    if rule == "bracket":
        edges = sorted(brackets)
        inside = [k for k in edges if k < len(ages)]
        close = [edges[i + 1] - 1 if i + 1 < len(edges) else None for i in range(len(inside))]
        never = pd.Timestamp.max.normalize()
        ends = pd.DatetimeIndex(
            [ends[k] if k is not None and k < len(ends) else never for k in close]
        )
        starts = starts[inside]
    return starts, ends


def _estimates(frame: pd.DataFrame, measure: str, level: float) -> pd.DataFrame:
    n = frame["n"].to_numpy(float)
    if measure == "customers":
        frame["estimate"] = frame["events"] / n
        low, high = stats.proportion_interval(frame["events"], n, level=level)
    else:
        frame["estimate"] = frame["paid"] / n
        spread = (frame["square"] - frame["paid"] ** 2 / n).clip(lower=0)
        error = np.sqrt(spread / np.maximum(n - 1, 1) / n)
        error = np.where(n > 1, error, np.nan)
        low, high = stats.mean_interval(frame["estimate"], error, df=n - 1, level=level)
    return frame.assign(conf_low=low, conf_high=high)


def _average(frame: pd.DataFrame, measure: str, level: float) -> pd.DataFrame:
    """Average the cohorts at each age, over finished cells only."""
    done = frame[frame["finished"]]
    if done.empty:
        return pd.DataFrame(columns=WORDS)
    sums = done.groupby("time", as_index=False)[["n", "events", "paid", "square"]].sum()
    return _estimates(sums.assign(group="all", finished=True), measure, level)


def _spaced(cohort: str) -> str:
    """Say in which periods a cohort is counted that is called so: 1997-02 in months."""
    forms = {"year": r"\d{4}", "quarter": r"\d{4}Q\d", "month": r"\d{4}-\d\d"}
    return next((unit for unit, form in forms.items() if re.fullmatch(form, cohort)), "period")


def _told(whole: pd.DataFrame, each: pd.DataFrame, measure: str, level: float) -> pd.Series | None:
    """Choose the age that is told: the third, or one that stands out above it."""
    later = whole[whole["time"] > 0] if len(whole) else whole
    if later.empty:
        return None
    row = later.iloc[min(2, len(later) - 1)]
    # who buys once a year is not told of after three months: the age that stands out above it,
    # in the same cohorts, as older cohorts may be others than younger ones
    seen = later[(later["time"] > row["time"]) & (later["n"] >= row["n"] / 2)]  # by most of them
    done = each[each["finished"]]
    same = {
        time: _average(done[done["group"].isin(done.loc[done["time"] == time, "group"])],
                       measure, level).set_index("time").loc[row["time"]]
        for time in seen["time"]
    }  # fmt: skip
    ends = seen["time"].map(lambda time: max(same[time]["conf_high"], row["conf_high"]))
    rhythm = seen[seen["conf_low"] > ends]
    return rhythm.loc[rhythm["estimate"].idxmax()] if len(rhythm) else row


def _begins(each: pd.DataFrame) -> tuple[str, ...]:
    """Say of whom it is not known that they began when their orders do."""
    first = each["group"].iloc[0]
    return (f"The orders begin in {first}: who bought before that counts as beginning then.",)


def _headline(row: pd.Series | None, measure: str, period: str, rule: str) -> str:
    if row is None:
        return "No cohort has been seen to the end of its second period yet."
    what = count(row["time"], period)
    if period not in CALENDAR:
        what = f"{count(row['time'], 'period')} of {period}"
    if measure == "money":
        return f"After {what}, a customer who began brings {number(row['estimate'], 2)}."
    return (
        f"{what[0].upper()}{what[1:]} after they began, {percent(row['estimate'], 1)} of the "
        f"customers {RULES[rule]} ({percent(row['conf_low'], 1)} to "
        f"{percent(row['conf_high'], 1)})."
    )


def _notes(frame: pd.DataFrame, rule: str) -> tuple[str, ...]:
    notes = []
    unfinished = int((~frame["finished"].astype(bool)).sum())
    if unfinished:
        notes.append(f"{count(unfinished, 'cell')} not seen to the end are left out of averages.")
    if rule == "on or after":
        notes.append("Whoever may still come back is not counted yet: late ages can only grow.")
    single = frame[(frame["n"] == 1) & (frame["group"] != "all")]["group"].unique()
    if len(single):
        notes.append(f"A cohort of one customer tells nothing by itself: {listing(list(single))}.")
    return tuple(notes)
