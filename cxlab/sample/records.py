"""What does each system know about a customer?"""

import numpy as np
import pandas as pd

from cxlab.sample import company, support, words
from cxlab.sample.people import FIRST_NAMES, NEVER, SURNAMES

DAYS = pd.date_range(company.START, periods=company.LAST_DAY + 2, freq="D")
TYPICAL_SECONDS = 204
LETTERS = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"))


BREWERS = (
    ("Cafetière", "Espresso machine", "Filter", "Pods", "Moka pot", ""),
    (0.31, 0.22, 0.2, 0.11, 0.08, 0.08),
)
OFFERS = (
    ("", "£5 off first box", "Free cafetière (worth €19)", "Two bags for £10"),
    (0.55, 0.25, 0.12, 0.08),
)


def survey_table(rng: np.random.Generator, lives, answers: dict, comments: dict) -> pd.DataFrame:
    """Return the answers as the survey tool holds them, all as text."""
    size, people, who = len(answers["nps"]), lives.people, answers["customer"]
    quickest = 0.61 * TYPICAL_SECONDS
    seconds = quickest + np.minimum(
        rng.lognormal(np.log(0.39 * TYPICAL_SECONDS), 0.75, size), 1_800
    )
    interrupted = rng.random(size) < 0.015
    seconds = (seconds + interrupted * rng.integers(1_800, 9_000, size)).astype(int)
    end = pd.Series(np.datetime64(company.START, "s") + answers["second"])
    ratings = answers["ratings"]
    return pd.DataFrame(
        {
            "StartDate": _stamp(end - pd.to_timedelta(seconds, unit="s")),
            "EndDate": _stamp(end),
            "Status": "IP Address",
            "Progress": "100",
            "Duration (in seconds)": seconds.astype(str),
            "Finished": "True",
            "RecordedDate": _stamp(end + pd.to_timedelta(rng.integers(0, 2, size), unit="s")),
            "ResponseId": _response_ids(rng, size),
            "ExternalReference": customer_ids(people.number[who]),
            "DistributionChannel": _pick(
                rng, ("email", "sms", "qr-code"), (0.68, 0.24, 0.08), size
            ),
            "UserLanguage": _pick(rng, ("EN-GB", "EN"), (0.9, 0.1), size),
            "Q1": _numbers(answers["nps"] + 1, shift=-1),
            "Q2": _numbers(answers["csat"]),
            "Q3": _numbers(answers["ces"]),
            **{f"Q4_{place + 1}": _numbers(ratings[:, place]) for place in range(ratings.shape[1])},
            "Q5": comments["text"],
            "region": np.array(company.REGIONS, object)[people.region[who]],
            "plan": np.array(company.PLANS, object)[people.plan[who]],
            "touchpoint": np.array(["relationship", "support"], object)[answers["touchpoint"]],
            "answer": np.arange(size),
        },
        dtype=object,
    )


def customer_table(rng: np.random.Generator, lives) -> pd.DataFrame:
    """Return the customer list as the CRM holds it, all as text."""
    people, size = lives.people, len(lives.people)
    gone = lives.cancelled < NEVER
    ids = customer_ids(people.number)
    bill = np.where(
        gone,
        _pick(rng, ("final", "written off"), (0.86, 0.14), size),
        _pick(rng, ("paid", "overdue"), (0.97, 0.03), size),
    )
    planted = company.LEAKS
    offered = rng.random(size) < np.where(
        gone & lives.voluntary, planted["offer_sent_if_cancelled"], planted["offer_sent_if_staying"]
    )
    email = words.email_addresses(people, np.arange(size))
    return pd.DataFrame(
        {
            "Customer No": ids,
            "First name": FIRST_NAMES[people.first],
            "Surname": SURNAMES[people.surname],
            "E-mail": np.where(rng.random(size) < 0.03, "", email),
            "Phone": np.where(rng.random(size) < 0.18, "", words.phone_numbers(rng, size)),
            "Region": np.array(company.REGIONS, object)[people.region],
            "Plan": np.array(company.PLANS, object)[people.plan],
            "Joined": _day(people.joined),
            "Cancelled": np.where(gone, _day(np.where(gone, lives.cancelled, 0)), ""),
            "Cancel reason": _cancel_reasons(rng, lives, gone),
            "Voluntary": np.where(gone, np.where(lives.voluntary, "Yes", "No"), ""),
            "Referred by": np.where(
                lives.referred_by >= 0, ids[np.maximum(lives.referred_by, 0)], ""
            ),
            "Acquired via": np.array(company.SOURCES, object)[lives.source],
            "Monthly fee": _decimal_comma(_last_fee(lives)),
            "Brews with": _pick(rng, *BREWERS, size),
            "Opening offer": _pick(rng, *OFFERS, size),
            "retention_offer_sent": np.where(offered, "Yes", "No"),
            "last_bill_status": bill,
        },
        dtype=object,
    )


def _last_fee(lives) -> np.ndarray:
    """The monthly fee in pence, as last billed."""
    people, rise = lives.people, company.PRICE_RISE
    fee = np.take(company.PLAN_FEE, people.plan)
    pays_more = (people.region == company.REGIONS.index(rise["region"])) & (
        lives.cancelled >= company.MONTH_STARTS[rise["month"]]
    )
    return np.where(pays_more, np.round(fee * (1 + rise["increase"]), -1), fee).astype(int)


def case_table(lives, cases: dict) -> pd.DataFrame:
    """Return the support cases as the help desk holds them."""
    kind = np.array([row[:3] for row in support.KINDS], object)[cases["kind"]]
    channels = np.array(support.CHANNELS, object)
    first, second = channels[cases["channel"]], channels[np.maximum(cases["changed_to"], 0)]
    changed = cases["changed_to"] >= 0
    answer = np.array(["", "No", "Yes"], object)
    return pd.DataFrame(
        {
            "Customer": customer_ids(lives.people.number[cases["customer"]]),
            "Opened": _minute(cases["opened"]),
            "First reply": _minute(cases["reply"]),
            "Closed": _minute(cases["closed"]),
            "Channel": first,
            "Channels used": np.where(changed, first + " > " + second, first),
            "Kind": kind[:, 0],
            "Stage": kind[:, 1],
            "Touchpoint": kind[:, 2],
            "Resolved": answer[cases["resolved"] + 1],
            "Reopened": answer[cases["reopened"] + 1],
            "Agent": np.array(company.AGENTS, object)[cases["agent"]],
            "CSAT": pd.array(np.where(cases["csat"] > 0, cases["csat"], -1), "Int64"),
            "Cost": cases["cost"] / 100,
        }
    ).replace({"CSAT": {-1: pd.NA}})


def comment_labels(table: pd.DataFrame, comments: dict, kept: np.ndarray) -> pd.DataFrame:
    """Return what each kept comment is about."""
    written = np.flatnonzero(kept & (comments["text"] != ""))
    labels = pd.DataFrame({"response_id": table["ResponseId"].to_numpy()[written]})
    for name in ("theme", "polarity", "second_theme", "second_polarity"):
        labels[name] = comments[name][written]
    for name in ("negated", "name", "phone", "email"):
        labels[name] = comments[name][written].astype(int)
    return labels


def customer_ids(number: np.ndarray) -> np.ndarray:
    """Return customer numbers as the text they are: seven digits, zeros in front."""
    return padded(number, 7).to_numpy(zero_copy_only=False).astype(object)


def padded(number: np.ndarray, width: int, prefix: str = ""):
    """Return numbers as text of a fixed width, as an Arrow array."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.utf8_lpad(pa.array(np.asarray(number, np.int64)).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, text, "") if prefix else text


def _stamp(moments: pd.Series) -> pd.Series:
    return moments.dt.strftime("%Y-%m-%d %H:%M:%S")


def _day(days: np.ndarray) -> np.ndarray:
    return DAYS.strftime("%d/%m/%Y").to_numpy(object)[days]


def _minute(minutes: np.ndarray) -> np.ndarray:
    moment = np.datetime64(company.START, "s") + (minutes * 60).astype("m8[s]")
    return np.where(minutes >= 0, moment, np.datetime64("NaT", "s"))


def _numbers(values: np.ndarray, shift: int = 0) -> np.ndarray:
    """Small whole numbers as text; nothing for 0."""
    text = np.array(["", *(str(n + shift) for n in range(1, 13))], object)
    return text[values]


def _decimal_comma(pence: np.ndarray) -> np.ndarray:
    values, where = np.unique(pence, return_inverse=True)
    return np.array([f"{value / 100:.2f}".replace(".", ",") for value in values], object)[where]


def _pick(rng: np.random.Generator, choices, share, size: int) -> np.ndarray:
    return np.array(choices, object)[rng.choice(len(choices), size, p=share)]


def _response_ids(rng: np.random.Generator, size: int) -> np.ndarray:
    letters = np.ascontiguousarray(LETTERS[rng.integers(0, len(LETTERS), (size, 15))])
    return "R_" + letters.view("U15").ravel().astype(object)


def _cancel_reasons(rng: np.random.Generator, lives, gone: np.ndarray) -> np.ndarray:
    """What was ticked on leaving: it leans towards what happened, and is often left open."""
    size, rise = len(gone), company.PRICE_RISE
    starts = company.MONTH_STARTS[[rise["month"], rise["month"] + rise["lasts_months"]]]
    dearer = (lives.people.region == company.REGIONS.index(rise["region"])) & (
        (lives.cancelled >= starts[0]) & (lives.cancelled < starts[1])
    )
    reason = _pick(
        rng,
        (
            "Not given",
            "Too much coffee",
            "Moved away",
            "Price",
            "Taste",
            "Switched supplier",
            "Delivery",
        ),
        (0.26, 0.19, 0.11, 0.15, 0.09, 0.13, 0.07),
        size,
    )
    told = rng.random(size) < 0.45
    reason[dearer & told] = "Price"
    reason[(lives.unrecovered_ago <= 3) & told] = "Delivery"
    reason[~lives.voluntary] = "Payment failed"
    return np.where(gone, reason, "")
