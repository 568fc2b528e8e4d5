"""Which column of ours might this be? Guessed from its name, its wording and its values."""

import re
from collections import Counter
from dataclasses import dataclass, field

from cxlab.codebook import COLUMNS
from cxlab.drafting.profiles import MOST_VALUES, Profile
from cxlab.results import listing

# (our column, kinds of values it may hold, words in name or wording); the first that fits
_WORDS: dict[str, tuple[tuple[str, tuple[str, ...], str], ...]] = {
    "responses": (
        ("response_id", ("id", "number", "scale"),
         r"^response ?id|^respondent ?id|^respnum|^submission id|^token$|^resp id|^#$|^network id"),
        ("customer_id", ("id", "number", "category"),
         r"external reference|external data reference|customer ?(?:id|no|number)|client ?id|"
         r"member ?id|account ?(?:id|no)|^user ?id|^id$|prolific pid|participant ?id"),
        ("answered_at", ("time", "unclear time"),
         r"^end ?date|^recorded ?date|submit date|^timestamp|completed|response date|answered|"
         r"date submitted|survey date|^date$"),
        ("started_at", ("time", "unclear time"), r"^start ?date|start time"),
        ("nps", ("scale", "number"),
         r"how likely .*recommend|likel\w* to recommend|\bnps\b(?!.*(group|rating|category))|"
         r"\bnet ?pro|recommend .*(friend|colleague)"),
        ("csat", ("scale", "category", "flag"),
         r"\bcsat\b|overall.*satisf|satisf.*overall|^satisfaction|"
         r"how satisfied .*(overall|with us)|^overall\b|\boverall$|q7all|as a whole"),
        ("ces", ("scale",), r"\bces\b|how easy|effort|ma(?:de|kes) it easy"),
        ("comment", ("text",),
         r"comment|verbatim|feedback|why|reason|tell us|anything else|improve|^text\b|open.?end"),
        ("channel", ("category",), r"\bchannel\b|distribution channel|^method$"),
        ("language", ("category",), r"user language|^lang|language"),
        ("duration_s", ("number",), r"duration|seconds|time taken"),
        ("touchpoint", ("category",), r"touch ?point|survey sub ?type"),
        ("weight", ("number",), r"^weight|^wgt|^wt\b"),
    ),
    "customers": (
        ("customer_id", ("id", "number"), r"customer ?(?:id|no|number)?$|client|member|account|"
         r"^id\b|^customer (id|no)"),
        ("signed_up_at", ("time", "unclear time"),
         r"sign.?up|joined|start|created|since|registered"),
        ("churned_at", ("time", "unclear time"), r"cancel|churn|left|end ?date|closed|terminat"),
        ("churned", ("flag", "scale", "category"), r"^churn(?:ed)?\b|^exited|attrition|^left\b"),
        ("tenure", ("number", "scale"), r"tenure|months? (?:with|active)"),
        ("churn_reason", ("category", "text"), r"reason"),
        ("first_name", ("text", "category"), r"first ?name|given name"),
        ("surname", ("text", "category"), r"surname|last ?name|family name"),
        ("email", ("text", "id", "category"), r"e ?mail"),
        ("phone", ("text", "id", "number", "category"),
         r"^phone$|phone (?:no|number)|mobile|telephone"),
        ("monthly_fee", ("number",), r"monthly|fee\b"),
        ("referred_by", ("id", "number"), r"referred"),
        ("acquired_via", ("category",), r"acqui|source"),
    ),
    "orders": (
        ("order_id", ("id", "number", "category", "text"),
         r"order ?(?:id|no|number)|^invoice ?(?:no|id)|transaction"),
        ("customer_id", ("id", "number", "category"), r"customer|client|member|account"),
        ("ordered_at", ("time", "unclear time"), r"date|ordered|time"),
        ("amount", ("number", "scale"), r"amount|total|dollar|revenue|sales|(?<!unit )price|value"),
        ("list_price", ("number",), r"list ?price"),
        ("discount", ("number", "scale"), r"discount"),
        ("returned_at", ("time",), r"return"),
        ("refunded", ("number", "scale"), r"refund"),
        ("channel", ("category",), r"channel"),
    ),
    "interactions": (
        ("interaction_id", ("id", "number"), r"case|ticket|interaction|call ?id"),
        ("customer_id", ("id", "number", "category"), r"customer|client|member|account"),
        ("first_reply_at", ("time",), r"first (?:reply|response)"),
        ("opened_at", ("time", "unclear time"), r"open|created|start|received"),
        ("closed_at", ("time", "unclear time"), r"clos|resolved at|end"),
        ("channel", ("category",), r"^channel$"),
        ("kind", ("category",), r"kind|type|category"),
        ("stage", ("category",), r"stage"),
        ("touchpoint", ("category",), r"touch ?point"),
        ("resolved", ("flag",), r"resolved"),
        ("reopened", ("flag",), r"reopen"),
        ("agent", ("category", "text", "id"), r"agent|owner|assign"),
        ("csat", ("scale", "number"), r"csat|satisf"),
        ("cost", ("number", "scale"), r"cost"),
    ),
    "reviews": (
        ("review_id", ("id", "number"), r"review ?id"),
        ("posted_at", ("time", "unclear time"), r"posted|date"),
        ("rating", ("scale",), r"rating|stars"),
        ("text", ("text",), r"text|review|body"),
        ("source", ("category",), r"source|site"),
    ),
}  # fmt: skip
_TELLS = {
    "responses": r"recommend|\bnps\b|satisf|survey|respon|feedback|how (?:likely|easy)|rating|"
    r"net ?pro",
    "customers": r"churn|exited|tenure|surname|first name|joined|cancel|contract|sign.?up",
    "orders": r"order|invoice|quantity|amount|dollar|discount|price|stock ?code",
    "interactions": r"ticket|\bcase\b|agent|resolved|reopen|opened|first reply",
    "reviews": r"stars|review",
}
_LAYOUTS = ("qualtrics", "surveymonkey", "google forms", "typeform", "spss")
NO_HEADER = "no header"
_OWN_ID = {
    "responses": "response_id",
    "customers": "customer_id",
    "orders": "order_id",
    "interactions": "interaction_id",
    "reviews": "review_id",
}
_NO_SEGMENT = re.compile(
    r"status|finished|progress|ip address|location|recipient|user agent|consent|attention|"
    r"distribution|language|city|name|zip|postal", re.IGNORECASE)  # fmt: skip
LABELS: tuple[dict[str, float], ...] = (
    {"very satisfied": 5, "satisfied": 4, "neutral": 3, "dissatisfied": 2, "very dissatisfied": 1},
    {"very favorably": 5, "somewhat favorably": 4,
     "neither favorably nor unfavorably (neutral)": 3, "somewhat unfavorably": 2,
     "very unfavorably": 1},
    {"strongly agree": 5, "agree": 4, "neither agree nor disagree": 3, "disagree": 2,
     "strongly disagree": 1},
    {"excellent": 5, "good": 4, "average": 3, "poor": 2, "very poor": 1},
    {"very good": 5, "good": 4, "fair": 3, "poor": 2, "very poor": 1},
    {"satisfied": 1, "dissatisfied": 0},
)  # fmt: skip


_PARTS = 3  # columns of one question that make a battery


@dataclass
class Guess:
    """What the study file might say about one table."""

    table: str
    columns: dict[str, Profile] = field(default_factory=dict)
    ratings: list[Profile] = field(default_factory=list)
    segments: list[Profile] = field(default_factory=list)
    attributes: list[Profile] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def table_of(found: list[Profile], layout: str) -> tuple[str, bool]:
    """Say which table a file most likely is, and whether that is sure."""
    if layout in _LAYOUTS:
        return "responses", True
    if layout == NO_HEADER:
        return ("orders" if _bought(found) else "responses"), False
    points = {
        table: sum(bool(re.search(words, column.said)) for column in found)
        for table, words in _TELLS.items()
    }
    points["responses"] += sum(column.kind == "scale" for column in found) // 4
    best = sorted(points, key=lambda table: points[table], reverse=True)
    return best[0], points[best[0]] > points[best[1]]


def _bought(found: list[Profile]) -> dict[str, Profile]:
    """Tell who, when and how much from the values of a file without names, where all are there."""
    numbers = [column for column in found if column.kind in ("number", "id")]
    times = [column for column in found if column.kind == "time"]
    amounts = [c for c in numbers[1:] if re.search(r"[.,]\d{1,2}$", c.example)]
    if not (times and amounts):
        return {}
    return {"customer_id": numbers[0], "ordered_at": times[0], "amount": amounts[-1]}


def unnamed(found: list[Profile]) -> Guess:
    """Guess the place of the columns of a file without a header, from their values alone."""
    columns = _bought(found)
    made = Guess("orders" if columns else "responses", columns)
    said = (
        ", ".join(f"'{ours}' is taken for {column.name}" for ours, column in columns.items())
        or "nothing says what its columns are"
    )
    made.doubts.append(f"the file has no header: {said}. Write names into a first line of it.")
    return made


def guess(found: list[Profile], table: str, usual: set[str]) -> Guess:
    """Guess the place of every column.

    Args:
        found: the columns of the file.
        table: which table it is.
        usual: names of the export that its layout maps by itself.
    """
    made = Guess(table)
    left = [column for column in found if column.kind != "empty" and column.name not in usual]
    for ours, kinds, words in _WORDS[table]:
        fits = [c for c in left if c.kind in kinds and re.search(words, c.said)]
        fits = _ranked(fits, ours, words)
        if fits and ours == _OWN_ID.get(table) and fits[0].distinct < 0.9:
            made.doubts.append(
                f"'{fits[0].name}' repeats, so a row is a part of it; it is no {ours} here."
            )
            fits = []
        if fits and COLUMNS[table][ours] == "flag" and fits[0].kind == "category":
            words = ", ".join(f"'{word}'" for word in fits[0].words[:4])
            made.doubts.append(
                f"'{fits[0].name}' holds {words}: written as yes and no it could be '{ours}'."
            )
            fits = []
        if not fits:
            continue
        made.columns[ours] = fits[0]
        left = [column for column in left if column is not fits[0]]
        others = [column.name for column in fits[1:4]]
        if others and ours in ("nps", "csat", "ces", "answered_at", "customer_id", "amount"):
            made.doubts.append(f"{table}: '{ours}' might also be {' or '.join(map(repr, others))}.")
    if table == "responses":
        made.ratings, beside = _ratings(left)
        if beside:
            made.doubts.append(
                f"responses: {listing([column.name for column in beside])} have the scale of the "
                "ratings and are left out; name those that are ratings."
            )
        left = [column for column in left if column not in made.ratings]
    made.segments = _segments(left, len(made.ratings))
    rest = [column for column in left if column not in made.segments]
    made.attributes = [
        c
        for c in rest
        if table == "customers" and c.kind in ("flag", "number", "category", "scale")
    ]
    return made


def _ranked(fits: list[Profile], ours: str, words: str) -> list[Profile]:
    """Put the best candidate first: named so rather than only worded so, then fuller."""

    def rank(column: Profile) -> tuple:
        at = re.search(words, column.said)
        short = len(column.said)
        whole = ours == "nps" and (column.low, column.high) in ((0, 10), (0, 11))
        return (not whole, at.start() > 0 if at else True, -round(column.filled, 1), short)

    return sorted(fits, key=rank)


def _ratings(left: list[Profile]) -> tuple[list[Profile], list[Profile]]:
    """Find the battery: the largest set of columns that share a scale and use all of it.

    Where some of them are parts of one question (`Q7A`, `Q7B`, `Q7C`), the others are left out.
    """
    scales: dict[tuple, list[Profile]] = {}
    for column in left:
        key = scale_of(column)
        if key:
            scales.setdefault(key, []).append(column)
    key, big = max(scales.items(), key=lambda each: len(each[1]), default=((), []))
    chosen = big
    if big and big[0].kind == "scale":
        chosen = [column for column in big if column.high >= 0.9 * key[1]]
        stems = Counter(_stem(column) for column in chosen)
        parts = {stem for stem, n in stems.items() if stem and n >= _PARTS}
        chosen = [c for c in big if _stem(c) in parts and c in chosen] if parts else chosen
    if len(chosen) < 2:
        return [], []
    return chosen, [column for column in big if column not in chosen]


def _stem(column: Profile) -> str:
    found = re.match(r"[A-Za-z]+\d+", column.name)
    return found[0] if found else ""


def scale_of(column: Profile) -> tuple | None:
    """Name the scale a column seems to be on: (low, high), or its set of labels."""
    if column.kind == "scale":
        for low, high in ((1, 5), (1, 7), (0, 10), (0, 100)):
            if column.low >= 0 and column.high <= high + (high < 100):
                return (low, high)
        return None
    if column.kind in ("category", "flag") and (labels := labels_of(column)):
        return tuple(sorted(labels))
    return None


def labels_of(column: Profile) -> dict[str, float]:
    """Give the numbers that the words of a column stand for, where they are known."""
    words = {word.lower().strip(): word for word in column.words}
    for labels in LABELS:
        if sum(word in labels for word in words) >= min(len(labels), 3) and len(words) <= 7:
            return {words[word]: value for word, value in labels.items() if word in words}
    return {}


def _segments(left: list[Profile], ratings: int) -> list[Profile]:
    fits = [
        column
        for column in left
        if column.kind in ("category", "flag")
        and 2 <= column.values <= MOST_VALUES
        and column.filled > 0.5
        and not _NO_SEGMENT.search(column.said)
    ]
    return sorted(fits, key=lambda column: -column.filled)[:4]
