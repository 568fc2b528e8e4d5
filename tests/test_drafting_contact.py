"""Kinds of exports met for the first time: read as they are, or doubted aloud."""

import numpy as np
import pandas as pd
import pyreadstat
import pytest
import yaml

from cxlab import study
from cxlab.drafting import draft

N = 200
RNG = np.random.default_rng(12)
DAYS = pd.date_range("2025-01-02", periods=N, freq="15h").strftime("%Y-%m-%d")
NPS = RNG.integers(0, 11, N)


def _drafted(folder, name="survey.csv", **columns):
    path = folder / name
    pd.DataFrame(columns).to_csv(path, index=False)
    made = draft([path], folder)
    (folder / "study.yaml").write_text(made.text, encoding="utf-8")
    said = yaml.safe_load(made.text)["tables"]
    return made, said, study.load(folder / "study.yaml", cache=False)


@pytest.mark.parametrize("end", [1, 2, 3])
def test_points_on_both_sides_of_nought_are_all_answers(end, tmp_path):
    given = RNG.integers(-end, end + 1, (2, N))
    _, said, opened = _drafted(tmp_path, Date=DAYS, **{"How likely to recommend us?": NPS,
                               "Delivery": given[0], "Staff": given[1]})  # fmt: skip
    assert said["responses"]["scales"]["ratings"] == f"-{end}..{end}"
    assert opened.responses["delivery"].mean() == pytest.approx(given[0].mean())


def test_the_last_point_of_one_side_may_be_in_no_use(tmp_path):
    given = RNG.integers(-2, 4, N)
    _, said, opened = _drafted(tmp_path, Date=DAYS, **{"Overall satisfaction": given})
    assert said["responses"]["scales"]["csat"] == "-3..3"
    assert opened.responses["csat"].mean() == pytest.approx(given.mean())


@pytest.mark.parametrize("given", [[-1, 1, 2, 3, 4, 5], [-1, 0, 1, 2, 3, 4, 5]])
def test_a_code_beside_a_scale_of_one_side_stays_one(given, tmp_path):
    made, said, _ = _drafted(tmp_path, Date=DAYS,
                             **{"Overall satisfaction": RNG.choice(given, N)})  # fmt: skip
    assert -1 in said["responses"]["scales"]["csat"]["missing"]
    assert any("taken for 'no answer'" in doubt for doubt in made.doubts)


def test_none_is_a_word_among_words(tmp_path):
    addon = np.array(["none", "none", "none", "gold", "silver"])[np.arange(N) % 5]
    _, said, opened = _drafted(tmp_path, Date=DAYS, **{"How likely to recommend us?": NPS,
                               "Which add-on?": addon})  # fmt: skip
    (key,) = said["responses"]["segments"]
    assert (opened.responses[key] == "none").sum() == 120


def test_na_is_a_region_beside_capitals(tmp_path):
    region = np.array(["NA", "EMEA", "APAC"])[np.arange(N) % 3]
    _, said, opened = _drafted(tmp_path, Date=DAYS, Region=region,
                               **{"How likely to recommend us?": NPS})  # fmt: skip
    assert (opened.responses[next(iter(said["responses"]["segments"]))] == "NA").sum() == 67


def test_none_is_no_point_of_a_scale_of_words(tmp_path):
    words = np.array(["Satisfied", "Neutral", "Dissatisfied", "Very satisfied", "none"])
    _, _, opened = _drafted(tmp_path, Date=DAYS,
                               **{"Overall satisfaction": words[np.arange(N) % 5]})  # fmt: skip
    assert opened.responses["csat"].notna().sum() == 160


def test_how_many_guests_is_no_customer(tmp_path):
    _, said, _ = _drafted(tmp_path, Visit=DAYS, Guests=RNG.integers(1, 6, N),
                          **{"Would you recommend us?": NPS})  # fmt: skip
    assert "customer_id" not in said["responses"]["columns"]


@pytest.mark.parametrize(
    "heads",
    [
        ("回答ID", "回答日時", "推奨度", "満足度"),
        ("答卷编号", "提交时间", "推荐意愿", "满意度"),
        ("응답번호", "응답일시", "추천 의향", "만족도"),
        ("Номер ответа", "Дата ответа", "Готовы ли вы порекомендовать нас?", "Оценка"),
        ("Yanıt no", "Anket tarihi", "Bizi tavsiye eder misiniz?", "Memnuniyet"),
        ("Id", "Datum odgovora", "Da li biste nas preporučili?", "Zadovoljstvo"),
    ],
)
def test_headings_of_further_languages(heads, tmp_path):
    pleased = RNG.integers(1, 6, N)
    columns = dict(zip(heads, (np.arange(N) + 7000, DAYS, NPS, pleased), strict=True))
    _, _, opened = _drafted(tmp_path, "export.csv", **columns)
    assert opened.responses["nps"].mean() == pytest.approx(NPS.mean())
    assert opened.responses["csat"].mean() == pytest.approx(pleased.mean())
    assert {"response_id", "answered_at"} <= {*opened.responses}


def test_rows_with_an_id_beside_that_of_their_customer_and_a_sum_are_orders(tmp_path):
    paid = np.round(RNG.gamma(2, 20, N) + 1, 2)
    _, said, opened = _drafted(tmp_path, "export.csv", id=np.arange(N) + 10**9,
                               customer_id=[f"ctm_{at}" for at in range(N)], created_at=DAYS,
                               updated_at=DAYS, total=paid, currency_code="EUR")  # fmt: skip
    assert list(said) == ["orders"]
    assert opened.cleaned["orders"].frame["amount"].sum() == pytest.approx(paid.sum())


def test_a_choice_of_several_is_doubted_once(tmp_path):
    shops = np.array(["Web", "Shop;Web", "App", "App;Shop", "Shop", "App;Web"])[np.arange(N) % 6]
    made, _, _ = _drafted(tmp_path, Date=DAYS, **{"How likely to recommend us?": NPS,
                          "Where did you buy?": shops})  # fmt: skip
    assert sum("'Where did you buy?'" in doubt for doubt in made.doubts) == 1


def test_ends_that_the_file_names_are_shown_and_may_be_turned(tmp_path):
    codes = pd.DataFrame(RNG.integers(1, 6, (N, 3)).astype(float), columns=["q2", "q3a", "q3b"])
    labels = {"q2": {1.0: "Very dissatisfied", 5.0: "Very satisfied"},
              "q3a": {1.0: "Sehr zufrieden", 5.0: "Sehr unzufrieden"},
              "q3b": {1.0: "Worst", 5.0: "Best"}}  # fmt: skip
    told = {"q2": "Overall satisfaction", "q3a": "Rating: Staff", "q3b": "Rating: Price"}
    pyreadstat.write_sav(codes, tmp_path / "s.sav", column_labels=told,
                         variable_value_labels=labels)  # fmt: skip
    text = draft([tmp_path / "s.sav"], tmp_path).text
    scales = yaml.safe_load(text)["tables"]["responses"]["scales"]
    assert "csat: 1..5   # 1 = Very dissatisfied, 5 = Very satisfied" in text
    assert scales["ratings"] == "1..5"
    assert scales["staff"] == {"range": "1..5", "better": "low"}


@pytest.mark.parametrize(
    "form", ["3 stycznia 2025", "5 января 2025", "7 Ocak 2025", "9 out 2025", "2 maj 2025"]
)
def test_months_of_further_languages_are_days(form, tmp_path):
    day, name, year = form.split()
    days = [f"{(int(day) + at) % 28 + 1} {name} {year}" for at in range(N)]
    _, _, opened = _drafted(tmp_path, **{"Date": days, "How likely to recommend us?": NPS})
    assert opened.responses["answered_at"].notna().all()


def test_one_day_of_leaving_for_everyone_is_none(tmp_path):
    people = pd.DataFrame({"id": [f"K{at:04d}" for at in range(N)], "joined": DAYS})
    people.assign(left="1970-01-01").to_csv(tmp_path / "c.csv", index=False)
    (tmp_path / "study.yaml").write_text(
        "study: X\nas_of: 2025-12-31\ntables:\n  customers: {files: c.csv, columns: "
        "{customer_id: id, signed_up_at: joined, churned_at: left}}\n"
    )
    opened = study.load(tmp_path / "study.yaml", cache=False)
    assert len(opened.customers) == N
    assert opened.customers["churned_at"].isna().all()
    assert any("one and the same moment" in said for _, said in opened.doubts)


def test_orders_of_nobody_make_no_page_of_leaving(tmp_path):
    sold = pd.DataFrame({"order": np.arange(N), "day": DAYS, "paid": 9.5})
    sold.to_csv(tmp_path / "o.csv", index=False)
    (tmp_path / "study.yaml").write_text(
        "study: X\nas_of: 2025-12-31\ncurrency: EUR\ntables:\n  orders: {files: o.csv, columns: "
        "{order_id: order, ordered_at: day, amount: paid}}\n"
    )
    opened = study.load(tmp_path / "study.yaml", cache=False)
    assert "orders" in opened.holds
    assert "leaving or orders" not in opened.holds
