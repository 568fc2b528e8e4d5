"""What do customers write, and what goes with their ratings?

Sentences are spelt out once, with every choice in braces, and drawn by number: no customer's
comment is put together one at a time.
"""

import re
from itertools import product

import numpy as np

from cxlab.sample import company
from cxlab.sample.people import FIRST_NAMES, SURNAMES
from cxlab.sample.phrases import SENTENCES

POLARITIES = ("negative", "neutral", "positive")
OPENINGS = np.array(
    ["", "Honest answer: ", "Just to say: ", "In short: ", "My view: ", "As last time: "], object
)
PHONE_ASKS = ("Please ring me on ", "You can reach me on ", "Call me back: ", "My number is ")
EMAIL_ASKS = ("Please reply to ", "My e-mail is ", "Write to me at ", "Not my old address, use ")
SIGN_OFFS = ("Regards, ", "Kind regards, ", "Thanks, ", "Yours, ", "- ")


def _spell_out(line: str) -> list[str]:
    """Return every sentence a line with choices stands for."""
    parts = [part.split("|") for part in re.split(r"[{}]", line)]
    return ["".join(choice) for choice in product(*parts)]


def _phrase_book() -> dict[tuple[str, str], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Map theme and polarity to sentences, their negation marks and their chances.

    Every line is as likely as the next, however many choices it holds.
    """
    book = {}
    for theme, by_polarity in SENTENCES.items():
        for polarity, text in by_polarity.items():
            lines = [line for line in text.splitlines() if line]
            spelt = [_spell_out(line.removeprefix("~")) for line in lines]
            weight = np.concatenate([np.full(len(s), 1 / len(s) / len(lines)) for s in spelt])
            turned = np.concatenate(
                [np.full(len(s), line[0] == "~") for s, line in zip(spelt, lines, strict=True)]
            )
            book[theme, polarity] = (
                np.concatenate([np.array(s, object) for s in spelt]),
                turned,
                weight / weight.sum(),
            )
    return book


def write_comments(rng: np.random.Generator, answers: dict, people) -> dict:
    """Write a comment for some of the answers, and note what it is about.

    Returns arrays: text, theme, polarity, second_theme, second_polarity, negated, name, phone,
    email (the last three say what there is to mask).
    """
    size = len(answers["nps"])
    theme, polarity, second, second_polarity = _themes(rng, answers)
    text, negated = _sentences(rng, theme, polarity)
    more, more_negated = _sentences(rng, second, second_polarity)
    both = second != ""
    text = _openings(rng, text) + np.where(both, " ", "").astype(object) + more
    text = _handwriting(rng, text)
    writes = rng.random(size) < 0.42 + 0.30 * (answers["nps"] <= 6) + 0.08 * (answers["nps"] >= 9)
    text, personal = _personal(rng, text, answers, people, writes)
    quiet = ~writes
    for column in (text, theme, polarity, second, second_polarity):
        column[quiet] = ""
    second_polarity[~both] = ""
    negated = (negated | (both & more_negated)) & writes
    return {
        "text": text,
        "theme": theme,
        "polarity": polarity,
        "second_theme": second,
        "second_polarity": second_polarity,
        "negated": negated,
    } | personal


def _themes(rng: np.random.Generator, answers: dict):
    """The touchpoint that stands out is the one written about."""
    ratings, nps = answers["ratings"].astype(float), answers["nps"]
    names = np.array([*company.TOUCHPOINTS, "overall"], object)
    level = np.where(nps <= 6, 1.4, np.where(nps >= 9, 4.6, 3.8))[:, None]
    loud = np.where(ratings > 0, -1.1 * np.abs(ratings - level), -50.0)
    loud = np.column_stack([loud, np.full(len(nps), -1.2)]) + rng.gumbel(0, 0.8, (len(nps), 7))
    order = np.argsort(-loud, axis=1)
    score = np.where(nps <= 6, 2, np.where(nps >= 9, 5, 3))
    levels = np.column_stack([answers["ratings"], score])
    pick = np.arange(len(nps))
    found = []
    for place in (0, 1):
        at = order[:, place]
        told = np.searchsorted(
            [2.5, 3.5], levels[pick, at] - 0.7 * ((nps <= 6) & (rng.random(len(nps)) < 0.5))
        )
        found += [names[at], np.array(POLARITIES, object)[told]]
    theme, polarity, second, second_polarity = found
    second[rng.random(len(nps)) > 0.38] = ""
    remembered = rng.random(len(nps)) < 0.45
    for trouble, label, tone in (
        (1, "failure put right", "neutral"),
        (2, "failure left", "negative"),
    ):
        tells = remembered & (answers["trouble"] == trouble) & (nps <= 8)
        theme[tells], polarity[tells] = label, tone
        second[tells & (second == "delivery")] = ""
    return theme, polarity, second, second_polarity


def _sentences(rng: np.random.Generator, theme: np.ndarray, polarity: np.ndarray):
    """Draw one sentence for each theme and polarity; none where there is no theme."""
    text = np.full(len(theme), "", object)
    negated = np.zeros(len(theme), bool)
    for (about, tone), (sentences, turned, weight) in _phrase_book().items():
        rows = np.flatnonzero((theme == about) & (polarity == tone))
        drawn = rng.choice(len(sentences), len(rows), p=weight)
        text[rows], negated[rows] = sentences[drawn], turned[drawn]
    return text, negated


def _openings(rng: np.random.Generator, text: np.ndarray) -> np.ndarray:
    chance = [0.90, 0.03, 0.02, 0.01, 0.02, 0.02]
    opening = OPENINGS[rng.choice(len(OPENINGS), len(text), p=chance)]
    return opening + text


def _handwriting(rng: np.random.Generator, text: np.ndarray) -> np.ndarray:
    """Some people write all in small letters, some shout, some leave out the full stop."""
    import pandas as pd

    manner = rng.random(len(text))
    series = pd.Series(text, dtype=object)
    series = series.where(manner > 0.12, series.str.lower())
    series = series.where(manner < 0.985, series.str.upper())
    bare = (manner > 0.06) & (manner < 0.30)
    return series.where(~bare, series.str.rstrip(".")).to_numpy(dtype=object, copy=True)


def _personal(rng, text: np.ndarray, answers: dict, people, writes: np.ndarray):
    """A few give a name, a phone number or an e-mail address: all made up, all to be masked."""
    size, who = len(text), answers["customer"]
    first, surname = FIRST_NAMES[people.first[who]], SURNAMES[people.surname[who]]
    spoke = np.array(company.AGENTS, object)[rng.integers(0, len(company.AGENTS), size)]
    lot = rng.random(size)
    phone, email = writes & (lot < 0.018), writes & (lot >= 0.018) & (lot < 0.034)
    signed = writes & (lot >= 0.026) & (lot < 0.050)
    agent = writes & (lot >= 0.050) & (lot < 0.066)
    tail = np.full(size, "", object)
    tail[phone] += " " + _pick(rng, PHONE_ASKS, phone.sum()) + phone_numbers(rng, phone.sum()) + "."
    tail[email] += " " + _pick(rng, EMAIL_ASKS, email.sum())
    tail[email] += email_addresses(people, who[email]) + "."
    tail[agent] += " I spoke to " + spoke[agent] + "."
    gap = np.where(rng.random(size) < 0.3, "\n", " ").astype(object)
    tail[signed] += (
        gap[signed] + _pick(rng, SIGN_OFFS, signed.sum()) + first[signed] + " " + surname[signed]
    )
    return text + tail, {"name": signed | agent, "phone": phone, "email": email}


def _pick(rng: np.random.Generator, choices, size: int) -> np.ndarray:
    return np.array(choices, object)[rng.integers(0, len(choices), size)]


def phone_numbers(rng: np.random.Generator, size: int) -> np.ndarray:
    """Return numbers from the ranges kept free for fiction."""
    last = np.array([f"{n:03d}" for n in range(1000)], object)[rng.integers(0, 1000, size)]
    return _pick(rng, ("07700 900", "01632 960", "07700900", "+44 7700 900"), size) + last


def email_addresses(people, who: np.ndarray) -> np.ndarray:
    """Return each customer's address, in plain letters, at a domain kept free for examples."""
    home = np.where(people.number[who] % 3 == 0, "@example.org", "@example.com").astype(object)
    return (
        _plain(FIRST_NAMES)[people.first[who]] + "." + _plain(SURNAMES)[people.surname[who]] + home
    )


def _plain(names: np.ndarray) -> np.ndarray:
    import unicodedata

    folded = [
        unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() for name in names
    ]
    return np.array([re.sub("[^a-z]", "", name.lower()) for name in folded], object)
