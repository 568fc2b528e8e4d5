"""Is the sample company what its truth says it is?"""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from openpyxl import load_workbook

from cxlab import sample
from cxlab.sample import company, life, people, survey

COMMITTED = Path(__file__).resolve().parents[1] / "data" / "sample"
RATINGS = [f"Q4_{place}" for place in range(1, 7)]


def read_survey(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, _, _, *rows = csv.reader(file)
    return pd.DataFrame(rows, columns=head)


def read_crm(path):
    return pd.read_csv(path, sep=";", encoding="cp1252", dtype=str, keep_default_na=False)


def read_tickets(path):
    _, _, head, *rows = load_workbook(path, read_only=True).worksheets[0].values
    return pd.DataFrame(rows, columns=head)


@pytest.fixture(scope="module")
def truth():
    return json.loads((COMMITTED / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def responses():
    return read_survey(COMMITTED / "exports" / "survey_qualtrics.csv")


@pytest.fixture(scope="module")
def faults(responses):
    """Each kind of dirt, found from the cells alone."""
    score = pd.to_numeric(responses["Q1"].str.extract(r"^(-?\d+)")[0])
    ended = pd.to_datetime(responses["EndDate"], errors="coerce")
    seconds = responses["Duration (in seconds)"].astype(int)
    third, half = seconds.median() / 3, seconds.median() / 2
    lined = responses[RATINGS].ne("").all(axis=1) & responses[RATINGS].nunique(axis=1).eq(1)
    return pd.DataFrame(
        {
            "preview": responses["Status"].eq("Survey Preview"),
            "unfinished": responses["Finished"].eq("False"),
            "duplicate_response": responses.duplicated("ResponseId"),
            "score_off_scale": score.notna() & ~score.between(0, 10),
            "date_impossible": ended.isna(),
            "date_after_as_of": ended.ge(company.AS_OF),
            "speeder": seconds.lt(30) & seconds.lt(third),
            "straightliner": lined & seconds.between(third, half, inclusive="left"),
        }
    )


@pytest.fixture(scope="module")
def kept(responses, faults):
    """The clean answers, typed."""
    clean = responses[~faults.any(axis=1)].copy()
    clean["nps"] = pd.to_numeric(clean["Q1"].str.extract(r"^(\d+)")[0])
    clean[RATINGS] = clean[RATINGS].apply(pd.to_numeric)
    clean["customer"] = clean["ExternalReference"].str.strip()
    clean["quarter"] = pd.to_datetime(clean["EndDate"]).dt.to_period("Q").astype(str)
    return clean


@pytest.fixture(scope="module")
def crm():
    return read_crm(COMMITTED / "exports" / "crm.csv")


@pytest.fixture(scope="module")
def orders():
    return pd.read_parquet(COMMITTED / "exports" / "orders.parquet")


@pytest.fixture(scope="module")
def tickets():
    return read_tickets(COMMITTED / "exports" / "tickets.xlsx")


@pytest.fixture(scope="module")
def lives():
    draw = np.random.default_rng(7)
    return life.live(draw, people.draw(draw, customers=9_000))


@pytest.fixture(scope="module")
def person_months(lives):
    """One row per customer and month after the first, with what was known before the month."""
    month, who = np.nonzero(~np.isnan(lives.experience))
    failed = np.zeros(lives.experience.shape, bool)
    right = failed.copy()
    for at in range(company.MONTHS):
        made, cases = lives.orders[2 * at], lives.cases[at]
        failed[at, made["customer"][made["failed"]]] = True
        right[at, cases["customer"][cases["from_failure"] & cases["put_right"]]] = True
    joined = np.searchsorted(company.MONTH_STARTS, lives.people.joined, side="right") - 1
    left = np.searchsorted(company.MONTH_STARTS, lives.cancelled, side="right") - 1
    bad, mended = _lately(failed & ~right, month, who), _lately(right, month, who)
    frame = pd.DataFrame({"who": who, "month": month, "tenure": month - joined[who]})
    frame["experience"] = lives.experience[month, who]
    frame["left"] = ((left[who] == month) & lives.voluntary[who]).astype(int)
    frame["bad"], frame["mended"] = bad, mended & ~bad
    frame["felt"] = (lives.people.region[who] == 3) & (joined[who] < 12) & (month // 6 == 2)
    frame["loyal"] = frame["felt"] & lives.loyal_at_rise[who]
    often = frame["felt"] & (lives.people.appetite[who] >= 0.4)
    frame["frequent"] = often & ~lives.loyal_at_rise[who]
    return frame[frame["tenure"] > 0]


def _lately(event, month, who):
    padded = np.vstack([np.zeros((3, event.shape[1]), bool), event])
    return padded[month, who] | padded[month + 1, who] | padded[month + 2, who]


def nps(scores):
    return 100 * ((scores >= 9).mean() - (scores <= 6).mean())


def nps_error(scores):
    return 100 * ((scores >= 9) * 1.0 - (scores <= 6) * 1.0).std() / len(scores) ** 0.5


def joining_days(table):
    forms = ("%d/%m/%Y", "%Y-%m-%d", "%d %b %Y")
    read = [pd.to_datetime(table["Joined"], format=form, errors="coerce") for form in forms]
    return read[0].fillna(read[1]).fillna(read[2])


def set_aside(truth, table):
    return truth["dirt"][table]["set_aside"]


# the exports ---------------------------------------------------------------------------------


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    for name, seed in (("one", 5), ("two", 5), ("other", 6)):
        sample.write(tmp_path / name, customers=300, seed=seed)
    names = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*.*"))
    assert len(names) == 12
    for name in names:
        one, two, other = ((tmp_path / run / name).read_bytes() for run in ("one", "two", "other"))
        assert one == two
        assert one != other or name.name == "journey.yaml"  # says how to read, not what is there


def test_the_committed_truth_is_that_of_the_default_seed(truth):
    assert json.loads(json.dumps(sample.simulate().truth)) == truth


def test_the_committed_files_stay_small():
    files = [*COMMITTED.glob("*.*"), *(COMMITTED / "exports").iterdir()]
    sizes = [path.stat().st_size for path in files if path.is_file()]
    assert sum(sizes) <= 3_000_000
    assert max(sizes) <= 1_900_000


def test_a_hundred_thousand_customers_are_no_trouble():
    large = sample.simulate(customers=100_000, seed=1)
    assert large.truth["company"]["customers"] == 100_000
    assert len(large.orders["number"]) > 1_000_000


def test_a_handful_of_customers_still_makes_a_company(tmp_path):
    told = sample.write(tmp_path, customers=40, seed=2)
    assert (
        len(read_survey(tmp_path / "exports" / "survey_qualtrics.csv"))
        == (told["dirt"]["responses"]["rows_in"])
    )


def test_the_survey_has_a_mark_and_three_header_rows():
    raw = (COMMITTED / "exports" / "survey_qualtrics.csv").read_bytes()
    with (COMMITTED / "exports" / "survey_qualtrics.csv").open(encoding="utf-8-sig") as file:
        names, wording, ids = (row for row, _ in zip(csv.reader(file), range(3), strict=False))
    assert raw.startswith(b"\xef\xbb\xbf")
    assert "\n" in wording[names.index("Q3")]
    assert '"Kestrel Coffee' in wording[names.index("Q3")]
    assert json.loads(ids[1]) == {"ImportId": "endDate", "timeZone": "Europe/London"}


def test_the_crm_is_windows_text_and_nothing_else():
    raw = (COMMITTED / "exports" / "crm.csv").read_bytes()
    assert {"é", "ñ", "ü", "€", "£"} <= set(raw.decode("cp1252"))
    assert raw.count(b"\r\n") == raw.count(b"\n")
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")


def test_ids_are_text_with_zeros_in_front(crm, orders, tickets, responses):
    for ids in (crm["Customer No"], orders["customer_no"], tickets["Customer"]):
        assert ids.str.strip().str.fullmatch(r"\d{7}").all()
        assert ids.str.strip().str.startswith("000").any()
    assert responses["ResponseId"].str.fullmatch(r"R_[A-Za-z0-9]{15}").all()


def test_times_are_real_times(orders, tickets):
    assert str(orders["ordered_at"].dt.tz) == "UTC"
    assert tickets["Opened"].map(lambda moment: moment.year).isin([2024, 2025]).all()


# the dirt ------------------------------------------------------------------------------------


def test_survey_dirt_is_found_as_often_as_told(truth, responses, faults):
    assert len(responses) == truth["dirt"]["responses"]["rows_in"]
    assert faults.sum().to_dict() == set_aside(truth, "responses")


def test_a_spoiled_answer_has_one_fault(faults):
    assert faults.sum(axis=1).max() == 1


def test_survey_repairs_are_found_as_often_as_told(truth, responses, faults):
    clean = responses[~faults.any(axis=1)]
    found = {
        "nps:label_to_number": int(clean["Q1"].str.contains(" - ").sum()),
        "customer_id:trimmed": int(
            (clean["ExternalReference"].str.strip() != clean["ExternalReference"]).sum()
        ),
    }
    assert found == truth["dirt"]["responses"]["repairs"]


def test_natural_answers_are_well_clear_of_the_speed_rules(responses, kept):
    typical = responses["Duration (in seconds)"].astype(int).median()
    assert kept["Duration (in seconds)"].astype(int).min() > 0.55 * typical


def test_customer_dirt_is_found_as_often_as_told(truth, crm):
    joined = joining_days(crm)
    left = pd.to_datetime(crm["Cancelled"], format="%d/%m/%Y", errors="coerce")
    twice = crm.duplicated()
    found = {
        "churn_before_signup": int((left < joined).sum()),
        "date_impossible": int(joined.isna().sum()),
        "duplicate_customer": int(twice.sum()),
    }
    assert len(crm) == truth["dirt"]["customers"]["rows_in"]
    assert found == set_aside(truth, "customers")
    assert crm[~twice]["Customer No"].str.strip().is_unique


def test_customer_repairs_are_found_as_often_as_told(truth, crm):
    usual = crm["Joined"].str.fullmatch(r"\d\d/\d\d/\d{4}")
    left = pd.to_datetime(crm["Cancelled"], format="%d/%m/%Y")
    usable = joining_days(crm).notna() & ~(left < joining_days(crm)) & ~crm.duplicated()
    found = {
        "customer_id:trimmed": int((crm["Customer No"].str.strip() != crm["Customer No"]).sum()),
        "signed_up_at:date_form": int((~usual).sum()),
        "monthly_fee:number_form": int(crm["Monthly fee"][usable].str.contains(",").sum()),
    }
    assert found == truth["dirt"]["customers"]["repairs"]
    assert crm["Joined"].str.fullmatch(r"\d{4}-\d\d-\d\d").any()
    assert crm["Joined"].str.fullmatch(r"\d{1,2} [A-Z][a-z]{2} \d{4}").any()


def test_order_dirt_is_found_as_often_as_told(truth, orders, crm):
    known = set(crm["Customer No"].str.strip())
    found = {
        "date_after_as_of": int((orders["ordered_at"] >= "2025-12-31").sum()),
        "duplicate_order": int(orders.duplicated("order_no").sum()),
        "orphan": int((~orders["customer_no"].isin(known)).sum()),
    }
    assert found == set_aside(truth, "orders")
    assert orders.duplicated().sum() == found["duplicate_order"]
    assert (orders["amount"] < 0).sum() == truth["dirt"]["orders"]["refunds"]
    assert len(orders) == truth["dirt"]["orders"]["rows_in"]


def test_case_dirt_is_found_as_often_as_told(truth, tickets, crm):
    known = set(crm["Customer No"].str.strip())
    found = {
        "closed_before_opened": int((tickets["Closed"] < tickets["Opened"]).sum()),
        "duplicate_interaction": int(tickets.duplicated("Case").sum()),
        "orphan": int((~tickets["Customer"].isin(known)).sum()),
    }
    assert found == set_aside(truth, "interactions")
    assert tickets["First reply"].isna().sum() == truth["dirt"]["interactions"]["first_reply_blank"]


def test_nobody_is_orphaned_by_an_unusable_customer_row(crm, orders, tickets, kept):
    joined = joining_days(crm)
    left = pd.to_datetime(crm["Cancelled"], format="%d/%m/%Y", errors="coerce")
    unusable = set(crm["Customer No"][joined.isna() | (left < joined)])
    named = {*orders["customer_no"], *tickets["Customer"], *kept["customer"], *crm["Referred by"]}
    assert not unusable & named
    assert set(kept["customer"]) <= set(crm["Customer No"].str.strip())
    assert set(crm["Referred by"]) - {""} <= set(crm["Customer No"].str.strip())


def test_nothing_happens_outside_a_customers_time(crm, orders):
    usable = crm.drop_duplicates().assign(number=lambda rows: rows["Customer No"].str.strip())
    joined = joining_days(usable)
    left = pd.to_datetime(usable["Cancelled"], format="%d/%m/%Y")
    day = orders["ordered_at"].dt.tz_convert("Europe/London").dt.tz_localize(None).dt.normalize()
    bought = orders.assign(day=day)[(day < "2025-12-31") & (orders["kind"] != "refund")]
    start = bought["customer_no"].map(pd.Series(joined.values, usable["number"]))
    end = bought["customer_no"].map(pd.Series(left.values, usable["number"]))
    assert not (bought["day"] < start).any()
    assert not (bought["day"] >= end).any()


# the planted truth ---------------------------------------------------------------------------


def test_scores_and_churn_look_like_a_real_company(kept, truth):
    assert 25 <= nps(kept["nps"]) <= 40
    assert 0.25 <= truth["churn"]["annual_rate"] <= 0.35
    assert 3_000 <= len(kept) <= 3_600
    assert kept.groupby("quarter").size().min() >= 380


def test_ratings_go_together(kept):
    table = kept[RATINGS].dropna().corr().to_numpy()
    pairs = table[np.triu_indices(6, 1)]
    assert 0.5 < pairs.mean() < 0.7


def test_support_is_rated_only_after_a_contact(kept):
    assert 0.3 < kept["Q4_3"].isna().mean() < 0.7
    assert kept[RATINGS].drop(columns="Q4_3").isna().mean().max() < 0.03


def penalty_reward(frame, columns):
    low, high = (frame[columns] <= 2).add_suffix("_low"), (frame[columns] == 5).add_suffix("_high")
    design = sm.add_constant(pd.concat([low, high], axis=1).astype(float))
    return sm.OLS(frame["nps"], design).fit()


def test_the_must_have_only_punishes_and_the_delighter_only_pleases(kept):
    fit = penalty_reward(kept.dropna(subset=RATINGS), RATINGS)
    assert fit.params["Q4_1_low"] < -1 < -0.4 < fit.params["Q4_1_high"] < 0.4
    assert fit.params["Q4_6_high"] > 0.5
    assert abs(fit.params["Q4_6_low"]) < 0.5
    for linear in ("Q4_2", "Q4_3", "Q4_4"):
        assert fit.params[f"{linear}_low"] < -0.2
        assert fit.params[f"{linear}_high"] > 0.1


def test_the_population_effects_are_found_within_their_error(kept, truth):
    fit = penalty_reward(kept.dropna(subset=RATINGS), RATINGS)
    told = truth["effects"]["everybody"]
    expected = np.array([*told["penalty"].values(), *told["reward"].values()])
    assert (np.abs(fit.params[1:] - expected) < 3.2 * fit.bse[1:]).all()


def test_price_moves_nothing(lives, truth):
    rng, size = np.random.default_rng(3), 20_000
    contact, no = np.ones(size, bool), np.zeros(size, bool)
    mind = rng.normal(0, 1, size)
    same = {"experience": mind, "leaning": np.zeros((6, size)), "hurt": 0 * mind}
    ratings = survey.read_minds(rng, **same, contact=contact, risen=no)
    dearer = ratings["ratings"].copy()
    dearer[4] = 1
    assert (survey.effect_of(dearer) == survey.effect_of(ratings["ratings"])).all()
    assert min(truth["effects"]["everybody"]["lmg_share"].items(), key=lambda s: s[1])[0] == "price"


HAZARD_TERMS = {
    "experience": company.HAZARD["experience"],
    "bad": company.HAZARD["failure_unrecovered"],
    "mended": company.HAZARD["failure_recovered"],
    "felt": company.PRICE_RISE["hazard"],
    "loyal": company.PRICE_RISE["hazard_if_loyal"],
    "frequent": company.PRICE_RISE["hazard_if_merely_frequent"],
}


def test_the_hazard_is_the_one_told(person_months):
    told, frame = pd.Series(HAZARD_TERMS), person_months
    design = frame[list(told.index)].assign(early=frame["tenure"] < 3, old=frame["tenure"] >= 12)
    seasons = pd.get_dummies(frame["month"] % 12, prefix="m")
    design = pd.concat([design, seasons], axis=1).astype(float)
    family = sm.families.Binomial(sm.families.links.CLogLog())
    fit = sm.GLM(frame["left"], design, family=family).fit()
    apart = (fit.params[told.index] - told) / fit.bse[told.index]
    assert (apart.abs() < 3.5).all()
    assert (fit.bse[told.index] < 0.4).all()


def test_the_price_rise_moves_the_loyal_less_and_the_merely_frequent_more(truth):
    left = truth["price_rise"]["left_within_six_months"]
    extra = {who: g["felt_it"]["share"] - g["other_regions"]["share"] for who, g in left.items()}
    assert extra["loyal"] < extra["neither"] < extra["merely_frequent"]


def test_recovery_helps_but_no_failure_is_better(person_months, truth):
    effect = truth["failures"]["effect_on_score_next_month"]
    leaving = person_months.groupby(["bad", "mended"])["left"].mean()
    assert effect["unrecovered"] < effect["recovered"] < 0
    assert leaving[True, False] > leaving[False, True] > leaving[False, False]


def test_failures_cost_later_orders(lives, person_months):
    bought = np.zeros(lives.experience.shape)
    for month, made in enumerate(lives.orders[::2]):
        np.add.at(bought[month], made["customer"][made["kind"] == 1], 1)
    rows = person_months.assign(bought=bought[person_months["month"], person_months["who"]])
    rows = rows[rows["left"] == 0].assign(
        usual=lives.people.appetite[rows["who"][rows["left"] == 0]]
    )
    sums = rows.groupby(["bad", "mended"])[["bought", "usual"]].sum()
    mean = sums["bought"] / sums["usual"]
    assert mean[True, False] / mean[False, False] == pytest.approx(0.55, abs=0.08)
    assert mean[False, True] / mean[False, False] == pytest.approx(0.88, abs=0.12)


def test_trained_agents_resolve_more_from_their_day_on(tickets, truth):
    cases = tickets.drop_duplicates("Case")
    cases = cases[cases["Resolved"].isin(["Yes", "No"])]
    trained = cases["Agent"].isin(truth["training"]["agents"])
    after = cases["Opened"] >= truth["training"]["date"]
    share = cases["Resolved"].eq("Yes").groupby([trained, after]).mean()
    assert abs(share[True, False] - share[False, False]) < 0.06
    assert share[True, True] - share[False, True] > 0.10


def test_the_slower_the_reply_the_less_is_resolved_and_liked(lives):
    cases = life.all_cases(lives)
    known = (cases["reply"] > 0) & (cases["resolved"] >= 0)
    wait = np.log((cases["reply"] - cases["opened"])[known])
    slow = wait > pd.Series(wait).groupby(cases["channel"][known]).transform("median")
    resolved, csat = cases["resolved"][known], cases["csat"][known]
    assert resolved[slow].mean() < resolved[~slow].mean() - 0.03
    assert csat[slow & (csat > 0)].mean() < csat[~slow & (csat > 0)].mean() - 0.2


def test_the_happy_send_friends_and_friends_stay(lives):
    ever = np.nanmean(lives.experience, axis=0)
    sent = np.bincount(lives.referred_by[lives.referred_by >= 0], minlength=len(ever)) > 0
    assert ever[sent].mean() > ever[~sent].mean() + 0.2
    later = lives.people.joined > 60
    months = (~np.isnan(lives.experience)).sum(axis=0)
    gone = (lives.cancelled < people.NEVER) & lives.voluntary
    rate = [
        gone[later & who].sum() / months[later & who].sum()
        for who in (lives.referred_by >= 0, lives.referred_by < 0)
    ]
    assert rate[0] / rate[1] == pytest.approx(np.exp(company.HAZARD["referred"]), abs=0.12)


def test_those_who_answer_are_happier_and_weighting_helps(kept, truth):
    told = truth["response"]
    asked = kept[kept["touchpoint"] == "relationship"]
    by_region = asked.groupby("region")["nps"].apply(nps)
    weighted = sum(by_region[name] * share for name, share in told["population"]["region"].items())
    assert nps(asked["nps"]) == pytest.approx(told["nps_answered"], abs=0.01)
    assert told["nps_everybody"] + 3 < told["nps_answered"]
    assert told["nps_everybody"] < weighted < told["nps_answered"]


def test_the_total_moves_while_no_region_does(kept, truth):
    before, after = kept[kept["quarter"] == "2025Q3"], kept[kept["quarter"] == "2025Q4"]
    error = np.hypot(nps_error(before["nps"]), nps_error(after["nps"]))
    assert nps(after["nps"]) - nps(before["nps"]) < -1.96 * error
    for region in company.REGIONS:
        old, new = (part["nps"][part["region"] == region] for part in (before, after))
        assert abs(nps(new) - nps(old)) < 1.64 * np.hypot(nps_error(old), nps_error(new))
    assert truth["mix_shift"]["change_from_mix"] < -8
    assert abs(truth["mix_shift"]["change_from_levels"]) < 2


def test_the_leaks_are_known_only_after_leaving(crm):
    gone = crm["Cancelled"] != ""
    offered = crm["retention_offer_sent"] == "Yes"
    assert offered[gone].mean() > 0.5 > 0.05 > offered[~gone].mean()
    assert set(crm["last_bill_status"][gone]).isdisjoint(crm["last_bill_status"][~gone])


def test_what_is_to_be_masked_is_there_as_often_as_told(kept, truth):
    text, told = kept["Q5"], truth["themes"]["to_mask"]
    mail = text.str.contains(r"[\w.]+@example\.(?:com|org)", regex=True)
    phone = text.str.contains(r"(?:07700|01632|\+44 7700)[ \d]{6,}", regex=True)
    assert mail.sum() == told["emails"]
    assert phone.sum() == told["phones"]
    assert not text.str.contains(r"@(?!example\.)", regex=True).any()


def test_comments_go_with_the_ratings(kept):
    labels = pd.read_csv(COMMITTED / "truth_comments.csv")
    rows = kept.merge(labels, left_on="ResponseId", right_on="response_id")
    for place, theme in enumerate(company.TOUCHPOINTS, start=1):
        about = rows[rows["theme"] == theme]
        mean = about.groupby("polarity")[f"Q4_{place}"].mean()
        assert mean["negative"] < mean["neutral"] < mean["positive"]
    assert len(rows) == len(labels) == (kept["Q5"] != "").sum()


def test_negations_turn_the_meaning_round(kept):
    labels = pd.read_csv(COMMITTED / "truth_comments.csv").set_index("response_id")
    rows = kept.set_index("ResponseId").loc[labels.index]
    praise = rows["Q5"].str.contains("no problems at all", case=False)
    assert praise.sum() >= 10
    assert rows["nps"][praise].mean() > 8
    assert labels["negated"][praise].all()


def test_comments_are_varied(kept):
    text = kept["Q5"][kept["Q5"] != ""]
    assert text.nunique() / len(text) > 0.7
    assert not text.str.contains(r"[{}|~]|  | \.").any()
    assert re.search("[éè]", " ".join(text))


def test_what_was_ticked_and_put_in_order_is_what_was_planted(kept, truth):
    planted = truth["questions"]
    asked = kept[(kept["Q6"] == "Yes") & kept.filter(regex="^Q7_").ne("").any(axis=1)]
    ticked = asked.filter(regex="^Q7_").ne("").set_axis(planted["ticked"]["Home"], axis="columns")
    for plan, shares in planted["ticked"].items():
        mine, expected = ticked[asked["plan"] == plan], pd.Series(shares)
        error = np.sqrt(expected * (1 - expected) / len(mine))
        assert ((mine.mean() - expected).abs() < 3.5 * error).all(), plan
    assert kept.loc[kept["Q6"] != "Yes"].filter(regex="^Q7_").eq("").all(axis=None)
    first = (kept.filter(regex="^Q8_") == "1").mean().to_numpy()
    worth = np.array([*planted["matters"]["worth"].values()])
    assert first / first.sum() == pytest.approx(worth / worth.sum(), abs=0.03)
