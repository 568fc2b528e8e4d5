"""One known truth, written as the exports of many systems: what is drafted must find it again.

Layouts are those of the systems; every value is made up from one seed.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

N = 120
_RNG = np.random.default_rng(20251129)
_START = datetime(2025, 1, 2, 8, 30)


@dataclass(frozen=True)
class Person:
    """Who answered what, joined and left when."""

    id: str
    joined: datetime
    left: datetime | None
    plan: str
    region: str
    answered: datetime
    nps: int
    speed: int
    staff: int
    text: str


@dataclass(frozen=True)
class Order:
    """What was bought, and given back."""

    id: str
    who: str
    at: datetime
    lines: tuple[tuple[int, float], ...]
    refund: float

    @property
    def amount(self) -> float:
        """What was charged."""
        return round(sum(n * price for n, price in self.lines), 2)


def _people() -> list[Person]:
    out = []
    for at in range(N):
        joined = _START - timedelta(days=int(_RNG.integers(30, 700)), hours=int(_RNG.integers(9)))
        left = _START + timedelta(days=int(_RNG.integers(5, 170))) if at % 4 == 0 else None
        nps = int(
            _RNG.choice(11, p=[0.03, 0.02, 0.03, 0.03, 0.04, 0.08, 0.09, 0.13, 0.2, 0.2, 0.15])
        )
        speed, staff = (int(x) for x in _RNG.integers(1, 6, 2))
        answered = _START + timedelta(days=at, hours=int(_RNG.integers(12)), minutes=at % 60)
        words = f"The parcel number {at} came {'late' if nps < 7 else 'in time'} and was just fine"
        out.append(
            Person(
                f"K{at:04d}",
                joined,
                left,
                ("Basic", "Plus", "Pro")[at % 3],
                ("North", "South")[at % 2],
                answered,
                nps,
                speed,
                staff,
                words,
            )
        )
    return out


def _orders() -> list[Order]:
    out = []
    for at in range(240):
        lines = tuple(
            (int(_RNG.integers(1, 4)), float(np.round(_RNG.uniform(3, 400), 2)))
            for _ in range(int(_RNG.integers(1, 4)))
        )
        when = _START + timedelta(hours=17 * at)
        back = round(sum(n * p for n, p in lines), 2) if at % 12 == 5 else 0.0
        out.append(Order(f"{70000 + at}", f"K{int(_RNG.integers(N)):04d}", when, lines, back))
    return out


PEOPLE, ORDERS = _people(), _orders()
NPS = round(100 * (sum(p.nps > 8 for p in PEOPLE) - sum(p.nps < 7 for p in PEOPLE)) / N, 6)
SPEED = float(np.mean([p.speed for p in PEOPLE]))
STAFF = float(np.mean([p.staff for p in PEOPLE]))
GROSS = round(sum(o.amount for o in ORDERS), 2)
NET = round(GROSS - sum(o.refund for o in ORDERS), 2)
LEFT = sum(p.left is not None for p in PEOPLE)
ANSWERS = {"nps": NPS, "speed": SPEED, "staff": STAFF}
SALES = {"orders": 240, "net": NET}
LIST = {"customers": N, "left": LEFT}


@dataclass(frozen=True)
class Export:
    """One way to write the truth down.

    Attributes:
        name: for the test.
        write: writes the files into a folder.
        truth: what has to come out.
        doubts: number -> the heading a doubt may name instead.
    """

    name: str
    write: Callable[[Path], None]
    truth: dict[str, float]
    doubts: dict[str, str] = field(default_factory=dict)


FORMS = {
    "iso": "%Y-%m-%d %H:%M:%S",
    "german": "%d.%m.%Y %H:%M",
    "british": "%d/%m/%Y %H:%M",
    "us": "%m/%d/%Y %I:%M:%S %p",
    "zoned": "%Y-%m-%dT%H:%M:%S+00:00",
    "day": "%Y-%m-%d",
    "named": "%d %b %Y",
    "short us": "%m/%d/%y %H:%M",
}
AGREE = {
    "en": ("Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"),
    "de": (
        "Stimme gar nicht zu",
        "Stimme eher nicht zu",
        "Teils/teils",
        "Stimme eher zu",
        "Stimme voll und ganz zu",
    ),
    "fr": (
        "Pas du tout d'accord",
        "Plutôt pas d'accord",
        "Ni d'accord ni pas d'accord",
        "Plutôt d'accord",
        "Tout à fait d'accord",
    ),
    "es": (
        "Totalmente en desacuerdo",
        "En desacuerdo",
        "Ni de acuerdo ni en desacuerdo",
        "De acuerdo",
        "Totalmente de acuerdo",
    ),
}
SATISFIED = {
    "en": (
        "Very dissatisfied",
        "Dissatisfied",
        "Neither satisfied nor dissatisfied",
        "Satisfied",
        "Very satisfied",
    ),
    "de": ("Sehr unzufrieden", "Unzufrieden", "Teils/teils", "Zufrieden", "Sehr zufrieden"),
    "fr": ("Très insatisfait", "Insatisfait", "Neutre", "Satisfait", "Très satisfait"),
    "es": ("Muy insatisfecho", "Insatisfecho", "Neutral", "Satisfecho", "Muy satisfecho"),
}
GOOD = ("Very poor", "Poor", "Fair", "Good", "Excellent")
ASKED = {
    "en": ("How likely are you to recommend us to a friend?", "Please rate", "Speed", "Staff"),
    "de": (
        "Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?",
        "Bitte bewerten Sie",
        "Tempo",
        "Personal",
    ),
    "fr": (
        "Quelle est la probabilité que vous nous recommandiez à un ami ?",
        "Veuillez noter",
        "Vitesse",
        "Personnel",
    ),
    "es": (
        "¿Qué probabilidad hay de que nos recomiende a un amigo?",
        "Valore",
        "Rapidez",
        "Personal",
    ),
}


def table(
    path: Path,
    head: list[str],
    rows: list[list],
    *,
    mark: str = ",",
    encoding: str = "utf-8",
    above: list[list] = (),
    below: list[list] = (),
) -> None:
    """Write a text file."""
    with path.open("w", newline="", encoding=encoding) as stream:
        csv.writer(stream, delimiter=mark).writerows([*above, head, *rows, *below])


def _said(value: int, words: tuple[str, ...] | None) -> object:
    return words[value - 1] if words else value


def survey(
    name: str,
    head: Callable[[], list[str]],
    row: Callable[[Person], list],
    *,
    doubts: dict[str, str] | None = None,
    more: list[list] = (),
    above: list[list] = (),
    mark: str = ",",
    file: str = "survey.csv",
    truth: dict | None = None,
) -> Export:
    """Make an export of answers."""

    def write(folder: Path) -> None:
        rows = [row(person) for person in PEOPLE] + list(more)
        table(folder / file, head(), rows, mark=mark, above=above)

    return Export(name, write, truth or ANSWERS, doubts or {})


# ---------------------------------------------------------------- surveys


def _google(lang: str) -> Export:
    stamp = {"en": "Timestamp", "de": "Zeitstempel", "fr": "Horodateur", "es": "Marca temporal"}
    nps, rate, speed, staff = ASKED[lang]
    words = AGREE[lang]
    form = {"en": "us", "de": "german", "fr": "british", "es": "british"}[lang]
    return survey(
        f"google forms {lang}",
        lambda: [stamp[lang], nps, f"{rate} [{speed}]", f"{rate} [{staff}]", "Region"],
        lambda p: [
            p.answered.strftime(FORMS[form]),
            p.nps,
            _said(p.speed, words),
            _said(p.staff, words),
            p.region,
        ],
    )


def _microsoft(lang: str) -> Export:
    names = {
        "en": ["ID", "Start time", "Completion time", "Email", "Name"],
        "de": ["ID", "Startzeit", "Fertigstellungszeit", "E-Mail", "Name"],
        "fr": ["ID", "Heure de début", "Heure de fin", "Adresse de messagerie", "Nom"],
        "es": ["ID", "Hora de inicio", "Hora de finalización", "Correo electrónico", "Nombre"],
    }[lang]
    nps, _, speed, staff = ASKED[lang]
    words = SATISFIED[lang]

    def write(folder: Path) -> None:
        rows = [
            [
                at,
                p.answered - timedelta(minutes=3),
                p.answered,
                "anonymous",
                "",
                p.nps,
                _said(p.speed, words),
                _said(p.staff, words),
            ]
            for at, p in enumerate(PEOPLE, 1)
        ]
        head = [*names, nps, f"{speed}", f"{staff}"]
        pd.DataFrame(rows, columns=head).to_excel(folder / "form.xlsx", index=False)

    return Export(f"microsoft forms {lang}", write, ANSWERS)


def _lime(lang: str) -> Export:
    names = {
        "en": ["Response ID", "Date submitted", "Last page", "Start language", "Seed"],
        "de": [
            "Antwort ID",
            "Datum Abgeschickt",
            "Letzte Seite",
            "Start-Sprache",
            "Zufallsstartwert",
        ],
        "fr": [
            "ID de la réponse",
            "Date de soumission",
            "Dernière page",
            "Langue de départ",
            "Tête de série",
        ],
        "es": ["ID de respuesta", "Fecha de envío", "Última página", "Lenguaje inicial", "Semilla"],
    }[lang]
    nps, rate, speed, staff = ASKED[lang]
    return survey(
        f"limesurvey {lang}",
        lambda: [*names, nps, f"{rate} [{speed}]", f"{rate} [{staff}]"],
        lambda p: [
            int(p.id[1:]) + 1,
            p.answered.strftime(FORMS["iso"]),
            3,
            lang,
            str(7919 * int(p.id[1:])),
            p.nps,
            p.speed,
            p.staff,
        ],
    )


def _surveys() -> list[Export]:
    out = [maker(lang) for maker in (_google, _microsoft, _lime) for lang in ASKED]
    codes = [
        "id",
        "submitdate",
        "lastpage",
        "startlanguage",
        "seed",
        "NPS",
        "Q2[SQ001]",
        "Q2[SQ002]",
    ]
    out.append(
        survey(
            "limesurvey without dates",
            lambda: codes,
            lambda p: [
                int(p.id[1:]) + 1,
                "1980-01-01 00:00:00",
                3,
                "en",
                7,
                p.nps,
                p.speed,
                p.staff,
            ],
        )
    )
    unsent = [[900 + at, "", 1, "en", 7, 2, 1, 1] for at in range(9)]
    out.append(
        survey(
            "limesurvey with unsent",
            lambda: codes,
            lambda p: [
                int(p.id[1:]) + 1,
                p.answered.strftime(FORMS["iso"]),
                3,
                "en",
                7,
                p.nps,
                p.speed,
                p.staff,
            ],
            more=unsent,
            doubts=dict.fromkeys(ANSWERS, "submitdate"),
        )
    )
    out += [_qualtrics("numbers", None), _qualtrics("words", SATISFIED["en"])]
    out.append(
        survey(
            "surveymonkey",
            lambda: ["", "", "", "Response", "Speed", "Staff"],
            lambda p: [
                f"1140{p.id[1:]}",
                "81",
                p.answered.strftime("%m/%d/%Y %H:%M:%S"),
                p.nps,
                _said(p.speed, SATISFIED["en"]),
                _said(p.staff, SATISFIED["en"]),
            ],
            above=[
                [
                    "Respondent ID",
                    "Collector ID",
                    "End Date",
                    ASKED["en"][0],
                    "How satisfied are you with the following?",
                    "",
                ]
            ],
        )
    )
    out.append(
        survey(
            "typeform",
            lambda: [
                "#",
                ASKED["en"][0],
                "Please rate our speed",
                "Please rate our staff",
                "Response Type",
                "Start Date (UTC)",
                "Stage Date (UTC)",
                "Submit Date (UTC)",
                "Network ID",
                "Tags",
            ],
            lambda p: [
                f"tok{p.id}x9",
                p.nps,
                p.speed,
                p.staff,
                "completed",
                p.answered.strftime(FORMS["iso"]),
                "",
                p.answered.strftime(FORMS["iso"]),
                f"n{p.id}",
                "",
            ],
        )
    )
    out.append(
        survey(
            "delighted",
            lambda: [
                "Response ID",
                "Score",
                "Comment",
                "Email",
                "Survey responded at",
                "Speed",
                "Staff",
                "Plan",
            ],
            lambda p: [
                f"33{p.id[1:]}",
                p.nps,
                p.text,
                f"{p.id.lower()}@example.org",
                p.answered.strftime("%Y-%m-%d %H:%M:%S UTC"),
                p.speed,
                p.staff,
                p.plan,
            ],
        )
    )
    out.append(
        survey(
            "decipher",
            lambda: [
                "record",
                "uuid",
                "date",
                "markers",
                "status",
                "Q1nps",
                "Q2r1",
                "Q2r2",
                "qtime",
            ],
            lambda p: [
                int(p.id[1:]) + 1,
                f"uu{p.id}zz",
                p.answered.strftime("%m/%d/%Y %H:%M"),
                "q1",
                3,
                p.nps,
                p.speed,
                p.staff,
                200 + p.nps * 7,
            ],
            mark="\t",
            file="p1.txt",
            more=[
                [800 + at, f"uu{at}yy", "06/13/2025 10:00", "q0", 1 + at % 2, 3, 2, 1, 44]
                for at in range(20)
            ],
        )
    )
    out.append(
        survey(
            "forsta",
            lambda: [
                "respid",
                "status",
                "interview_start",
                "interview_end",
                "nps",
                "q2_1",
                "q2_2",
                "country",
            ],
            lambda p: [
                int(p.id[1:]) + 1,
                "complete",
                p.answered.strftime(FORMS["iso"]),
                p.answered.strftime(FORMS["iso"]),
                p.nps,
                p.speed,
                p.staff,
                p.region,
            ],
            mark="\t",
            file="p2.txt",
            more=[
                [
                    800 + at,
                    ("screened", "quotafull", "incomplete")[at % 3],
                    "2025-03-03 10:00:00",
                    "2025-03-03 10:05:00",
                    2,
                    1,
                    1,
                    "North",
                ]
                for at in range(24)
            ],
        )
    )
    out.append(
        survey(
            "hubspot feedback",
            lambda: [
                "Record ID",
                "Survey name",
                "Submission date",
                "Contact ID",
                "NPS rating",
                "Response",
                "Rating speed",
                "Rating staff",
            ],
            lambda p: [
                f"90{p.id[1:]}",
                "Spring",
                p.answered.strftime("%Y-%m-%d %H:%M"),
                p.id,
                p.nps,
                p.text,
                p.speed,
                p.staff,
            ],
        )
    )
    out += [_spss(98), _spss(-99)]
    return out + _plain_surveys()


def _qualtrics(kind: str, words: tuple[str, ...] | None) -> Export:
    names = [
        "StartDate",
        "EndDate",
        "Status",
        "Progress",
        "Duration (in seconds)",
        "Finished",
        "RecordedDate",
        "ResponseId",
        "ExternalReference",
        "Q1",
        "Q2_1",
        "Q2_2",
    ]
    texts = [
        "Start Date",
        "End Date",
        "Response Type",
        "Progress",
        "Duration (in seconds)",
        "Finished",
        "Recorded Date",
        "Response ID",
        "External Data Reference",
        ASKED["en"][0],
        "How satisfied - Speed",
        "How satisfied - Staff",
    ]
    ids = [f'{{"ImportId":"QID{at}","timeZone":"Europe/London"}}' for at in range(12)]

    def nps(n: int) -> object:
        ends = {0: "0 - Not at all likely", 10: "10 - Extremely likely"}
        return ends.get(n, n) if words else n

    def row(p: Person) -> list:
        when = p.answered.strftime(FORMS["iso"])
        return [
            when,
            when,
            "IP Address",
            100,
            180 + p.nps,
            "True",
            when,
            f"R_{p.id}zQ",
            p.id,
            nps(p.nps),
            _said(p.speed, words),
            _said(p.staff, words),
        ]

    previews = [
        ["2025-05-01 10:00:00"] * 2
        + [
            "Survey Preview",
            100,
            20,
            "True",
            "2025-05-01 10:00:00",
            f"R_pre{at}",
            "",
            0,
            _said(1, words),
            _said(1, words),
        ]
        for at in range(5)
    ]

    def write(folder: Path) -> None:
        rows = [texts, ids, *map(row, PEOPLE), *previews]
        table(folder / "qualtrics.csv", names, rows)

    return Export(f"qualtrics {kind}", write, ANSWERS)


def _spss(code: int) -> Export:
    def write(folder: Path) -> None:
        import pyreadstat

        rows = [
            [int(p.id[1:]) + 1, p.answered, p.nps, p.speed, p.staff, 1 + at % 2]
            for at, p in enumerate(PEOPLE)
        ]
        rows += [[500 + at, datetime(2025, 3, 3), 5, code, code, 1] for at in range(8)]
        frame = pd.DataFrame(rows, columns=["resp", "intdat", "q1", "q2_1", "q2_2", "bl"])
        frame.loc[N:, "q1"] = code
        labels = [
            "Respondent",
            "Interviewdatum",
            "Weiterempfehlung (0-10)",
            "Zufriedenheit: Tempo",
            "Zufriedenheit: Personal",
            "Bundesland",
        ]
        kept = {name: [{"lo": code, "hi": code}] for name in ("q1", "q2_1", "q2_2")}
        pyreadstat.write_sav(
            frame,
            str(folder / "welle.sav"),
            column_labels=labels,
            missing_ranges=kept,
            variable_value_labels={"bl": {1: "Nord", 2: "Süd"}},
        )

    return Export(f"spss {code}", write, ANSWERS)


def _plain_surveys() -> list[Export]:
    out = []
    heads = {
        "en": ["Customer ID", "Response date", "NPS", "Rating: speed", "Rating: staff", "Comment"],
        "de": [
            "Kundennummer",
            "Datum",
            "Weiterempfehlung",
            "Bewertung: Tempo",
            "Bewertung: Personal",
            "Kommentar",
        ],
        "fr": [
            "N° client",
            "Date de réponse",
            "Recommandation",
            "Note : vitesse",
            "Note : personnel",
            "Commentaire",
        ],
        "es": [
            "ID cliente",
            "Fecha",
            "Recomendación",
            "Valoración: rapidez",
            "Valoración: personal",
            "Comentario",
        ],
    }
    for (lang, head), form in zip(heads.items(), ("us", "german", "british", "named"), strict=True):
        out.append(
            survey(
                f"plain {lang}",
                lambda head=head: head,
                lambda p, form=form: [
                    p.id,
                    p.answered.strftime(FORMS[form]),
                    p.nps,
                    p.speed,
                    p.staff,
                    p.text,
                ],
                mark="," if lang == "en" else ";",
            )
        )
    for code in (99, 98, -99, 97, 999, -1):

        def row(p: Person, code: int = code) -> list:
            return [p.id, p.answered.strftime(FORMS["iso"]), p.nps, p.speed, p.staff]

        more = [[f"Z{at}", "2025-04-04 10:00:00", 7, code, code] for at in range(15)]
        out.append(
            survey(
                f"missing code {code}",
                lambda: ["id", "date", "nps", "q3_speed", "q3_staff"],
                row,
                more=more,
                truth={"speed": SPEED, "staff": STAFF},
            )
        )
    for name, words in (
        ("agree", AGREE["en"]),
        ("good", GOOD),
        ("zufrieden", SATISFIED["de"]),
        ("satisfait", SATISFIED["fr"]),
        ("satisfecho", SATISFIED["es"]),
    ):
        extra = [["Z9", "2025-04-04", 7, "N/A", "Don't know"]] * (name == "agree")
        out.append(
            survey(
                f"words {name}",
                lambda: ["member", "date", "nps", "speed", "staff"],
                lambda p, words=words: [
                    p.id,
                    p.answered.strftime(FORMS["day"]),
                    p.nps,
                    _said(p.speed, words),
                    _said(p.staff, words),
                ],
                more=extra,
                truth={"speed": SPEED, "staff": STAFF},
            )
        )
    return out


# ---------------------------------------------------------------- orders


def sales(
    name: str,
    head: list[str],
    rows: Callable[[Order], list[list]],
    *,
    mark: str = ",",
    file: str = "orders.csv",
    more: list[list] = (),
    below: list[list] = (),
    doubts: dict[str, str] | None = None,
    truth: dict | None = None,
) -> Export:
    """Make an export of orders."""

    def write(folder: Path) -> None:
        lines = [line for order in ORDERS for line in rows(order)]
        table(folder / file, head, [*lines, *more], mark=mark, below=below)

    return Export(name, write, truth or SALES, doubts or {})


def comma(value: float) -> str:
    """Write a number with a decimal comma and points between thousands."""
    return f"{value:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def _shop(order: Order) -> list[list]:
    when = order.at.strftime("%Y-%m-%d %H:%M:%S +0000")
    mail, name = f"{order.who.lower()}@example.org", f"#{order.id}"
    first, *rest = order.lines
    state = "refunded" if order.refund else "paid"
    head = [
        name,
        mail,
        state,
        when,
        "GBP",
        order.amount,
        0,
        order.amount,
        when,
        first[0],
        "Item",
        first[1],
        order.refund,
        f"5{order.id}",
    ]
    return [
        head,
        *(
            [name, mail, "", "", "", "", "", "", when, n, "Item", price, "", ""]
            for n, price in rest
        ),
    ]


def _stripe(order: Order) -> list[list]:
    return [
        [
            f"ch_{order.id}A",
            order.at.strftime(FORMS["iso"]),
            order.amount,
            order.refund,
            "usd",
            "Refunded" if order.refund else "Paid",
            f"cus_{order.who}",
        ]
    ]


def _refund_row(order: Order, form: str, write: Callable[[float], object]) -> list[list]:
    rows = [[order.id, order.who, order.at.strftime(FORMS[form]), write(order.amount)]]
    later = (order.at + timedelta(hours=2)).strftime(FORMS[form])
    return rows + [[order.id, order.who, later, write(-order.refund)]] * bool(order.refund)


def _sales() -> list[Export]:
    shop = [
        "Name",
        "Email",
        "Financial Status",
        "Paid at",
        "Currency",
        "Subtotal",
        "Shipping",
        "Total",
        "Created at",
        "Lineitem quantity",
        "Lineitem name",
        "Lineitem price",
        "Refunded Amount",
        "Id",
    ]
    stripe = [
        "id",
        "Created date (UTC)",
        "Amount",
        "Amount Refunded",
        "Currency",
        "Status",
        "Customer ID",
    ]
    failed = [
        [f"ch_f{at}", "2025-03-04 10:00:00", 55.5, 0, "usd", "Failed", "cus_K0001"]
        for at in range(30)
    ]
    yen = [
        [f"ch_y{at}", "2025-03-04 10:00:00", 9900, 0, "jpy", "Paid", "cus_K0001"]
        for at in range(40)
    ]
    out = [
        sales("shopify", shop, _shop),
        sales("stripe", stripe, _stripe),
        sales("stripe with failed", stripe, _stripe, more=failed),
        sales("stripe in two currencies", stripe, _stripe, more=[*yen, *failed]),
        sales(
            "woocommerce report",
            [
                "Date",
                "Order #",
                "N. Revenue (formatted)",
                "Status",
                "Customer",
                "Customer type",
                "Product(s)",
                "Items sold",
                "Coupon(s)",
                "N. Revenue",
            ],
            _woo,
        ),
        sales(
            "woocommerce orders",
            [
                "Order Number",
                "Order Status",
                "Order Date",
                "Customer User ID",
                "Order Total Amount",
                "Order Refund Amount",
            ],
            lambda o: [[o.id, "completed", o.at.strftime(FORMS["iso"]), o.who, o.amount, o.refund]],
            more=[
                [f"9{at}", "failed", "2025-03-03 10:00:00", "K0001", 99.5, 0] for at in range(12)
            ],
        ),
        sales(
            "square",
            [
                "Date",
                "Time",
                "Time Zone",
                "Gross Sales",
                "Discounts",
                "Net Sales",
                "Tax",
                "Tip",
                "Total Collected",
                "Transaction ID",
                "Event Type",
                "Customer ID",
            ],
            _square,
        ),
        sales(
            "payments of one status",
            [*stripe[:5], "State", "Client"],
            lambda o: [
                [
                    f"p{o.id}",
                    o.at.strftime(FORMS["iso"]),
                    o.amount,
                    o.refund,
                    "EUR",
                    "succeeded",
                    o.who,
                ]
            ],
        ),
        sales(
            "item rows",
            ["Order Number", "Order Date", "Customer ID", "SKU", "Qty", "Item Total"],
            lambda o: [
                [o.id, o.at.strftime(FORMS["iso"]), o.who, f"S{at}", n, round(n * p, 2)]
                for at, (n, p) in enumerate(o.lines)
            ],
            truth={"orders": 240, "net": GROSS},
        ),
        sales(
            "quantity and price",
            ["Invoice No", "Invoice date", "Client no", "Quantity", "Unit price"],
            lambda o: [[o.id, o.at.strftime(FORMS["iso"]), o.who, n, p] for n, p in o.lines],
            truth={"orders": 240, "net": GROSS},
        ),
        sales(
            "total in every line",
            ["Order ID", "Order date", "Customer ID", "Product", "Order total"],
            lambda o: [
                [o.id, o.at.strftime(FORMS["iso"]), o.who, f"P{at}", o.amount]
                for at, _ in enumerate(o.lines)
            ],
            truth={"orders": 240, "net": GROSS},
            doubts={"net": "Order total"},
        ),
        sales(
            "hubspot deals",
            [
                "Record ID",
                "Deal Name",
                "Deal Stage",
                "Amount",
                "Close Date",
                "Associated Company IDs",
            ],
            lambda o: [
                [
                    f"88{o.id}",
                    f"Deal {o.id}",
                    "Closed won",
                    o.amount,
                    o.at.strftime("%Y-%m-%d %H:%M"),
                    o.who,
                ]
            ],
            truth={"orders": 240, "net": GROSS},
        ),
        sales(
            "salesforce opportunities",
            ["Opportunity ID", "Opportunity Name", "Account ID", "Close Date", "Amount"],
            lambda o: [
                [
                    f"0065g000{o.id}AAC",
                    f"Deal {o.id}",
                    f"0015g0000{o.who}AA",
                    o.at.strftime("%Y-%m-%d"),
                    o.amount,
                ]
            ],
            below=[
                [],
                ["Won deals"],
                ["Copyright (c) 2000-2025 a vendor, inc."],
                ["Confidential Information - Do Not Distribute"],
                ["Generated By:  A Person  30/06/2025 10:11"],
            ],
            truth={"orders": 240, "net": GROSS},
        ),
    ]
    heads = {
        "en": ("Order ID", "Customer ID", "Order Date", "Amount", "us", str),
        "de": ("Bestellnummer", "Kundennummer", "Bestelldatum", "Betrag", "german", comma),
        "fr": ("N° commande", "N° client", "Date de commande", "Montant", "british", comma),
        "es": ("Pedido", "ID cliente", "Fecha de pedido", "Importe", "day", comma),
        "gb": ("transaction", "customer", "date", "net_amount", "short us", lambda x: f"£{x:,.2f}"),
    }
    for lang, (*head, form, write) in heads.items():
        out.append(
            sales(
                f"plain orders {lang}",
                head,
                lambda o, f=form, w=write: _refund_row(o, f, w),
                mark=";",
            )
        )
    return out


def _woo(order: Order) -> list[list]:
    def line(amount: float, state: str) -> list:
        return [
            order.at.strftime(FORMS["iso"]),
            order.id,
            f"${amount:,.2f}",
            state,
            order.who,
            "returning",
            "1× Mug",
            1,
            "",
            amount,
        ]

    return [line(order.amount, "completed")] + [line(-order.refund, "refunded")] * bool(
        order.refund
    )


def _square(order: Order) -> list[list]:
    def line(amount: float, kind: str) -> list:
        money = f"${amount:,.2f}" if amount >= 0 else f"-${-amount:,.2f}"
        return [
            order.at.strftime("%Y-%m-%d"),
            order.at.strftime("%H:%M:%S"),
            "London",
            money,
            "$0.00",
            money,
            "$0.00",
            "$1.00",
            money,
            f"T{order.id}",
            kind,
            order.who,
        ]

    return [line(order.amount, "Payment")] + [line(-order.refund, "Refund")] * bool(order.refund)


# ---------------------------------------------------------------- customers, spells, tickets


def listing(
    name: str,
    head: list[str],
    row: Callable[[Person], list],
    *,
    mark: str = ",",
    below: list[list] = (),
    truth: dict | None = None,
) -> Export:
    """Make a customer list."""

    def write(folder: Path) -> None:
        table(folder / "crm.csv", head, [row(p) for p in PEOPLE], mark=mark, below=below)

    return Export(name, write, truth or LIST)


def _left(p: Person, form: str) -> str:
    return p.left.strftime(FORMS[form]) if p.left else ""


def _lists() -> list[Export]:
    footer = [[], ["Accounts"], ["Copyright (c) 2000-2025 a vendor, inc."], ["Generated By: A B"]]
    out = [
        listing(
            "hubspot contacts",
            [
                "Record ID",
                "First Name",
                "Last Name",
                "Email",
                "Create Date",
                "Became a Customer Date",
                "Lifecycle Stage",
                "Contact owner",
                "Cancel date",
            ],
            lambda p: [
                p.id,
                "Ann",
                "Poe",
                f"{p.id}@example.org",
                p.joined.strftime("%Y-%m-%d %H:%M"),
                p.joined.strftime("%Y-%m-%d %H:%M"),
                "Customer",
                "Bo",
                _left(p, "day"),
            ],
        ),
        listing(
            "salesforce accounts",
            [
                "Account ID",
                "Account Name",
                "Created Date",
                "Account Owner",
                "Type",
                "Cancel_Date__c",
            ],
            lambda p: [
                f"0015g0000{p.id}AA",
                f"Firm {p.id}",
                p.joined.strftime("%d/%m/%Y"),
                "Bo",
                p.plan,
                p.left.strftime("%d/%m/%Y") if p.left else "",
            ],
            below=footer,
        ),
        listing(
            "flag",
            ["cust", "Member since", "churned", "Plan", "Region"],
            lambda p: [
                p.id,
                p.joined.strftime(FORMS["named"]),
                "Yes" if p.left else "No",
                p.plan,
                p.region,
            ],
        ),
        listing(
            "account no",
            ["Account No", "Member since", "Cancelled on", "Plan"],
            lambda p: [
                f"{int(p.id[1:]):06d}",
                p.joined.strftime(FORMS["day"]),
                _left(p, "day"),
                p.plan,
            ],
        ),
    ]
    heads = {
        "de": (["Kundennummer", "Kunde seit", "Kündigungsdatum", "Tarif"], "german"),
        "fr": (["Numéro client", "Client depuis", "Date de résiliation", "Formule"], "british"),
        "es": (["Número de cliente", "Fecha de alta", "Fecha de baja", "Plan"], "british"),
    }
    for lang, (head, form) in heads.items():
        out.append(
            listing(
                f"plain list {lang}",
                head,
                lambda p, f=form: [p.id, p.joined.strftime(FORMS[f]), _left(p, f), p.plan],
                mark=";",
            )
        )
    return out


def _spells() -> list[Export]:
    def rows(p: Person) -> list[list]:
        first = [
            f"sub_{p.id}a",
            p.id,
            "canceled" if p.left else "active",
            p.joined.strftime(FORMS["iso"]),
            _left(p, "iso"),
            p.plan,
        ]
        if not p.left or int(p.id[1:]) % 8:
            return [first]
        again = (p.left + timedelta(days=20)).strftime(FORMS["iso"])
        return [first, [f"sub_{p.id}b", p.id, "active", again, "", p.plan]]

    there = N - LEFT + sum(p.left is not None and int(p.id[1:]) % 8 == 0 for p in PEOPLE)

    def made(name: str, head: list[str]) -> Export:
        def write(folder: Path) -> None:
            lines = [line for p in PEOPLE for line in rows(p)]
            table(folder / "subscriptions.csv", head, lines)

        return Export(name, write, {"there": there})

    return [
        made(
            "stripe subscriptions",
            ["id", "Customer ID", "Status", "Start (UTC)", "Canceled At (UTC)", "Plan"],
        ),
        made(
            "chargebee",
            ["Subscription Id", "Customer Id", "Status", "Started At", "Cancelled At", "Plan Id"],
        ),
    ]


def _tickets() -> list[Export]:
    good = sum(p.nps > 6 for p in PEOPLE[:60])

    def made(name: str, head: list[str], row: Callable[[Person], list], truth: dict) -> Export:
        return Export(
            name,
            lambda folder: table(folder / "tickets.csv", head, [row(p) for p in PEOPLE]),
            truth,
        )

    def rated(p: Person, words: tuple[str, str, str]) -> str:
        return words[2] if int(p.id[1:]) >= 60 else words[0] if p.nps > 6 else words[1]

    def closed(p: Person) -> datetime:
        return p.answered + timedelta(hours=5 + p.nps)

    iso = FORMS["iso"]
    reply = float(np.mean([60 * (10 + p.nps) for p in PEOPLE]))
    return [
        made(
            "zendesk",
            [
                "Id",
                "Requester id",
                "Created at",
                "Solved at",
                "Via",
                "Assignee",
                "Satisfaction Score",
                "First reply time in minutes",
            ],
            lambda p: [
                9000 + int(p.id[1:]),
                p.id,
                p.answered.strftime(iso),
                closed(p).strftime(iso),
                "Mail",
                "Bo",
                rated(p, ("Good", "Bad", "Offered")),
                10 + p.nps,
            ],
            {"tickets": N, "good": good / 60, "first reply": reply},
        ),
        made(
            "freshdesk",
            [
                "Ticket ID",
                "Subject",
                "Status",
                "Source",
                "Agent",
                "Created time",
                "Resolved time",
                "Closed time",
                "First response time (in hrs)",
                "Survey results",
                "Unique external ID",
            ],
            lambda p: [
                4000 + int(p.id[1:]),
                "Late",
                "Closed",
                "Email",
                "Bo",
                p.answered.strftime(iso),
                closed(p).strftime(iso),
                closed(p).strftime(iso),
                f"00:{10 + p.nps:02d}:00",
                rated(p, ("Happy", "Unhappy", "")),
                p.id,
            ],
            {"tickets": N, "good": good / 60, "first reply": reply},
        ),
        made(
            "intercom",
            [
                "Conversation ID",
                "Conversation started at",
                "User ID",
                "First response time (seconds)",
                "Time to close (seconds)",
                "Conversation rating",
                "Teammate",
            ],
            lambda p: [
                215400000 + int(p.id[1:]),
                p.answered.strftime(iso),
                p.id,
                60 * (10 + p.nps),
                3600 * (5 + p.nps),
                p.speed,
                "Bo",
            ],
            {"tickets": N, "first reply": reply, "ticket csat": SPEED},
        ),
        made(
            "hubspot tickets",
            [
                "Ticket ID",
                "Ticket name",
                "Create date",
                "Close date",
                "Ticket status",
                "Source",
                "Associated Contact IDs",
                "Time to first agent reply (HH:mm:ss)",
            ],
            lambda p: [
                7000 + int(p.id[1:]),
                "Late",
                p.answered.strftime("%Y-%m-%d %H:%M"),
                closed(p).strftime("%Y-%m-%d %H:%M"),
                "Closed",
                "Email",
                p.id,
                f"00:{10 + p.nps:02d}:00",
            ],
            {"tickets": N, "first reply": reply},
        ),
        made(
            "salesforce cases",
            [
                "Case Number",
                "Date/Time Opened",
                "Date/Time Closed",
                "Case Origin",
                "Status",
                "Case Owner",
                "Account Name",
                "Age",
            ],
            lambda p: [
                f"000{1000 + int(p.id[1:])}",
                p.answered.strftime("%d/%m/%Y %H:%M"),
                closed(p).strftime("%d/%m/%Y %H:%M"),
                "Web",
                "Closed",
                "Bo",
                p.id,
                1,
            ],
            {"tickets": N},
        ),
    ]


EXPORTS = [*_surveys(), *_sales(), *_lists(), *_spells(), *_tickets()]
