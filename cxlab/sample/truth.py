"""What should an analysis of the sample find?"""

import math
from itertools import combinations

import numpy as np

from cxlab.sample import asked, company, survey
from cxlab.sample.people import NEVER
from cxlab.sample.words import POLARITIES


def tell(
    rng: np.random.Generator, lives, answers: dict, comments: dict, kept: np.ndarray, dirt: dict
) -> dict:
    """Return everything planted, and what the analyses should find of it.

    ``kept`` is true for the answers that are left once the dirt is set aside.
    """
    relational = kept & (answers["touchpoint"] == 0)
    return {
        "company": {"name": "Kestrel Coffee", "start": company.START, "as_of": company.AS_OF}
        | {"customers": len(lives.people), "regions": list(company.REGIONS)},
        "dirt": dirt,
        "effects": _effects(lives),
        "scores": company.SCORES | {"ratings": company.RATINGS},
        "hazard": company.HAZARD | {"form": "P(leave in a month) = 1 - exp(-exp(sum of terms))"},
        "price_rise": _without(company.PRICE_RISE, "month") | _price_rise(lives),
        "failures": company.FAILURES | _failures(rng, lives),
        "referral": company.REFERRAL | _referral(lives),
        "response": company.RESPONSE | _response(lives, answers, relational),
        "waves": lives.waves,
        "mix_shift": _mix_shift(lives, answers, relational),
        "support": company.SUPPORT,
        "training": _without(company.TRAINING, "day")
        | {"log_odds_of_resolution": company.SUPPORT["resolved_if_agent_trained"]},
        "leaks": company.LEAKS,
        "questions": asked.truth(),
        "themes": _themes(comments, kept),
        "churn": _churn(lives),
    }


def _effects(lives) -> dict:
    """The planted effects, and what two usual methods would find if everybody had answered."""
    moments, names = lives.moments, company.TOUCHPOINTS
    dummies = slice(0, 13)
    found = np.linalg.lstsq(moments[dummies, dummies], moments[dummies, 19], rcond=None)[0]
    ratings = moments[13:20, 13:20] - np.outer(moments[0, 13:20], moments[0, 13:20]) / moments[0, 0]
    return {
        "planted": company.EFFECTS,
        "must_have": "delivery",
        "delighter": "communication",
        "irrelevant": "price",
        "everybody": {
            "n": int(moments[0, 0]),
            "penalty": _named(names, found[1:7]),
            "reward": _named(names, found[7:13]),
            "lmg_share": _named(names, _lmg(ratings)),
            "mean_correlation_of_ratings": _mean_correlation(ratings[:6, :6]),
        },
    }


def _lmg(cross: np.ndarray) -> np.ndarray:
    """Each driver's mean gain in R squared over all orders of entry, as a share of the whole."""
    size = len(cross) - 1
    explained = {
        chosen: _explained(cross, chosen)
        for count in range(size + 1)
        for chosen in combinations(range(size), count)
    }
    gain = np.zeros(size)
    for chosen, without in explained.items():
        weight = (
            math.factorial(len(chosen)) * math.factorial(size - len(chosen) - 1)
            if len(chosen) < size
            else 0
        )
        for new in set(range(size)) - set(chosen):
            both = explained[tuple(sorted((*chosen, new)))]
            gain[new] += weight / math.factorial(size) * (both - without)
    return gain / gain.sum()


def _explained(cross: np.ndarray, chosen: tuple) -> float:
    if not chosen:
        return 0.0
    some = list(chosen)
    slopes = np.linalg.lstsq(cross[np.ix_(some, some)], cross[some, -1], rcond=None)[0]
    return float(slopes @ cross[some, -1] / cross[-1, -1])


def _mean_correlation(cross: np.ndarray) -> float:
    spread = np.sqrt(np.diag(cross))
    correlation = cross / np.outer(spread, spread)
    return round(float(correlation[np.triu_indices(len(cross), 1)].mean()), 3)


def _price_rise(lives) -> dict:
    rise = company.PRICE_RISE
    here = ~np.isnan(lives.experience[rise["month"]])
    felt = here & (lives.people.region == company.REGIONS.index(rise["region"]))
    felt &= lives.people.joined < company.MONTH_STARTS[rise["month"]]
    loyal = lives.loyal_at_rise
    often = lives.people.appetite >= rise["frequent_when_one_off_orders_a_month_from"]
    end = company.MONTH_STARTS[rise["month"] + rise["lasts_months"]]
    left = (lives.cancelled < end) & lives.voluntary
    groups = {"loyal": loyal, "merely_frequent": often & ~loyal, "neither": ~often & ~loyal}
    return {
        "left_within_six_months": {
            name: {
                "felt_it": _rate(left, felt & group),
                "other_regions": _rate(left, here & ~felt & group),
            }
            for name, group in groups.items()
        }
    }


def _rate(event: np.ndarray, group: np.ndarray) -> dict:
    share = round(float(event[group].mean()), 4) if group.any() else None
    return {"n": int(group.sum()), "share": share}


def _failures(rng, lives) -> dict:
    failed = sum(int(month["failed"].sum()) for month in lives.orders)
    deliveries = sum(int((month["kind"] < 2).sum()) for month in lives.orders)
    complaints = sum(int(month["from_failure"].sum()) for month in lives.cases)
    right = sum(int((month["from_failure"] & month["put_right"]).sum()) for month in lives.cases)
    return {
        "effect_on_score_next_month": survey.failure_effects(rng),
        "hazard_ratio_next_month": {
            kind: round(
                math.exp(
                    company.HAZARD[f"failure_{kind}"]
                    - company.HAZARD["experience"] * company.FAILURES[f"hurt_{kind}"]
                ),
                3,
            )
            for kind in ("recovered", "unrecovered")
        },
        "counts": {"deliveries": deliveries, "failed": failed}
        | {"complaints": complaints, "put_right": right},
    }


def _referral(lives) -> dict:
    able, expected, sent = (sum(column) for column in zip(*lives.referrals, strict=True))
    referred = lives.referred_by >= 0
    return {
        "customer_months": able,
        "expected": round(expected, 2),
        "referred": int(referred.sum()),
        "rate_per_customer_month": round(expected / max(able, 1), 6),
        "hazard_ratio_of_the_referred": round(math.exp(company.HAZARD["referred"]), 4),
        "referrals_made": sent,
    }


def _response(lives, answers: dict, relational: np.ndarray) -> dict:
    """Who the answers should stand for: all customers at all waves, invited or not."""
    waves = lives.waves
    customers = {
        name: sum(wave["regions"][name]["customers"] for wave in waves) for name in company.REGIONS
    }
    total = sum(customers.values())
    everybody = sum(wave["nps_everybody"] * wave["customers"] for wave in waves) / total
    region = np.array(company.REGIONS)[lives.people.region[answers["customer"]]]
    rates = {
        name: round(
            sum(wave["regions"][name]["answered"] for wave in waves)
            / max(sum(wave["regions"][name]["invited"] for wave in waves), 1),
            4,
        )
        for name in company.REGIONS
    }
    return {
        "population": {"region": {name: round(n / total, 6) for name, n in customers.items()}},
        "answer_rate": rates,
        "nps_everybody": round(everybody, 3),
        "nps_everybody_by_region": {name: _over_waves(waves, name) for name in company.REGIONS},
        "nps_answered": survey.nps(answers["nps"][relational]),
        "nps_answered_by_region": {
            name: survey.nps(answers["nps"][relational & (region == name)])
            for name in company.REGIONS
        },
        "answered": "relationship surveys kept after cleaning",
    }


def _over_waves(waves: list, region: str) -> float | None:
    cells = [wave["regions"][region] for wave in waves]
    total = sum(cell["customers"] for cell in cells)
    if not total:
        return None
    return round(sum((cell["nps_everybody"] or 0) * cell["customers"] for cell in cells) / total, 3)


def _mix_shift(lives, answers: dict, relational: np.ndarray) -> dict:
    """The same levels in both quarters, answered from different places."""
    quarter = (
        np.searchsorted(company.MONTH_STARTS[::3], answers["second"] // 86_400, side="right") - 1
    )
    region = lives.people.region[answers["customer"]]
    told: dict = {"asked": company.MIX_SHIFT}
    levels, mixes = [], []
    for name, at in (("before", 6), ("after", 7)):
        rows = relational & (quarter == at)
        wave = lives.waves[at]["regions"]
        counts = np.bincount(region[rows], minlength=len(company.REGIONS))
        mixes.append(counts / max(counts.sum(), 1))
        levels.append([wave[place]["nps_expected"] or 0.0 for place in company.REGIONS])
        told[name] = {
            "n": int(rows.sum()),
            "mix": _named(company.REGIONS, mixes[-1]),
            "nps_answered": survey.nps(answers["nps"][rows]),
            "level": _named(company.REGIONS, levels[-1]),
        }
    mean_level, mean_mix = np.mean(levels, axis=0), np.mean(mixes, axis=0)
    return told | {
        "change_from_mix": round(float((mixes[1] - mixes[0]) @ mean_level), 3),
        "change_from_levels": round(float((np.array(levels[1]) - levels[0]) @ mean_mix), 3),
    }


def _themes(comments: dict, kept: np.ndarray) -> dict:
    """Counts over the answers kept after cleaning."""
    written = kept & (comments["text"] != "")
    themes = {}
    for theme in sorted(set(comments["theme"][written])):
        about = written & (comments["theme"] == theme)
        tones = {tone: int((about & (comments["polarity"] == tone)).sum()) for tone in POLARITIES}
        themes[theme] = {tone: count for tone, count in tones.items() if count}
    return {
        "comments": int(written.sum()),
        "first_theme": themes,
        "negated": int((comments["negated"] & written).sum()),
        "to_mask": {
            "names": int((comments["name"] & kept).sum()),
            "phones": int((comments["phone"] & kept).sum()),
            "emails": int((comments["email"] & kept).sum()),
        },
        "labels": "truth_comments.csv",
    }


def _churn(lives) -> dict:
    months = int((~np.isnan(lives.experience)).sum())
    gone = lives.cancelled < NEVER
    monthly = int(gone.sum()) / months
    return {
        "customer_months": months,
        "cancelled": int(gone.sum()),
        "voluntary": int((gone & lives.voluntary).sum()),
        "monthly_rate": round(monthly, 5),
        "annual_rate": round(1 - (1 - monthly) ** 12, 4),
    }


def _named(names, values) -> dict:
    return {name: round(float(value), 4) for name, value in zip(names, values, strict=True)}


def _without(table: dict, name: str) -> dict:
    return {key: value for key, value in table.items() if key != name}
