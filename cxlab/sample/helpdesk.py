"""Who handles what on the new help desk: a bot, help pages, people; with a planted knee and agents.

Drawn from a stream of its own over the contacts of the last year, so that no other export depends
on it.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cxlab.sample import company

STREAM = 71
START, LAST = pd.Timestamp("2025-01-01"), pd.Timestamp("2026-01-01")
PEOPLE = {"Phone": (0.4, 1.0), "Chat": (0.3, 1.0), "Email": (3.5, 1.1)}  # hours: median, log spread
BOT = 0.6  # of chats, before anybody else
PAGES = 0.3  # of questions by e-mail, to the help pages
KNEE, PER_DOUBLING = 3.0, -0.55  # hours; what a doubling of the wait beyond takes from the rating
AGENT_SPREAD, OUTLIER = 0.15, -0.8  # of the rating; what the one agent far off adds
PERSONAL = 0.25  # what a personal word adds to the rating
RATING = {"Person": 4.1, "Bot": 3.5, "Help pages": 3.9}
SAID = {"Person": 0.80, "Bot": 0.86, "Help pages": 0.90}  # said to be resolved
AGAIN = {"Person": 0.08, "Bot": 0.42, "Help pages": 0.20}  # of those, back within the week
COST = {"Person": 5.0, "Bot": 0.4, "Help pages": 0.05}
RATED, NOISE = 0.6, 0.7


def draw(contacts: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Draw who handled the contacts of the last year, how long they waited, and who came again.

    Args:
        contacts: the cases of the help desk before, as its export has them, the good ones.
        seed: of the company.

    Returns:
        The rows of the export, in order of time.
    """
    rng = np.random.default_rng([company.EDITION, seed, STREAM])
    effects = rng.normal(0, AGENT_SPREAD, len(company.AGENTS))
    effects[rng.integers(len(effects))] += OUTLIER
    rows = contacts[(contacts["Opened"] >= START) & (contacts["reason"] == "")]
    rows = rows[["Customer", "Opened", "Channel", "Kind", "Stage", "Touchpoint"]]
    rows = rows.sort_values("Opened", kind="stable").reset_index(drop=True)
    chat, mail = rows["Channel"] == "Chat", rows["Channel"] == "Email"
    lot = rng.random(len(rows))
    rows["Handled by"] = np.select(
        [chat & (lot < BOT), mail & (rows["Kind"] == "Question") & (lot < PAGES)],
        ["Bot", "Help pages"], "Person",
    )  # fmt: skip
    first = _answered(rng, rows, effects)
    share = first["Handled by"].map(AGAIN).to_numpy()
    back = first[(first["Resolved"] == "Yes") & (rng.random(len(first)) < share)]
    later = pd.to_timedelta(rng.integers(12 * 60, 6 * 24 * 60, len(back)), unit="m")
    second = back[[*rows.columns]].assign(Opened=back["Opened"] + later, Channel="Phone")
    second["Handled by"] = "Person"
    second = _answered(rng, second[second["Opened"] < LAST].reset_index(drop=True), effects)
    whole = pd.concat([first, second]).sort_values("Opened", kind="stable").reset_index(drop=True)
    whole.insert(0, "Ticket", [f"T{at:05d}" for at in range(1, len(whole) + 1)])
    whole.attrs["effects"] = effects
    return whole


def _answered(rng: np.random.Generator, rows: pd.DataFrame, effects: np.ndarray) -> pd.DataFrame:
    """Draw the answer to each contact: who, when, how it was rated, what it cost."""
    n, by = len(rows), rows["Handled by"]
    person = (by == "Person").to_numpy()
    middle, spread = (rows["Channel"].map({k: v[at] for k, v in PEOPLE.items()}).to_numpy()
                      for at in (0, 1))  # fmt: skip
    wait = np.where(person, middle * np.exp(spread * rng.normal(size=n)), 1 / 60)
    agent = rng.integers(0, len(effects), n)
    personal = person & (rng.random(n) < 0.5)
    said = rng.random(n) < by.map(SAID).to_numpy()
    rating = (
        by.map(RATING).to_numpy()
        + PER_DOUBLING * np.log2(np.maximum(wait, KNEE) / KNEE)
        + person * effects[agent]
        + PERSONAL * personal
        + rng.normal(0, NOISE, n)
    )
    rating = np.clip(np.floor(rating + 0.5), 1, 5)
    reply = rows["Opened"] + pd.to_timedelta(np.ceil(wait * 60), unit="m")
    closed = reply + pd.to_timedelta(np.ceil(person * 60 * rng.lognormal(1.0, 1.0, n)), unit="m")
    done = closed < LAST
    return rows.assign(**{
        "First reply": reply.where(reply < LAST), "Closed": closed.where(done),
        "Agent": np.where(person, np.array(company.AGENTS, object)[agent], ""),
        "Personal": np.where(person, np.where(personal, "Yes", "No"), ""),
        "Resolved": np.where(done, np.where(said, "Yes", "No"), ""),
        "Rating": np.where((rng.random(n) < RATED) & done, rating, np.nan),
        "Cost": np.round(by.map(COST).to_numpy() * rng.uniform(0.8, 1.25, n), 2),
    })  # fmt: skip


def truth(rows: pd.DataFrame) -> dict[str, Any]:
    """Say what is planted."""
    effects = rows.attrs["effects"]
    furthest = int(np.abs(effects - effects.mean()).argmax())
    return {"tickets": len(rows), "knee_hours": KNEE, "rating_per_doubling_beyond": PER_DOUBLING,
            "agent_furthest_off": company.AGENTS[furthest],
            "agents": dict(zip(company.AGENTS, effects.round(4).tolist(), strict=True)),
            "personal": PERSONAL, "said_to_be_resolved": SAID, "of_those_back_again": AGAIN,
            "rating": RATING}  # fmt: skip


def write(folder: Path, rows: pd.DataFrame) -> None:
    """Write the tickets as the help desk exports them, and what is true of them."""
    out = rows.assign(Rating=pd.array(rows["Rating"], "Float64").astype("Int64"))
    out.to_csv(folder / "exports" / "helpdesk.csv", index=False, date_format="%Y-%m-%d %H:%M",
               lineterminator="\n")  # fmt: skip
    told = json.dumps(truth(rows), indent=1)
    (folder / "truth_helpdesk.json").write_text(told + "\n", encoding="utf-8", newline="\n")
