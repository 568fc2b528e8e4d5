"""One law of every model: another unit, or another zero, changes no answer."""

import numpy as np
import pandas as pd
import pytest

from cxlab import churn, drivers, metrics, retention, value, weighting
from cxlab.churn import exposure

RATINGS = ["a", "b", "c"]
# what a covariate turns into: seconds for years, yen for millions, a date for an age
UNITS = {"a billionth": (1e-9, 0), "a billion": (1e9, 0), "from a million": (1.0, 1e6)}
FREE = {"p_value", "p_adjusted", "rank", "verdict", "share", "r2", "direction", "tie", "n", "df"}
SLOPES = ["estimate", "std_error", "std_error_plain", "conf_low", "conf_high"]


def people(n: int = 260) -> pd.DataFrame:
    rng = np.random.default_rng(11)
    mood = rng.normal(size=n)
    ratings = np.clip(np.round(3 + mood[:, None] + rng.normal(size=(n, 3))), 1, 5)
    rows = pd.DataFrame(ratings, columns=RATINGS)
    rows["income"] = rng.lognormal(3, 0.4, n)
    pull = ratings @ [1.0, 0.6, 0.1] + rows["income"] / 40 + rng.normal(0, 2, n)
    rows["nps"] = np.clip(np.round(pull), 0, 10)
    rows["again"] = (pull > np.median(pull)).astype(int)
    rows["region"] = rng.choice(["north", "south"], n)
    rows["channel"] = rng.choice(["mail", "phone"], n)
    rows["tenure"] = np.ceil(rng.exponential(30 * np.exp(0.3 * mood))) + 1
    rows["churned"] = (rng.random(n) < 0.7).astype(int)
    rows["referred_by"] = np.where(rng.random(n) < 0.4, "x", None)
    rows["fee"] = rng.uniform(5, 50, n)
    return rows.assign(customer_id=[f"{i:04d}" for i in range(n)])


ASKED = {"outcome": "nps", "drivers": RATINGS, "controls": ["income", "region"]}
DRAWN = {**ASKED, "n_boot": 40}
STAY = {"covariates": ["b", "income", "region"]}
QUESTIONS = {
    "fit": lambda d, f: drivers.fit(d, **ASKED),
    "fit in points": lambda d, f: drivers.fit(d, **ASKED, points="nps"),
    "fit ordinal": lambda d, f: drivers.fit(d, **ASKED, model="ordinal"),
    "fit logit": lambda d, f: drivers.fit(d, **{**ASKED, "outcome": "again"}, model="logit"),
    "differs": lambda d, f: drivers.differs(d, **{**ASKED, "controls": ["income"]}, by="region"),
    "odds": lambda d, f: drivers.odds(d, **ASKED),
    "conflicts": lambda d, f: drivers.conflicts(d, **ASKED),
    "importance": lambda d, f: drivers.importance(d, **DRAWN),
    "mcfadden": lambda d, f: drivers.importance(
        d, **{**DRAWN, "outcome": "again"}, method="mcfadden"
    ),
    "importance of groups": lambda d, f: drivers.importance(
        d, **{**DRAWN, "drivers": {"both": ["a", "b"], "one": ["c"]}}
    ),
    "relative weights": lambda d, f: drivers.relative_weights(d, **DRAWN),
    "pairs": lambda d, f: drivers.pairs(d, **DRAWN),
    "dominance": lambda d, f: drivers.dominance(d, **ASKED),
    "priorities": lambda d, f: drivers.priorities(d, **DRAWN),
    "penalty and reward": lambda d, f: drivers.penalty_reward(d, **DRAWN),
    "gains": lambda d, f: drivers.gains(d, **DRAWN, by="channel"),
    "simulate": lambda d, f: drivers.simulate(d, **ASKED, moves={"b": f}),
    "halo": lambda d, f: drivers.halo(d, **DRAWN),
    "nonlinear": lambda d, f: drivers.nonlinear(d, **ASKED),
    "checks": lambda d, f: drivers.checks(d, **ASKED),
    "gaps": lambda d, f: drivers.gaps(d.assign(b=d["b"].mask(d["b"].index % 9 == 0)), **ASKED),
    "beside": lambda d, f: drivers.beside(
        d, outcomes=["nps", "again"], drivers=RATINGS, controls=["income"], n_boot=40
    ),
    "hazards": lambda d, f: retention.hazards(d, **STAY),
    "hazards, Breslow": lambda d, f: retention.hazards(d, **STAY, ties="breslow"),
    "quality of hazards": lambda d, f: retention.quality(d, **STAY),
    "check of hazards": lambda d, f: retention.check_hazards(d, **STAY),
    "discrete hazards": lambda d, f: retention.discrete_hazards(d, **STAY),
    "referred": lambda d, f: retention.referred(d, adjust=["b", "income"]),
    "value by tier": lambda d, f: value.worth(
        d.assign(tier=d["region"], value=d["fee"]), adjust=["b", "income"], n_boot=20
    ),
    "chain": lambda d, f: value.chain(
        d, links=("a", "nps", "fee"), controls=["b", "income"], n_boot=20
    ),
    "adjusted": lambda d, f: metrics.adjusted(d, controls=["income", "region"]),
    **{
        shape: lambda d, f, shape=shape: retention.parametric(d, **STAY, shape=shape)
        for shape in ("exponential", "weibull", "lognormal", "loglogistic")
    },
}
# what `estimate` is per unit of its term: a slope, or a ratio whose logarithm is
SLOPED = {"fit", "fit in points", "differs"}
RATIOS = {
    "fit ordinal", "fit logit", "odds", "hazards", "hazards, Breslow", "discrete hazards",
    "check of hazards", "exponential", "weibull", "lognormal", "loglogistic",
}  # fmt: skip


def alike(plain: pd.DataFrame, other: pd.DataFrame, column: str, by: float, question: str) -> None:
    """Compare two answers; the column that changed its unit has a slope that changed with it."""
    own = (plain.get("term", pd.Series("", index=plain.index)) == column).to_numpy()
    held = ~plain.get("role", plain.index.to_series()).isin(["intercept", "cut"]).to_numpy()
    held &= ~plain.get("term", plain.index.to_series()).isin(["(intercept)"]).to_numpy()
    for word in plain:
        turn = np.ones(len(plain))
        if word == "coefficient" or (question in SLOPED and word in SLOPES):
            turn[own] = by
        kept = held.copy()
        if (question in RATIOS and word not in {"coefficient", *FREE}) or "performance" in word:
            kept &= ~own
        if not pd.api.types.is_numeric_dtype(plain[word]):
            assert word not in FREE or plain[word][kept].equals(other[word][kept]), word
            continue
        before, after = plain[word].to_numpy(float)[kept], (other[word] * turn).to_numpy()[kept]
        close = 1e-7 * np.nanmax(np.abs(before), initial=0)
        np.testing.assert_allclose(after, before, rtol=1e-6, atol=close, err_msg=word)


@pytest.fixture(scope="module")
def answered():
    rows = people()
    return rows, {name: ask(rows, 1.0).frame for name, ask in QUESTIONS.items()}


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("column", ["b", "income"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_unit_changes_no_answer(answered, question, column, unit):
    rows, plain = answered
    by, more = UNITS[unit]
    there = QUESTIONS[question](
        rows.assign(**{column: rows[column] * by + more}), by_of(column, by)
    )
    alike(plain[question], there.frame, column, by, question)


def by_of(column: str, by: float) -> float:
    return by if column == "b" else 1.0


def tried(by: float = 1.0, more: float = 0.0):
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"x": rng.normal(size=600), "z": rng.normal(size=600)})
    chance = 1 / (1 + np.exp(0.5 - table["x"]))
    table["left"] = rng.random(600) < chance
    table["x"] = table["x"] * by + more
    return churn.from_table(table, label="left"), pd.Series(rng.random(600) < 0.5)


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_changes_no_prediction_of_leaving(unit):
    (plain, given), (there, _) = tried(), tried(*UNITS[unit])
    for model in ("logistic", "boosting"):
        risk = [churn.fit(s, model=model).predict_proba(s.features)[:, 1] for s in (plain, there)]
        assert risk[1] == pytest.approx(risk[0], rel=1e-6), model
    for ask in (lambda s: churn.health(s, score="x"), lambda s: churn.uplift(s, treated=given)):
        pd.testing.assert_frame_equal(ask(plain).frame, ask(there).frame, rtol=1e-6)


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_changes_no_weight(unit):
    by, more = UNITS[unit]
    asked = people()
    answers = asked.loc[asked["again"] == 1, ["customer_id"]]
    there = asked.assign(income=asked["income"] * by + more)
    using = ["income", "region"]
    one, other = (weighting.propensity(answers, who, using=using) for who in (asked, there))
    assert other.frame["weight"].to_numpy() == pytest.approx(one.frame["weight"], rel=1e-6)


@pytest.mark.parametrize("times", [1e-9, 1e9])
def test_a_unit_changes_no_step_at_a_date_and_no_log_rank(times):
    rng = np.random.default_rng(3)
    days = pd.date_range("2023-01-01", periods=900, freq="D")
    rows = pd.DataFrame({"spend": rng.gamma(3, 20, 900), "answered_at": days})
    told = [
        metrics.before_after(one, score="spend", date="2025-01-01").frame.iloc[0]
        for one in (rows, rows.assign(spend=rows["spend"] * times))
    ]
    assert told[1]["estimate"] == pytest.approx(told[0]["estimate"] * times)
    assert told[1]["p_value"] == pytest.approx(told[0]["p_value"])
    d = people()
    tests = [retention.compare(d.assign(tenure=d["tenure"] * k), by="region") for k in (1, times)]
    assert tests[1].frame["p_value"].tolist() == pytest.approx(tests[0].frame["p_value"].tolist())


def test_money_in_another_currency_changes_no_hazard_by_experience():
    spent = pd.Series(np.random.default_rng(1).lognormal(3, 1, 200).round())
    plain, yen = (exposure.spent(spent * by) for by in (1.0, 160.0))
    assert yen == pytest.approx(plain, rel=1e-9)
