"""A column or a word that is none is refused in a sentence that names the nearest."""

import pandas as pd
import pytest

from cxlab import drivers, metrics, retention, value, voice, weighting
from cxlab.codebook import Refusal
from tests.test_units import RATINGS, people

ROWS = people().assign(
    answered_at=pd.date_range("2025-01-01", periods=260, freq="D"),
    csat=lambda rows: rows["a"], ces=lambda rows: rows["a"], comment="cold", weight=1.0,
)  # fmt: skip
LATER = ROWS.assign(answered_at=ROWS["answered_at"] + pd.Timedelta("300D"))
ASKED = {"outcome": "nps", "drivers": RATINGS}
TWO = {"outcomes": ["nps", "again"], "drivers": RATINGS}
SHARES = {"region": {"north": 0.5, "south": 0.5}}
WRONG = {
    "score": "npss", "by": "regoin", "weight": "wieght", "cluster": "customerid", 
    "pair": "customerid",
    "controls": ["incme"], "drivers": ["a", "incme"], "items": ["a", "incme"], "outcome": "npss",
    "outcomes": ["nps", "agian"], "period": "qarter", "start": "tenur", "end": "churnd",
    "covariates": ["incme"], "strata": "regoin", "reason": "chanel", "shape": "weibul",
    "adjust": ["incme"], "tier": "regoin", "value": "fe_", "comment": "coment", "key": "customerid",
    "margins": ["regoin"], "person": "customerid", "using": ["incme"], "frequency": "agian",
}  # fmt: skip
SCORED, WHOLE = ("score", "by", "weight"), ("score", "by", "weight", "cluster")
CALLS = (
    *((ask, {"by": "region"}, WHOLE) for ask in (metrics.nps, metrics.compare, metrics.league)),
    *((ask, {}, WHOLE) for ask in (metrics.csat, metrics.ces, metrics.detectable)),
    (metrics.adjusted, {"controls": ["income"]}, (*WHOLE, "controls")),
    *((ask, {}, SCORED) for ask in (metrics.distribution, metrics.trend)),
    (metrics.score_of, {"score": "nps"}, SCORED),
    (metrics.latest, {}, ("score", "period")),
    (metrics.reliability, {"items": RATINGS}, ("items",)),
    (drivers.screen, ASKED, ("outcome", "drivers", "weight", "cluster")),
    (drivers.fit, ASKED, ("outcome", "drivers", "controls", "weight", "cluster")),
    (drivers.beside, TWO, ("outcomes", "drivers", "controls", "weight", "cluster")),
    (drivers.differs, {**ASKED, "by": "region"}, ("by",)),
    (drivers.gains, {**ASKED, "by": "region"}, ("by",)),
    (retention.survival, {}, ("by", "start", "end")),
    (retention.hazards, {"covariates": ["a"]}, ("covariates", "strata", "cluster")),
    (retention.parametric, {"covariates": ["a"]}, ("covariates", "shape")),
    (retention.reasons, {"reason": "channel"}, ("by", "reason")),
    (value.worth, {"tier": "region", "value": "fee"}, ("tier", "value", "adjust")),
    (voice.hear, {}, ("comment",)),
    (weighting.rake, {"margins": SHARES}, ("weight",)),
    (weighting.tipping_point, {"asked": 900}, ("score", "person", "weight")),
    (weighting.calibrated_mean, {"score": "a", "margins": ["region"]},
     ("score", "margins", "weight", "cluster")),
    (weighting.repeated, {"frequency": "again"}, ("frequency",)),
)  # fmt: skip
CASES = [(ask, said, word) for ask, said, words in CALLS for word in words]
PAIRED = (metrics.change, metrics.difference, metrics.migration, metrics.panel)


@pytest.mark.parametrize(
    ("ask", "said", "word"), CASES, ids=lambda each: getattr(each, "__name__", str(each)[:20])
)
def test_a_misspelt_column_is_refused_with_the_nearest(ask, said, word):
    with pytest.raises(Refusal, match="Did you mean"):
        ask(ROWS, **{**said, word: WRONG[word]})


@pytest.mark.parametrize("ask", PAIRED, ids=lambda ask: ask.__name__)
@pytest.mark.parametrize("word", ["score", "pair"])
def test_so_it_is_between_two_waves(ask, word):
    with pytest.raises(Refusal, match="Did you mean"):
        ask(ROWS, LATER, **{word: WRONG[word]})


@pytest.mark.parametrize("word", ["by", "key"])
def test_so_it_is_among_those_who_were_asked(word):
    with pytest.raises(Refusal, match="Did you mean"):
        weighting.response_rates(ROWS, ROWS, **{word: WRONG[word]})
    with pytest.raises(Refusal, match="Did you mean"):
        weighting.propensity(ROWS, ROWS, **{"using": ["income"], "key": WRONG["key"]})
