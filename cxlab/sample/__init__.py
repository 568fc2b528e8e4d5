"""Who is Kestrel Coffee? A company whose truth is known.

One seeded model draws customers, what happens to them and what they say, and writes four exports
as vendors write them, with ``truth.json`` beside them.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, eq=False)
class Company:
    """The four exports as tables, and the truth behind them."""

    responses: Any  # survey rows as text, with the hidden column `reason`
    customers: Any
    orders: dict[str, Any]
    interactions: Any
    labels: Any  # what each comment is about
    truth: dict[str, Any]


def simulate(*, customers: int = 3000, seed: int = 20251231) -> Company:
    """Draw a company of this many customers, in memory.

    Args:
        customers: How many ever joined.
        seed: The same seed draws the same company.

    Returns:
        The four tables as their systems hold them, and the truth.

    Example:
        >>> simulate(customers=200, seed=1).truth["company"]["customers"]
        200
    """
    import numpy as np

    from cxlab.sample import asked, company, dirt, life, people, records, survey, truth, words

    streams = np.random.default_rng([company.EDITION, seed]).spawn(6)
    lives = life.live(streams[1], people.draw(streams[0], customers=customers))
    answers = survey.in_order(lives)
    comments = words.write_comments(streams[2], answers, lives.people)
    table = records.survey_table(streams[3], lives, answers, comments)
    table = table.join(asked.draw(lives, answers, seed=seed))
    typical = records.TYPICAL_SECONDS
    responses, response_repairs = dirt.spoil_responses(streams[4], table, typical=typical)
    crm, crm_repairs = dirt.spoil_customers(streams[4], records.customer_table(streams[3], lives))
    orders = dirt.spoil_orders(streams[4], life.all_orders(lives))
    cases = dirt.spoil_interactions(streams[4], records.case_table(lives, life.all_cases(lives)))
    kept = np.zeros(len(answers["nps"]), bool)
    kept[responses.loc[responses["reason"] == "", "answer"].to_numpy(int)] = True
    ledger = {
        "responses": dirt.tally(responses["reason"], response_repairs),
        "customers": dirt.tally(crm["reason"], crm_repairs),
        "orders": dirt.tally(orders["reason"]) | {"refunds": int((orders["amount"] < 0).sum())},
        "interactions": dirt.tally(cases["reason"])
        | {"first_reply_blank": int(cases["First reply"].isna().sum())},
    }
    told = truth.tell(streams[5], lives, answers, comments, kept, ledger)
    labels = records.comment_labels(table, comments, kept)
    return Company(responses, crm, orders, cases, labels, told)


def write(folder: str | Path, *, customers: int = 3000, seed: int = 20251231) -> dict[str, Any]:
    """Write the sample company's exports, study file and truth into a folder.

    Args:
        folder: Where to write; made if it is not there.
        customers: How many customers ever joined.
        seed: The same seed writes the same bytes.

    Returns:
        The truth, as written to ``truth.json``.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write(folder, customers=200, seed=1)["company"]["name"]
        'Kestrel Coffee'
    """
    from cxlab.sample import helpdesk, vendors, web

    drawn = simulate(customers=customers, seed=seed)
    exports = Path(folder) / "exports"
    exports.mkdir(parents=True, exist_ok=True)
    vendors.write_survey(exports / "survey_qualtrics.csv", drawn.responses)
    vendors.write_customers(exports / "crm.csv", drawn.customers)
    vendors.write_orders(exports / "orders.parquet", drawn.orders)
    vendors.write_cases(exports, drawn.interactions)
    vendors.write_labels(Path(folder) / "truth_comments.csv", drawn.labels)
    ids = drawn.customers["Customer No"].str.strip().drop_duplicates().to_numpy()
    web.write(Path(folder), web.draw(ids, seed=seed))
    helpdesk.write(Path(folder), helpdesk.draw(drawn.interactions, seed=seed))
    truth = json.dumps(drawn.truth, indent=1, ensure_ascii=False, allow_nan=False)
    (Path(folder) / "truth.json").write_text(truth + "\n", encoding="utf-8", newline="\n")
    study = (Path(__file__).parent / "study.yaml").read_text(encoding="utf-8")
    shares = drawn.truth["response"]["population"]["region"]
    population = ", ".join(f"{name}: {share:.4f}" for name, share in shares.items())
    study = study.replace("{population}", f"{{{population}}}")
    (Path(folder) / "study.yaml").write_text(study, encoding="utf-8", newline="\n")
    way = (Path(__file__).parent / "journey.yaml").read_text(encoding="utf-8")
    (Path(folder) / "journey.yaml").write_text(way, encoding="utf-8", newline="\n")
    return drawn.truth
