"""What is wrong with the exports, and how often?

Every spoiled row is spoiled in one way only, and carries its reason in the hidden column
``reason`` until it is written. Rows that name a customer never lose that customer.
"""

import numpy as np
import pandas as pd

from cxlab.sample import asked, company

IMPOSSIBLE_DAYS = ("2025-02-30", "2024-06-31", "2024-13-05", "2025-04-31", "2025-00-14")
IMPOSSIBLE_JOINED = ("31/02/2024", "30/02/2025", "31/11/2024", "00/05/2025")
RATING_COLUMNS = [f"Q4_{n}" for n in range(1, 7)]
LATER_QUESTIONS = ("Q2", "Q3", *RATING_COLUMNS, "Q5", *asked.HEADINGS)


def spoil_responses(rng: np.random.Generator, table: pd.DataFrame, *, typical: float):
    """Return the survey rows with dirt in them, and the repairs a reader will have to book."""
    table = table.assign(reason="")
    counts = {
        reason: _how_many(share, len(table)) for reason, share in company.DIRT["responses"].items()
    }
    lots = _lots(rng, np.flatnonzero(_six_ratings_differ(table)), counts)
    for reason in (
        "unfinished",
        "score_off_scale",
        "date_impossible",
        "date_after_as_of",
        "speeder",
    ):
        _SPOILERS[reason](rng, table, lots[reason])
        table.loc[lots[reason], "reason"] = reason
    asked = np.flatnonzero((table["Q4_3"] != "") & (table["reason"] == ""))
    lined = rng.permutation(np.setdiff1d(asked, np.concatenate(list(lots.values()))))
    lined = lined[: counts["straightliner"]]
    _straighten(rng, table, lined, typical)
    table.loc[lined, "reason"] = "straightliner"
    copied_later = np.concatenate([lots["duplicate_response"], lots["preview"]])
    repairs = _repair_responses(rng, table, copied_later)
    previews = _previews(rng, table.loc[lots["preview"]])
    table = pd.concat([table, previews], ignore_index=True)
    table = table.sort_values("RecordedDate", kind="stable", ignore_index=True)
    copied = table.index[table["ResponseId"].isin(_ids(lots, "duplicate_response", table))]
    return _with_copies(rng, table, copied, "duplicate_response"), repairs


def spoil_customers(rng: np.random.Generator, table: pd.DataFrame):
    """Return the customer list with dirt in it, and the repairs a reader will have to book."""
    size = len(table)
    counts = {reason: _how_many(share, size) for reason, share in company.DIRT["customers"].items()}
    counts |= {key: _how_many(share, size) for key, share in company.REPAIRS["customers"].items()}
    lots = _lots(rng, np.arange(size), counts)
    table = table.assign(reason="")
    strangers = _unusable_customers(rng, table, lots)
    trimmed, other_form = lots["customer_id:trimmed"], lots["signed_up_at:date_form"]
    table.loc[trimmed, "Customer No"] = _with_blanks(rng, table.loc[trimmed, "Customer No"])
    table.loc[other_form, "Joined"] = _other_forms(rng, table.loc[other_form, "Joined"])
    twice = table.loc[lots["duplicate_customer"], "Customer No"]
    table = pd.concat([table, strangers], ignore_index=True)
    by_number = np.argsort(table["Customer No"].astype(int).to_numpy(), kind="stable")
    table = table.iloc[by_number].reset_index(drop=True)
    copied = np.flatnonzero(table["Customer No"].isin(twice))
    repairs = {key: len(lots[key]) for key in company.REPAIRS["customers"]}
    repairs["monthly_fee:number_form"] = size  # each fee is written with a decimal comma
    return _with_copies(rng, table, copied, "duplicate_customer"), repairs


def _unusable_customers(rng, table: pd.DataFrame, lots: dict) -> pd.DataFrame:
    """Customers nobody else names, whose dates cannot be."""
    impossible = len(lots["date_impossible"])
    rows = table.loc[np.concatenate([lots["date_impossible"], lots["churn_before_signup"]])].copy()
    numbers = table["Customer No"].astype(int).to_numpy()
    free = np.setdiff1d(numbers + 1, numbers)
    rows["Customer No"] = [f"{number:07d}" for number in rng.permutation(free)[: len(rows)]]
    bad = np.arange(len(rows)) < impossible
    rows["reason"] = np.where(bad, "date_impossible", "churn_before_signup")
    never = rng.choice(IMPOSSIBLE_JOINED, len(rows))
    rows["Joined"] = np.where(bad, never, _dates(rng, "2025-03-01", len(rows)))
    rows["Cancelled"] = np.where(bad, "", _dates(rng, "2024-04-01", len(rows)))
    rows["Cancel reason"] = np.where(bad, "", "Moved away")
    rows["Voluntary"] = np.where(bad, "", "Yes")
    rows["retention_offer_sent"] = "No"
    rows["last_bill_status"] = np.where(bad, "paid", "final")
    rows["Referred by"] = ""
    return rows


def spoil_interactions(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    """Return the support cases with dirt in them."""
    counts = {
        reason: _how_many(share, len(table))
        for reason, share in company.DIRT["interactions"].items()
    }
    lots = _lots(rng, np.flatnonzero(table["Closed"].notna()), counts)
    table = table.assign(reason="")
    early = lots["closed_before_opened"]
    back = pd.to_timedelta(rng.integers(300, 6000, len(early)), unit="min")
    table.loc[early, "Closed"] = (table.loc[early, "Opened"] - back).astype("datetime64[s]")
    table.loc[early, "reason"] = "closed_before_opened"
    orphans = table.loc[lots["orphan"]].assign(reason="orphan")
    orphans["Customer"] = _strangers(rng, len(orphans))
    table = pd.concat([table, orphans], ignore_index=True)
    table = table.sort_values("Opened", kind="stable", ignore_index=True)
    clean = np.flatnonzero((table["reason"] == "") & table["Closed"].notna())
    copied = rng.permutation(clean)[: counts["duplicate_interaction"]]
    table.insert(0, "Case", "CS-" + pd.Series(np.arange(len(table)) + 10_001).astype(str))
    return _with_copies(rng, table, copied, "duplicate_interaction")


def spoil_orders(rng: np.random.Generator, orders: dict) -> dict:
    """Return the order columns with dirt in them, in the order of the file, numbered."""
    size = len(orders["second"])
    plain = (orders["kind"] < 2) & ~orders["failed"] & (orders["returned"] < 0)
    counts = {reason: _how_many(share, size) for reason, share in company.DIRT["orders"].items()}
    lots = _lots(rng, np.flatnonzero(plain), counts)
    orphan, late = lots["orphan"], lots["date_after_as_of"]
    rows = np.concatenate([np.arange(size), orphan, late])
    spoilt = {name: values[rows] for name, values in orders.items()}
    spoilt["number"][size : size + len(orphan)] = _strangers(rng, len(orphan)).astype(int)
    next_year = (company.LAST_DAY + 4 + rng.integers(0, 60, len(late))) * 86_400
    spoilt["second"][size + len(orphan) :] = next_year + rng.integers(
        7 * 3600, 22 * 3600, len(late)
    )
    by_time = np.argsort(spoilt["second"], kind="stable")
    spoilt = {name: values[by_time] for name, values in spoilt.items()}
    spoilt["order"] = np.arange(len(by_time))
    reason = np.full(len(rows), "", object)
    reason[size : size + len(orphan)], reason[size + len(orphan) :] = "orphan", "date_after_as_of"
    spoilt["reason"] = reason[by_time]
    copied = np.flatnonzero(np.isin(by_time, lots["duplicate_order"]))
    place = _places_of_copies(rng, copied, len(by_time))
    rows = np.concatenate([np.arange(len(by_time)), copied])
    file_order = np.argsort(np.concatenate([np.arange(len(by_time)), place]), kind="stable")
    spoilt["reason"] = np.concatenate(
        [spoilt["reason"], np.full(len(copied), "duplicate_order", object)]
    )
    out = {name: values[rows][file_order] for name, values in spoilt.items() if name != "reason"}
    return out | {"reason": spoilt["reason"][file_order]}


def tally(reason, repairs: dict | None = None) -> dict:
    """Count rows and reasons the way a reader's ledger does."""
    found = pd.Series(reason, dtype=object)
    set_aside = found[found != ""].value_counts().sort_index()
    return {
        "rows_in": len(found),
        "set_aside": {str(name): int(count) for name, count in set_aside.items()},
        "repairs": repairs or {},
    }


def _how_many(share: float, size: int) -> int:
    return max(1, round(share * size))


def _lots(rng: np.random.Generator, candidates: np.ndarray, counts: dict) -> dict:
    """Deal different rows to different reasons."""
    shuffled, lots, used = rng.permutation(candidates), {}, 0
    for reason, count in counts.items():
        lots[reason] = shuffled[used : used + count]
        used += count
    return lots


def _six_ratings_differ(table: pd.DataFrame) -> np.ndarray:
    ratings = table[RATING_COLUMNS].to_numpy()
    return (ratings != ratings[:, :1]).any(axis=1)


def _unfinish(rng, table, rows) -> None:
    table.loc[rows, "Finished"] = "False"
    reached = rng.integers(0, 5, len(rows))
    table.loc[rows, "Progress"] = np.array(["14", "29", "43", "57", "86"], object)[reached]
    for place, column in enumerate(LATER_QUESTIONS):
        unseen = place >= np.array([0, 1, 2, 5, 8])[reached]
        table.loc[rows[unseen], column] = ""


def _leave_scale(rng, table, rows) -> None:
    table.loc[rows, "Q1"] = rng.choice(["11", "47", "-1"], len(rows))


def _break_date(rng, table, rows) -> None:
    time = table.loc[rows, "EndDate"].str[10:]
    table.loc[rows, "EndDate"] = rng.choice(IMPOSSIBLE_DAYS, len(rows)) + time


def _postpone(rng, table, rows) -> None:
    day = _dates(rng, "2026-01-05", len(rows), "%Y-%m-%d")
    for column in ("StartDate", "EndDate", "RecordedDate"):
        table.loc[rows, column] = day + table.loc[rows, column].str[10:]


def _hurry(rng, table, rows) -> None:
    _set_duration(table, rows, rng.integers(9, 29, len(rows)))


def _straighten(rng, table, rows, typical: float) -> None:
    _set_duration(table, rows, rng.integers(int(0.38 * typical), int(0.46 * typical), len(rows)))
    answer = rng.choice(["3", "4", "5"], len(rows))
    for column in RATING_COLUMNS:
        table.loc[rows, column] = answer
    table.loc[rows, "Q5"] = ""


def _set_duration(table, rows, seconds) -> None:
    end = pd.to_datetime(table.loc[rows, "EndDate"])
    start = end - pd.to_timedelta(seconds, unit="s")
    table.loc[rows, "StartDate"] = start.dt.strftime("%Y-%m-%d %H:%M:%S")
    table.loc[rows, "Duration (in seconds)"] = seconds.astype(str)


_SPOILERS = {
    "unfinished": _unfinish,
    "score_off_scale": _leave_scale,
    "date_impossible": _break_date,
    "date_after_as_of": _postpone,
    "speeder": _hurry,
}


def _repair_responses(rng, table: pd.DataFrame, copied_later: np.ndarray) -> dict:
    """Write some scores as labels and put blanks round some ids, in rows that are kept."""
    free = (table["reason"] == "").to_numpy(copy=True)
    free[copied_later] = False
    ends = free & table["Q1"].isin(["0", "10"]).to_numpy()
    labelled = np.flatnonzero(
        ends & (rng.random(len(table)) < company.REPAIRS["responses"]["nps:label_to_number"])
    )
    labels = {"0": "0 - Not at all likely", "10": "10 - Extremely likely"}
    table.loc[labelled, "Q1"] = table.loc[labelled, "Q1"].map(labels)
    share = company.REPAIRS["responses"]["customer_id:trimmed"]
    trimmed = np.flatnonzero(free & (rng.random(len(table)) < share))
    table.loc[trimmed, "ExternalReference"] = _with_blanks(
        rng, table.loc[trimmed, "ExternalReference"]
    )
    return {"nps:label_to_number": len(labelled), "customer_id:trimmed": len(trimmed)}


def _previews(rng, rows: pd.DataFrame) -> pd.DataFrame:
    said = rng.choice(["test", "", "Test - please ignore", "asdf"], len(rows))
    return rows.assign(
        Status="Survey Preview",
        ExternalReference="",
        DistributionChannel="preview",
        ResponseId=rows["ResponseId"].str[:-4] + "Prvw",
        Q5=said,
        reason="preview",
        answer=-1,
    )


def _ids(lots: dict, reason: str, table: pd.DataFrame) -> pd.Series:
    return table.loc[table["answer"].isin(lots[reason]), "ResponseId"]


def _with_copies(rng, table: pd.DataFrame, copied: np.ndarray, reason: str) -> pd.DataFrame:
    """Put a copy of each of these rows somewhere below it."""
    copied = np.asarray(copied)
    copies = table.loc[copied].assign(reason=reason)
    place = np.concatenate([np.arange(len(table)), _places_of_copies(rng, copied, len(table))])
    both = pd.concat([table, copies], ignore_index=True)
    return both.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)


def _places_of_copies(rng, copied: np.ndarray, size: int) -> np.ndarray:
    return copied + 0.5 + np.floor(rng.random(len(copied)) ** 3 * (size - copied))


def _with_blanks(rng, ids: pd.Series) -> np.ndarray:
    before = np.array(["", " ", "  "], object)[rng.integers(0, 3, len(ids))]
    return before + ids.to_numpy(object) + np.where(before == "", " ", "").astype(object)


def _other_forms(rng, joined: pd.Series) -> np.ndarray:
    days = pd.to_datetime(joined, format="%d/%m/%Y")
    words = days.dt.strftime("%d %b %Y").str.replace("^0", "", regex=True)
    return np.where(rng.random(len(days)) < 0.5, days.dt.strftime("%Y-%m-%d"), words)


def _dates(rng, start: str, size: int, form: str = "%d/%m/%Y") -> np.ndarray:
    days = pd.Timestamp(start) + pd.to_timedelta(rng.integers(0, 80, size), unit="D")
    return days.strftime(form).to_numpy(object)


def _strangers(rng, size: int) -> np.ndarray:
    """Customer numbers that nobody has."""
    return (9_400_000 + rng.permutation(500_000)[:size]).astype(str).astype(object)
