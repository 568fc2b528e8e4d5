"""How does each system write what it knows?"""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd

from cxlab.sample import asked, company, life, workbook
from cxlab.sample.records import padded

ZONE = "Europe/London"

#: Column, question wording and import id of the survey export.
QUESTIONS = (
    ("StartDate", "Start Date", {"ImportId": "startDate", "timeZone": ZONE}),
    ("EndDate", "End Date", {"ImportId": "endDate", "timeZone": ZONE}),
    ("Status", "Response Type", {"ImportId": "status"}),
    ("Progress", "Progress", {"ImportId": "progress"}),
    ("Duration (in seconds)", "Duration (in seconds)", {"ImportId": "duration"}),
    ("Finished", "Finished", {"ImportId": "finished"}),
    ("RecordedDate", "Recorded Date", {"ImportId": "recordedDate", "timeZone": ZONE}),
    ("ResponseId", "Response ID", {"ImportId": "_recordId"}),
    ("ExternalReference", "External Data Reference", {"ImportId": "externalDataReference"}),
    ("DistributionChannel", "Distribution Channel", {"ImportId": "distributionChannel"}),
    ("UserLanguage", "User Language", {"ImportId": "userLanguage"}),
    (
        "Q1",
        "How likely are you to recommend Kestrel Coffee to a friend or colleague?",
        {"ImportId": "QID1"},
    ),
    ("Q2", "Overall, how satisfied are you with Kestrel Coffee?", {"ImportId": "QID2"}),
    (
        "Q3",
        "How far do you agree with this statement?\n\n"
        '"Kestrel Coffee makes it easy for me to get what I need."',
        {"ImportId": "QID3"},
    ),
    *(
        (
            f"Q4_{place}",
            f"In the last 12 months, how would you rate the following? - {label}",
            {"ImportId": f"QID4_{place}"},
        )
        for place, label in enumerate(
            (
                "Delivery of your orders",
                "Our website and app",
                "Customer support (if you contacted us)",
                "The coffee itself",
                "Value for money",
                "How we keep you informed",
            ),
            start=1,
        )
    ),
    ("Q5", "What is the main reason for your answers?", {"ImportId": "QID5_TEXT"}),
    (
        "Q6",
        "In the last three months, did you look for help or information from us?",
        {"ImportId": "QID6"},
    ),
    *(
        (
            f"Q7_{place}",
            "Which of these did you use in the last three months? Please choose all that apply. "
            f"- {way}",
            {"ImportId": "QID7", "choiceId": str(place)},
        )
        for place, way in enumerate(asked.WAYS, start=1)
    ),
    *(
        (
            f"Q8_{place}",
            "What matters most to you when you order coffee? Put these in order: 1 matters most. "
            f"- {what}",
            {"ImportId": f"QID8_{place}"},
        )
        for place, what in enumerate(company.MATTERS["worth"], start=1)
    ),
    ("region", "region", {"ImportId": "region"}),
    ("plan", "plan", {"ImportId": "plan"}),
    ("touchpoint", "touchpoint", {"ImportId": "touchpoint"}),
)


def write_survey(path: Path, table: pd.DataFrame) -> None:
    """Write the survey as Qualtrics does: a byte-order mark and three header rows."""
    names = [name for name, _, _ in QUESTIONS]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        head = csv.writer(file, lineterminator="\n")
        head.writerow(names)
        head.writerow([wording for _, wording, _ in QUESTIONS])
        head.writerow([json.dumps(ids, separators=(",", ":")) for _, _, ids in QUESTIONS])
        table[names].to_csv(file, header=False, index=False, lineterminator="\n")


def write_customers(path: Path, table: pd.DataFrame) -> None:
    """Write the customer list as the CRM does: cp1252, semicolons, Windows line ends."""
    table.drop(columns="reason").to_csv(
        path, sep=";", index=False, encoding="cp1252", lineterminator="\r\n"
    )


def write_orders(path: Path, orders: dict) -> None:
    """Write the orders as the shop's warehouse does: Parquet, moments in UTC."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kept = orders["returned"] < 0
    noon = orders["returned"].astype(np.int64) * 86_400 + 43_200
    table = pa.table(
        {
            "order_no": padded(orders["order"] + 100_001, 9, "K"),
            "customer_no": padded(orders["number"], 7),
            "ordered_at": pa.array(_utc(orders["second"])),
            "kind": _labels(life.KINDS, orders["kind"]),
            "channel": _labels(life.CHANNELS, orders["channel"]),
            "list_price": pa.array(orders["list_price"] / 100),
            "discount": pa.array(orders["discount"] / 100),
            "amount": pa.array(orders["amount"] / 100),
            "delivery_failed": pa.array(orders["failed"]),
            "returned_at": pa.array(_utc(noon), mask=kept, from_pandas=True),
            "refunded": pa.array(orders["amount"] / 100, mask=kept),
        }
    )
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=9,
        use_dictionary=[
            name for name in table.column_names if name not in ("order_no", "ordered_at")
        ],
        column_encoding={"order_no": "DELTA_BYTE_ARRAY", "ordered_at": "DELTA_BINARY_PACKED"},
    )


def write_cases(folder: Path, table: pd.DataFrame) -> None:
    """Write the help desk's workbook; a second one when a sheet would overflow."""
    table = table.drop(columns="reason")
    for number, start in enumerate(range(0, len(table), workbook.MOST_ROWS), start=1):
        name = "tickets.xlsx" if number == 1 else f"tickets_{number}.xlsx"
        rows = table.iloc[start : start + workbook.MOST_ROWS]
        workbook.write(folder / name, rows, title="Kestrel Coffee - support cases 2024-2025")


def write_labels(path: Path, labels: pd.DataFrame) -> None:
    """Write the labels of the comments, for judging a reading of them."""
    labels.to_csv(path, index=False, lineterminator="\n")


def _labels(names: tuple, codes: np.ndarray):
    import pyarrow as pa

    return pa.array(names).take(pa.array(codes))


def _utc(second: np.ndarray) -> pd.DatetimeIndex:
    local = pd.DatetimeIndex(np.datetime64(company.START, "s") + np.maximum(second, 0))
    return local.tz_localize(ZONE, ambiguous=True, nonexistent="shift_forward").tz_convert("UTC")
