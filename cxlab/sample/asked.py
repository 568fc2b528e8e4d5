"""What do they tick, and put in order? Drawn from a stream of its own: no other column depends."""

from typing import Any

import numpy as np
import pandas as pd

from cxlab.sample import company

STREAM = 16
WAYS = (*company.HELP["used"], company.HELP["none"])
HEADINGS = (
    "Q6",
    *(f"Q7_{place}" for place in range(1, len(WAYS) + 1)),
    *(f"Q8_{place}" for place in range(1, len(company.MATTERS["worth"]) + 1)),
)
_BOT, _CHAT = (WAYS.index(name) for name in ("Chatbot", "Chat with a person"))


def draw(lives, answers: dict, *, seed: int) -> pd.DataFrame:
    """Draw who looked for help, what they used for it, and what matters most to them.

    Args:
        lives: the customers.
        answers: what they answered, in order of time.
        seed: of the company.

    Returns:
        Text, one row an answer: `Q6` yes or no; `Q7_1` and on the words of what was ticked, the
        last 'none of these', all empty where it was not asked; `Q8_1` and on a place each.
    """
    rng = np.random.default_rng([company.EDITION, seed, STREAM])
    plan = lives.people.plan[answers["customer"]]
    size, blank = len(plan), company.HELP["blank_share"]
    said = rng.random((3, size)) >= blank  # who left none of the three questions empty
    looked = rng.random(size) < np.array([*company.HELP["looked"].values()])[plan]
    ticked = _ticked(rng, _chances()[plan]) & (looked & said[0] & said[1])[:, None]
    order = _in_order(rng, company.MATTERS["worth"].values(), size)
    cells = [
        np.where(said[0], np.where(looked, "Yes", "No"), ""),
        *(np.where(ticked[:, at], word, "") for at, word in enumerate(WAYS)),
        *(np.where(said[2], place.astype(str), "") for place in order.T),
    ]
    return pd.DataFrame(dict(zip(HEADINGS, cells, strict=True)), dtype=object)


def truth() -> dict[str, Any]:
    """Tell what was planted, and which share of those asked ticked what, by plan."""
    shares = np.column_stack([_chances(), (1 - _chances()).prod(axis=1)])
    bot = shares[:, _BOT]
    shares[:, _CHAT] = bot * company.HELP["chat_after_bot"] + (1 - bot) * shares[:, _CHAT]
    by_plan = {
        plan: dict(zip(WAYS, map(float, row.round(4)), strict=True))
        for plan, row in zip(company.PLANS, shares, strict=True)
    }
    return {"help": company.HELP, "ticked": by_plan, "matters": company.MATTERS}


def _chances() -> np.ndarray:
    """The chance of each way by plan, of a chat for those who did not use the bot."""
    chance = np.tile([*company.HELP["used"].values()], (len(company.PLANS), 1))
    for plan, ways in company.HELP["otherwise"].items():
        for way, share in ways.items():
            chance[company.PLANS.index(plan), WAYS.index(way)] = share
    return chance


def _ticked(rng: np.random.Generator, chance: np.ndarray) -> np.ndarray:
    """Draw each way; those whom the bot had more often end up with a person."""
    luck = rng.random(chance.shape)
    ticked = luck < chance
    bot = ticked[:, _BOT]
    ticked[bot, _CHAT] = luck[bot, _CHAT] < company.HELP["chat_after_bot"]
    return np.column_stack([ticked, ~ticked.any(axis=1)])


def _in_order(rng: np.random.Generator, worth, size: int) -> np.ndarray:
    """Draw places from 1 on: each next one in proportion to its worth (Plackett 1975)."""
    told = np.log([*worth]) + rng.gumbel(size=(size, len(worth)))
    return 1 + np.argsort(np.argsort(-told, axis=1), axis=1)
