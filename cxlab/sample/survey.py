"""Who is asked, who answers, and what do they say?"""

import numpy as np

from cxlab.sample import company

TOUCH = company.TOUCHPOINTS
SUPPORT_AT = TOUCH.index("support")


def read_minds(rng: np.random.Generator, *, experience, leaning, hurt, contact, risen) -> dict:
    """Return the ratings and scores these customers would give if asked now.

    A rating of 0 is "not asked": support, for those who had no contact.

    Example:
        >>> zero, yes = np.zeros(4), np.ones(4, bool)
        >>> now = dict(experience=zero, hurt=zero, contact=yes, risen=~yes)
        >>> minds = read_minds(np.random.default_rng(1), leaning=np.zeros((6, 4)), **now)
        >>> minds["ratings"].shape, minds["nps"].shape
        ((6, 4), (4,))
    """
    size, planted = len(experience), company.RATINGS
    shared = planted["shared_variance"]
    mood = planted["mood_per_experience"] * np.asarray(experience, float)
    mood += rng.normal(0, planted["mood_of_the_day"], size)
    lasting = planted["lasting_share_of_own_variance"]
    ratings = np.empty((len(TOUCH), size), np.int8)
    for place, name in enumerate(TOUCH):
        own = np.sqrt(lasting) * leaning[place] + np.sqrt(1 - lasting) * rng.normal(0, 1, size)
        own = np.sqrt(shared) * mood + np.sqrt(1 - shared) * own
        own += planted["offset"][place]
        if name == "delivery":
            own += company.FAILURES["delivery_rating_shift_per_hurt"] * hurt
        if name == "price":
            own += company.PRICE_RISE["price_rating_shift"] * risen
        ratings[place] = 1 + np.searchsorted(planted["cuts"], own)
    ratings[SUPPORT_AT] *= np.asarray(contact, np.int8)
    return {"ratings": ratings} | _scores(rng, ratings)


def _scores(rng: np.random.Generator, ratings: np.ndarray) -> dict:
    size, scores = ratings.shape[1], company.SCORES
    latent = scores["nps"]["at_zero"] + effect_of(ratings)
    nps = np.clip(np.floor(latent + rng.normal(0, scores["nps"]["noise"], size) + 0.5), 0, 10)
    csat = np.searchsorted(
        scores["csat"]["cuts"], latent + rng.normal(0, scores["csat"]["noise"], size)
    )
    ces = np.searchsorted(
        scores["ces"]["cuts"], latent + rng.normal(0, scores["ces"]["noise"], size)
    )
    return {
        "nps": nps.astype(np.int8),
        "csat": (1 + csat).astype(np.int8),
        "ces": (1 + ces).astype(np.int8),
    }


def effect_of(ratings: np.ndarray) -> np.ndarray:
    """Return what the ratings add to the latent experience, by the planted effects."""
    total = np.zeros(ratings.shape[1])
    for rating, planted in zip(ratings, company.EFFECTS.values(), strict=True):
        given = rating > 0
        total += planted["low"] * (given & (rating <= 2)) + planted["high"] * (rating == 5)
        total += planted["per_point"] * np.where(given, rating.astype(float) - 4, 0.0)
    return total


def hold_wave(rng: np.random.Generator, lives, here: np.ndarray, *, month: int) -> None:
    """Ask a sample of the customers at the end of a quarter, and note what all would have said."""
    start = company.MONTH_STARTS[month]
    asked_of = here[lives.people.joined[here] < start]
    asked = lives.contact_ago[asked_of] <= company.RATINGS["support_asked_within_months"]
    minds = _minds_at(rng, lives, asked_of, np.full(len(asked_of), month), asked)
    lives.moments += _moments(minds)
    chance = _chance_to_answer(lives, asked_of, month)
    invited = rng.random(len(asked_of)) < _invitation(lives, asked_of, chance, month)
    answers = invited & (rng.random(len(asked_of)) < chance)
    expected = _expected_levels(rng, lives, asked_of, month, asked)
    lives.waves.append(
        _wave_truth(lives, asked_of, minds["nps"], expected, chance, invited, answers, month)
    )
    recent = lives.unrecovered_ago[asked_of] <= 6
    trouble = np.where(recent, 2, lives.recovered_ago[asked_of] <= 6)
    day = start + np.minimum(rng.geometric(0.16, len(asked_of)), 20)
    second = day * 86_400 + rng.integers(7 * 3600, 22 * 3600, len(day))
    _keep(rng, lives, asked_of, minds, second, answers, trouble=trouble, touchpoint=0)


def in_order(lives) -> dict:
    """Return all answers in the order of time."""
    answers = {
        name: np.concatenate([part[name] for part in lives.answers]) for name in lives.answers[0]
    }
    by_time = np.argsort(answers["second"], kind="stable")
    return {name: values[by_time] for name, values in answers.items()}


def ask_after_contact(rng: np.random.Generator, lives) -> None:
    """Ask some customers a day or two after their case was closed."""
    cases = {
        name: np.concatenate([c[name] for c in lives.cases])
        for name in ("customer", "closed", "from_failure", "put_right")
    }
    who, closed = cases["customer"], cases["closed"]
    second = (closed // 1440 + rng.integers(1, 3, len(who))) * 86_400
    second = second + rng.integers(8 * 3600, 21 * 3600, len(who))
    month = np.searchsorted(company.MONTH_STARTS, closed // 1440, side="right") - 1
    can = (closed > 0) & (second < company.LAST_DAY * 86_400)
    can[can] &= ~np.isnan(lives.experience[month[can], who[can]])
    can &= rng.random(len(who)) < company.RESPONSE["post_contact_invited"]
    who, month, second = who[can], month[can], second[can]
    minds = _minds_at(rng, lives, who, month, np.ones(len(who), bool))
    answers = rng.random(len(who)) < _chance_to_answer(lives, who, month)
    trouble = np.where(cases["from_failure"][can], 2 - cases["put_right"][can], 0)
    _keep(rng, lives, who, minds, second, answers, trouble=trouble, touchpoint=1)


def nps(scores: np.ndarray) -> float | None:
    """Promoters minus detractors in points, or None when nobody is there."""
    if not len(scores):
        return None
    return round(100 * float((scores >= 9).mean() - (scores <= 6).mean()), 3)


def failure_effects(rng: np.random.Generator, *, size: int = 40_000) -> dict:
    """Return the mean change in the 0-10 score a month after a failed delivery.

    The same customers with the same luck are asked three times: without a failure, with one
    put right, and with one left as it was.
    """
    seed, experience = rng.integers(2**32), rng.normal(0, 0.95, size)
    leaning = rng.normal(0, 1, (len(TOUCH), size))
    contact, no = np.ones(size, bool), np.zeros(size, bool)

    def mean_score(hurt: float) -> float:
        minds = read_minds(
            np.random.default_rng(seed),
            experience=experience - hurt,
            leaning=leaning,
            hurt=np.full(size, hurt),
            contact=contact,
            risen=no,
        )
        return float(minds["nps"].mean())

    none = mean_score(0.0)
    return {
        "recovered": round(mean_score(company.FAILURES["hurt_recovered"]) - none, 3),
        "unrecovered": round(mean_score(company.FAILURES["hurt_unrecovered"]) - none, 3),
    }


def _minds_at(rng, lives, who, month, contact) -> dict:
    experience = lives.experience[month, who]
    risen = (month >= company.PRICE_RISE["month"]) & (
        lives.people.region[who] == company.REGIONS.index(company.PRICE_RISE["region"])
    )
    hurt = np.maximum(lives.people.nature[who] - experience, 0)
    return read_minds(
        rng,
        experience=experience,
        leaning=lives.people.leaning[:, who],
        hurt=hurt,
        contact=contact,
        risen=risen,
    )


def _chance_to_answer(lives, who, month) -> np.ndarray:
    planted = company.RESPONSE
    logit = planted["intercept"] + planted["per_experience"] * lives.experience[month, who]
    logit = logit + np.array(list(planted["region"].values()))[lives.people.region[who]]
    return 1 / (1 + np.exp(-logit))


def _invitation(lives, who, chance, month: int) -> np.ndarray:
    """The share invited: the same everywhere, but for the two waves with a planned regional mix."""
    wanted = company.RESPONSE["answers_per_wave_and_customer"] * len(lives.people)
    ends = (company.MIX_SHIFT["before"], company.MIX_SHIFT["after"])
    planned = [wave["mix"] for wave in ends if wave["quarter"] == _quarter(month)]
    if not planned:
        return np.full(len(who), min(1.0, wanted / chance.sum()))
    region = lives.people.region[who]
    expected = np.bincount(region, weights=chance, minlength=len(company.REGIONS))
    wanted *= company.MIX_SHIFT["answers_factor"]
    share = wanted * np.array(list(planned[0].values())) / np.maximum(expected, 1e-9)
    return np.minimum(share, 1.0)[region]


def _expected_levels(rng, lives, who, month: int, contact) -> list:
    """Each region's score with the luck of the day averaged out over many askings."""
    region = lives.people.region[who]
    times = min(50, max(1, 60_000 // max(len(who), 1)))
    again = [
        _minds_at(rng, lives, who, np.full(len(who), month), contact)["nps"] for _ in range(times)
    ]
    return [
        nps(np.concatenate([scores[region == place] for scores in again])) for place in range(4)
    ]


def _wave_truth(lives, who, scores, expected, chance, invited, answers, month) -> dict:
    region = lives.people.region[who]
    truth = {"quarter": _quarter(month), "customers": len(who), "nps_everybody": nps(scores)}
    truth |= {"invited": int(invited.sum()), "answered": int(answers.sum())}
    truth["mean_chance_to_answer"] = round(float(chance.mean()), 4)
    truth["regions"] = {
        name: {
            "customers": int((region == place).sum()),
            "invited": int(invited[region == place].sum()),
            "answered": int(answers[region == place].sum()),
            "nps_everybody": nps(scores[region == place]),
            "nps_expected": expected[place],
        }
        for place, name in enumerate(company.REGIONS)
    }
    return truth


def _quarter(month: int) -> str:
    return f"{2024 + month // 12}Q{month % 12 // 3 + 1}"


def _moments(minds: dict) -> np.ndarray:
    """Cross products of all answers, from which any regression on everybody can be had."""
    full = minds["ratings"][SUPPORT_AT] > 0
    ratings = minds["ratings"][:, full]
    rows = [
        np.ones((1, ratings.shape[1])),
        ratings <= 2,
        ratings == 5,
        ratings,
        minds["nps"][None, full],
    ]
    table = np.vstack(rows).astype(float)
    return table @ table.T


def _keep(rng, lives, who, minds, second, answers, *, trouble, touchpoint: int) -> None:
    """Keep the answers of those who took part while they were customers."""
    took_part = answers & (second // 86_400 < lives.cancelled[who])
    kept = np.flatnonzero(took_part)
    ratings = minds["ratings"][:, kept].copy()
    ratings[rng.random(ratings.shape) < company.RATINGS["blank_share"]] = 0
    blank_ces = rng.random(len(kept)) < company.SCORES["ces"]["blank_share"]
    lives.answers.append(
        {
            "customer": who[kept].astype(np.int32),
            "second": second[kept].astype(np.int64),
            "ratings": ratings.T,
            "nps": minds["nps"][kept],
            "csat": minds["csat"][kept],
            "ces": np.where(blank_ces, 0, minds["ces"][kept]).astype(np.int8),
            "trouble": trouble[kept].astype(np.int8),
            "touchpoint": np.full(len(kept), touchpoint, np.int8),
        }
    )
