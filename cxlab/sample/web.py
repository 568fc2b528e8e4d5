"""What happens on the website: visits with a planted place to get lost, and a planted circle.

Drawn from a stream of its own, so that no other export depends on it.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cxlab.sample import company

STREAM = 70
STEPS = ("view_item", "add_to_cart", "add_shipping_info", "purchase")
#: Chance of going on from each step; the second is where most get lost.
ONWARD = (0.55, 0.35, 0.85)
CIRCLE = 0.30  # of those at the delivery form who go back to the basket and come again
LOGIN = 0.6  # of the visits of customers in which they log in
STRANGERS = 0.5  # visitors who are nobody's, for each customer
VISITS = 2.0  # of a visitor, beyond the first
PAGES = {"page_view": "/", "login": "/login", "view_item": "/coffee", "add_to_cart": "/basket",
         "add_shipping_info": "/delivery", "purchase": "/thanks"}  # fmt: skip
DEVICES = ("mobile", "desktop", "tablet")
SOURCES = ("google", "(direct)", "newsletter")


def draw(ids: np.ndarray, *, seed: int) -> pd.DataFrame:
    """Draw the visits of the last quarter.

    Args:
        ids: customer numbers, as text.
        seed: of the company.

    Returns:
        `who` (the browser), `customer` (empty but where logged in), `second` since 1970, `event`,
        `session`, `device`, `source`, in order of time.
    """
    rng = np.random.default_rng([company.EDITION, seed, STREAM])
    people = [*ids, *[""] * int(len(ids) * STRANGERS)]
    start = int(np.datetime64("2025-10-01", "s").astype(int))
    rows: list[tuple] = []
    for browser, customer in enumerate(people):
        device, source = DEVICES[rng.choice(3, p=(0.6, 0.34, 0.06))], SOURCES[rng.integers(3)]
        days = np.sort(rng.choice(90, 1 + rng.poisson(VISITS), replace=False))
        for day in days:
            second = start + int(day) * 86_400 + int(rng.integers(6 * 3600, 23 * 3600))
            session, known = second, bool(customer) and rng.random() < LOGIN
            for event, gap in _visit(rng, known):
                second += gap
                given = customer if known and event != "page_view" else ""
                rows.append((browser, given, second, event, session, device, source))
    columns = ["who", "customer", "second", "event", "session", "device", "source"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values("second", kind="stable").reset_index(drop=True)


def _visit(rng: np.random.Generator, known: bool) -> list[tuple[str, int]]:
    """Draw one visit: its events and the seconds before each."""
    events = ["page_view", *(["login"] if known else [])]
    if rng.random() < 0.7:
        events.append(STEPS[0])
        for step, onward in zip(STEPS[1:], ONWARD, strict=True):
            if rng.random() >= onward:
                break
            events.append(step)
            if step == "add_shipping_info" and rng.random() < CIRCLE:
                events += ["add_to_cart", step]
    gaps = [0, *rng.integers(5, 240, len(events) - 1)]
    return [(event, int(gap)) for event, gap in zip(events, gaps, strict=True)]


def truth(visits: pd.DataFrame) -> dict[str, Any]:
    """Say what is planted, and how much of it was drawn."""
    drawn = len(visits[["who", "session"]].drop_duplicates())
    return {"events": len(visits), "visits": drawn,
            "steps": list(STEPS), "onward": list(ONWARD), "lost_most_after": STEPS[1],
            "circle": {"from": "add_shipping_info", "to": "add_to_cart", "share": CIRCLE},
            "login_share_of_customer_visits": LOGIN}  # fmt: skip


def write(folder: Path, visits: pd.DataFrame) -> None:
    """Write the visits as GA4 exports them to a warehouse, and what is true of them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    value = pa.struct([("string_value", pa.string()), ("int_value", pa.int64())])
    params = pa.list_(pa.struct([("key", pa.string()), ("value", value)]))
    pages = visits["event"].map(PAGES)
    given = [
        [{"key": "page_location", "value": {"string_value": f"https://kestrel.test{page}"}},
         {"key": "ga_session_id", "value": {"int_value": int(session)}}]
        for page, session in zip(pages, visits["session"], strict=True)
    ]  # fmt: skip
    table = pa.table({
        "event_timestamp": pa.array(visits["second"] * 1_000_000, pa.int64()),
        "event_name": pa.array(visits["event"]),
        "event_params": pa.array(given, params),
        "user_id": pa.array(visits["customer"].replace("", None)),
        "user_pseudo_id": pa.array([f"{who * 7919 + 1_000_003}.{who:05d}"
                                    for who in visits["who"]]),
        "device": pa.array([{"category": each} for each in visits["device"]]),
        "traffic_source": pa.array([{"source": each} for each in visits["source"]]),
    })  # fmt: skip
    pq.write_table(table, folder / "exports" / "web.parquet", compression="zstd",
                   compression_level=9)  # fmt: skip
    told = json.dumps(truth(visits), indent=1)
    (folder / "truth_web.json").write_text(told + "\n", encoding="utf-8", newline="\n")
