"""Which table is this file, which files belong together, and what pattern finds them?"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from cxlab import ingest
from cxlab.cleaning.convert import to_currency
from cxlab.cleaning.counting import gives_back, standing
from cxlab.cleaning.durations import unit_named
from cxlab.codebook import Table
from cxlab.drafting.lexicon import EVENT, IN_CENTS, NO_RATING, NO_SUM, TELLS, WHO, WORDS, Word
from cxlab.drafting.profiles import IN_MONEY, MOST_VALUES, Profile, folded
from cxlab.drafting.scales import read_scale
from cxlab.drafting.vendors import Vendor, vendor_of
from cxlab.results import listing

NO_HEADER = "no header"
_SURVEYS = ("qualtrics", "surveymonkey", "google forms", "typeform", "spss")
_CALLED = {
    "responses": r"アンケート|調査|问卷|調查|설문|опрос|anket|survey|nps|csat|feedback|respon|"
    r"umfrage|enquete|encuesta|answers|befragung",
    "customers": r"crm|\bcusts?\b|customer|member|account|kunden|clients?\b|contacts?\b|"
    r"subscribers|mitglieder|socios|patients?\b|guests?\b|tenants|policyholders",
    "orders": r"注文|订单|주문|заказ|siparis|narudzb|order|sales|transaction|\btx\b|purchase|"
    r"payment|invoice|bestell|commande|pedido|"
    r"\bdeals?\b|opportunit",
    "interactions": r"ticket|case|call|interaction|conversation|contacts?\b|visit|support",
    "subscriptions": r"subscription|\bsubs\b|\babo|abonnement|contract|"
    r"\bpolic(?:y|en|ies|es)\b|vertrage",
    "reviews": r"review|resena|recension|avis\b|beoordeling|avaliac|bewertungen",
    "visits": r"web|clickstream|page ?views?|\bga4?\b|matomo|analytics|clicks?\b|\bhits\b",
}
_ALIKE = 0.7  # share of headings that files of one layout have in common
_TOLD_TWICE = 0.9  # of a sheet's rows, those that stand in other sheets, where it is left out


@dataclass(eq=False)
class Files:
    """Exports of one layout.

    Attributes:
        paths: the files, in order of name.
        grids: their cells, those of each sheet apart.
        vendor: the system they come from, where its headings tell.
        long: where a row is a question, the headings of `id`, `question` and `answer`; the
            grids are put together by id then.
        sheets: those that are read, of workbooks that hold several tables.
        whole: whether these are all the tables of the workbooks.
        told: sheets left out, as their rows stand in the others, too.
    """

    paths: list[Path]
    grids: list[ingest.Grid]
    vendor: Vendor | None = None
    long: dict[str, str] = field(default_factory=dict)
    sheets: list[str] = field(default_factory=list)
    whole: bool = False
    told: list[str] = field(default_factory=list)

    @property
    def layout(self) -> str:
        """The layout of the header."""
        return self.grids[0].header.layout

    @property
    def name(self) -> str:
        """The first file's name, with the sheets where there are several."""
        if not self.sheets:
            return self.paths[0].name
        shown = listing([f"'{sheet}'" for sheet in self.sheets], 4)
        return f"{self.paths[0].name}, sheet{'s' if len(self.sheets) > 1 else ''} {shown}"

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(len(grid.lines) for grid in self.grids)

    def everywhere(self) -> set[str]:
        """Give the headings that all files have."""
        return set.intersection(*(set(grid.header.names) for grid in self.grids))


def gathered(paths: Sequence[Path]) -> list[Files]:
    """Read every file whole, and put those of one layout together.

    Raises:
        IngestError: a file cannot be read; the message says why.
    """
    groups: list[Files] = []
    looked = [(path, sheet, grid) for path in sorted(paths, key=lambda path: (path.name, str(path)))
              for sheet, grid in _grids(path)]  # fmt: skip
    parts: list[list[tuple[Path, str, ingest.Grid]]] = []
    for each in looked:
        _, sheet, grid = each
        fit = (of for of in parts if bool(of[0][1]) == bool(sheet) and _alike(of[0][2], grid))
        if home := next(fit, None):
            home.append(each)
        else:
            parts.append([each])
    for of in parts:
        kept = _once(of)
        there = {path for path, _, _ in kept}
        groups.append(
            Files(
                list(dict.fromkeys(path for path, _, _ in kept)),
                [grid for _, _, grid in kept],
                vendor_of(of[0][2].header.names),
                sheets=list(dict.fromkeys(sheet for _, sheet, _ in kept if sheet)),
                whole=len(kept) == sum(path in there for path, _, _ in looked),
                told=[f"{path.name}, sheet '{sheet}'" for path, sheet, grid in of
                      if not any(grid is one for _, _, one in kept)],
            )
        )  # fmt: skip
    return groups


def _once(parts: list[tuple[Path, str, ingest.Grid]]) -> list[tuple[Path, str, ingest.Grid]]:
    """Leave out sheets whose rows stand in the others, as one has them that holds all months."""
    if not parts[0][1] or len(parts) < 2:
        return parts
    common = sorted(set.intersection(*(set(grid.header.names) for _, _, grid in parts)))
    rows = [_hashed(grid, common) for _, _, grid in parts]
    kept = list(range(len(parts)))
    for at in sorted(kept, key=lambda at: (-len(rows[at]), -at)):
        others = [rows[one] for one in kept if one != at]
        told = bool(others) and rows[at].nunique() >= _TOLD_TWICE * len(rows[at])
        if told and rows[at].isin(pd.concat(others)).mean() >= _TOLD_TWICE:
            kept.remove(at)
    return [parts[at] for at in kept]


def _hashed(grid: ingest.Grid, names: list[str]) -> pd.Series:
    cells = grid.cells[[str(grid.header.names.index(name)) for name in names]].astype("str")
    return pd.util.hash_pandas_object(cells, index=False)


def _grids(path: Path) -> Iterator[tuple[str, ingest.Grid]]:
    """Read a file; of a workbook with several tables each sheet, under its name."""
    try:
        yield "", ingest.look(path, Table(files=(path.name,)))
    except ingest.ManySheets as many:
        for sheet in many.sheets:
            yield sheet, ingest.look(path, Table(files=(path.name,), sheet=sheet))


def _alike(one: ingest.Grid, other: ingest.Grid) -> bool:
    mine, theirs = set(one.header.names), set(other.header.names)
    common = len(mine & theirs)
    return one.header.layout == other.header.layout and common >= _ALIKE * len(mine | theirs)


_FEW, _SHORT = 4, 8  # columns
_SEEN = 500  # values by which money is known


_BOOKED = r"\b(?:order|booking|reservation|bestell|pedido|commande|ordine|buchung)"


FELT = r"how (?:satisfied|happy|easy)|satisfait|satisfech|zufrieden|tevreden|soddisfatt|zadowol|"
FELT += r"satysfak|zadovolj|spokojen|tilfreds|nojd|tyytyv|eleged|memnun|"
FELT += r"smil(?:e|ey|eys|ies)\b|emoji|\bmood\b|stimmung|humeur"

RATED = r"\brat(?:e|ed|ing)\b|bewert|beoordel|\bnote[rz]\b|valor[ae]|valut|califi|oceń|ocena"


STAFF = re.compile(
    r"\b(?:agents?|advis[oe]rs?|assistant|(?:chat)?bot|operators?|representative|rep|staff|system|"
    r"mitarbeiter(?:in)?|berater(?:in)?|conseiller|agente|operador|medewerker|operatore)\b"
)
_TALK = r"conversation|\b(?:chat|ticket|case|thread|dialog(?:ue)?|session|call|contact|gesprach)\b"
SPEAKER = re.compile(r"(?:speaker|sender|author|participant|user)(?: (?:type|role))?|role|said by|"
                     r"sprecher|absender|auteur|hablante|rol")  # fmt: skip


def speakers(found: Sequence[Profile]) -> tuple[Profile, Profile] | None:
    """Name conversation and speaker where a row is what one side said, as in a transcript."""
    talks = [c for c in found if re.search(_TALK, c.called) and c.distinct < 0.9]
    talks = [c for c in talks if c.kind in ("id", "number", "category")]
    sides = [c for c in found if SPEAKER.fullmatch(c.called) and len(c.counts) <= MOST_VALUES]
    sides = [c for c in sides
             if 0 < sum(bool(STAFF.search(folded(w))) for w in c.counts.index) < len(c.counts)
             ]  # fmt: skip
    written = any(c.kind == "text" for c in found)
    return (talks[0], sides[0]) if talks and sides and written and not scored(found) else None


def scored(found: Sequence[Profile]) -> bool:
    """Say whether a column may be an overall score of a survey."""
    words = (_word("responses", ours) for ours in ("nps", "csat", "ces"))
    return any(_is_rated(c) or _is_part(c) for word in words for c in fits(found, word))


def table_of(found: list[Profile], files: Files) -> tuple[str, str]:
    """Say which table a file most likely is; where that is not sure, also which it may be."""
    if files.vendor:
        return files.vendor.table, ""
    if files.long or files.layout in _SURVEYS:
        return "responses", ""
    if speakers(found):
        return "reviews", ""
    points = _points(found)
    stem = folded(" ".join(files.sheets) or files.paths[0].stem)
    for table, words in _CALLED.items():
        points[table] += 2 * bool(re.search(words, stem))
    named = {table for table, told in points.items() if told}
    points.update(_content(found))
    best = sorted(points, key=lambda table: (-points[table], list(TELLS).index(table)))
    # an id that does not repeat and a date say little of what a row is, if no heading does
    said = best[0] in named or len(found) > _FEW
    sure = said and points[best[0]] >= points[best[1]] + 2
    return best[0], "" if sure else best[1]


def _points(found: list[Profile]) -> Counter[str]:
    points: Counter[str] = Counter(dict.fromkeys(TELLS, 0))
    for table, tells in TELLS.items():
        for words, worth in tells:
            hits = sum(bool(re.search(words, column.said)) for column in found)
            points[table] += worth * min(hits, 3)
    return points


def _content(found: list[Profile]) -> Counter[str]:
    """Give points for what the values say: who repeats, what is dated, what is rated."""
    points: Counter[str] = Counter()
    who = fits(found, _word("customers", "customer_id"))
    began = fits(found, _word("customers", "signed_up_at"))
    ended = [c for c in fits(found, _word("customers", "churned_at")) if c not in began]
    ended = ended or fits(found, _word("subscriptions", "ended_at"))
    began = began or fits(found, _word("subscriptions", "started_at"))
    named = [column for column in who if is_who(column)] if began and ended else []
    once = bool(who) and max(column.distinct for column in named or who) > 0.97
    several = bool(who) and not once
    asked = [c for c in fits(found, _word("responses", "nps")) if _is_asked(c)]
    rated = [c for c in found if c.kind == "scale" and not re.search(NO_RATING, c.said)]
    left = fits(found, _word("customers", "churned"))
    coded = [c for c in found if c.kind == "id"]
    numbered = fits(found, _word("orders", "order_id"))
    money = fits(found, _word("orders", "amount"))
    money = money or [c for c in found if is_money(c) and not re.search(NO_SUM, c.called)]
    times = [c for c in found if c.kind in ("time", "unclear time")]
    said = [c for c in found if c.kind in ("category", "text")]
    pleased = [c for c in found if re.search(FELT, c.said)] + fits(found, _word("responses", "ces"))
    pleased = [c for c in pleased + fits(found, _word("responses", "csat"))
               if _is_rated(c) or _is_part(c)]  # fmt: skip
    points["responses"] += 5 * bool(asked) + min(len(rated) // 2, 4)
    points["responses"] += 4 * bool(pleased and len(found) <= _SHORT and not (ended or left))
    written = any(c.kind == "text" for c in fits(found, _word("responses", "comment")))
    points["responses"] += 4 * (sum(bool(re.search(RATED, c.said)) for c in rated) > 1)
    points["responses"] -= 4 * (not (rated or written or pleased or any(map(_is_rated, said))))
    points["customers"] += 4 * bool(left) + 3 * (once and bool(began)) + 3 * (once and bool(ended))
    points["customers"] -= 4 * several
    written = any(len(c.counts) <= c.n / 3 for c in times) and not (asked or pleased or coded)
    points["customers"] += 9 * (several and written and any(map(_is_of_account, found)))
    named_own = [c for c in coded if c.distinct > 0.99]
    dated = [re.search(_FIRST_LAST, c.called) for c in times]
    if named_own and len({bool(said[1]) for said in dated if said}) == 2:
        points["customers"] += 8  # the first and the last day of each, beside sums of all
    if began and ended and is_brief(began, ended[0]):
        points["customers"] -= 8  # a meeting is no membership
        points["interactions"] += 4 * (not money)
    points["orders"] += 3 * bool(money and times and (who or coded or numbered)) - 4 * (not money)
    points["orders"] += 3 * (bool(money and times) and not once and any(map(_is_dealt, found)))
    points["interactions"] -= 6 * (not times)
    if once and is_who(who[0]) and _live(times) and not any(c is not who[0] for c in coded):
        points["customers"] += 5
    if money and times and who and _has_own_id(coded, who[0]) and not (left or ended):
        points["orders"] += 4
        points["customers"] -= 4
    booked = any(re.search(_BOOKED, column.called) for column in coded) and bool(money)
    asks = fits(found, _word("interactions", "interaction_id")) + fits(
        found, _word("interactions", "first_reply")
    )  # 'Ticket', 'Opened', 'Closed' are no spell of a contract
    told_so = booked or any(column.called != "id" for column in asks)
    if several and began and ended:
        points["subscriptions"] += 0 if told_so or is_brief(began, ended[0]) else 7
    visited = _visited(found, times)
    told = money or asked or pleased
    if several and times and not told and len(found) <= 4 and visited < 3:
        points["interactions"] += 4
    stars = [c for c in fits(found, _word("reviews", "rating")) if c.kind != "text"]
    read = fits(found, _word("reviews", "text"))
    points["reviews"] -= 4 * bool(who or asked) - 4 * bool(stars and read)
    points["reviews"] -= 4 * (not (stars or read))  # 'Reply time' alone is no review
    points["visits"] += visited
    points["subscriptions"] -= 8 * (not (began or ended))
    return points


_FIRST_LAST = re.compile(
    r"^(?:(first|erst|premier|primer|primeir|prim[ao]\b|eerste|forsta|forste|pierwsz|prvni)|"
    r"(?:last|letzt|dernier|ultim|laatste|senast|siste|sidste|ostatni|posledni))"
)


def _is_dealt(column: Profile) -> bool:
    """Say whether words call some rows sold, and others void or given back."""
    if column.kind != "category" or len(column.counts) > MOST_VALUES or column.numbers:
        return False
    words = column.counts.index.to_series()
    said, back = standing(words, "orders").to_numpy(), gives_back(words)
    return bool(((said == "counts") & ~back).any() and ((said == "not_counted") | back).any())


def is_brief(began: Sequence[Profile], ended: Profile) -> bool:
    """Say whether what began has ended within a day: a ride, a meeting or a stay, no contract."""
    if ended.moments is None or ended.filled < 0.9:
        return False
    starts = [c.moments for c in began if c.moments is not None and c is not ended]
    took = [ended.moments.median() - start.median() for start in starts]
    return any(pd.Timedelta(0) < each < pd.Timedelta("1D") for each in took)


def _is_of_account(column: Profile) -> bool:
    """Say whether a heading tells what a customer has at a day, as lists written monthly do."""
    return bool(re.search(r"\b[am]rr\b|snapshot|\bseats\b|licen[cs]es\b", column.called))


def _live(times: list[Profile]) -> bool:
    """Say whether all have a day and some a later one, as those have who left."""
    began = [c.moments.median() for c in times if c.moments is not None and c.filled > 0.97]
    ended = [c.moments.median() for c in times if c.moments is not None and c.filled < 0.9]
    return len(began) == len(ended) == 1 and ended[0] > began[0]


def _has_own_id(coded: list[Profile], whose: Profile) -> bool:
    """Say whether rows have an id beside that of the customer whose they are."""
    named = re.search(WHO[0], whose.called) and not re.fullmatch(r"ids?", whose.called)
    own = [c for c in coded if re.search(r"^(?:id|uuid|guid|number|no|nr)$|transaction|txn",
                                         c.called)]  # fmt: skip
    return bool(named) and any(column is not whose for column in own)


def _visited(found: list[Profile], times: list[Profile]) -> int:
    """Give points for what one must know of events: whose, when and what, many times over."""
    told = [
        fits(found, _word("visits", ours))
        for ours in ("visitor_id", "customer_id", "session_id", "event", "page")
    ]
    visitors, customers, sessions, events, pages = told
    whose = visitors or customers
    if not whose or not times or not (events or pages) or whose[0].distinct > 0.97:
        return -9
    named = any(re.match(EVENT, column.called) for column in events)
    return 3 * named + bool(events) + 2 * bool(pages) + bool(sessions) + 2 * bool(visitors)


def is_money(column: Profile) -> bool:
    """Say whether values are written as sums are, with two decimals or a currency, or headed so."""
    texts = column.counts.index.to_series()
    signed = (to_currency(texts.head(_SEEN)).values.fillna("%") != "%").mean() > 0.9
    cents = texts.str.fullmatch(r"-?[\d., \u00a0\u202f']*\d[.,]\d\d").mean() > 0.9
    plain = column.kind in ("number", "unclear number", "id", "scale")
    plain = plain and not lasts(column)
    zeros = sum(column.counts[word] for word, number in column.numbers.items() if not number)
    headed = bool(IN_MONEY.search(column.name) or re.search(IN_CENTS, column.called))
    headed = headed and zeros < 0.5 * column.n
    return bool(plain and (signed or headed or (cents and len(texts) > _FEW)))


def lasts(column: Profile) -> bool:
    """Say whether a heading ends with a unit of time in brackets, as 'Svarstid (h)' does."""
    behind = re.search(r"[(\[](?:in )?(\w+)[)\]]\s*$", column.name)
    return bool(behind and unit_named(behind[1]))


# what a row of a table is called where a heading counts them
_ROWS = {
    "responses": r"responses?|respondents?|answers?|surveys?|cases?|antworten|befragte|reponses|"
    r"respuestas|encuestados|repondants|antwoorden|base",
    "customers": r"customers?|clients?|members?|accounts?|subscribers?|kunden|mitglieder|clientes|"
    r"klanten",
    "orders": r"orders?|transactions?|purchases?|sales|bookings?|bestellungen|auftrage|commandes|"
    r"achats|pedidos|compras|bestellingen|ordini",
    "subscriptions": r"subscriptions?|contracts?|vertrage|abonnements|abos|contratos",
    "interactions": r"tickets?|cases?|calls?|contacts?|conversations?|chats?|anrufe|anfragen|"
    r"gesprache|appels|demandes|llamadas|casos|contactos|oproepen|gesprekken",
    "reviews": r"reviews?|ratings?|bewertungen|avis|resenas|recensioni",
    "visits": r"events?|hits?|sessions?|page ?views?|views?|clicks?|visits?|ereignisse|sitzungen|"
    r"evenements|eventos|sesiones",
}
_COUNT = r"count|n|freq(?:uency)?|(?:row|record|total) ?count|anzahl|haufigkeit|effectifs?|aantal"
_OF = r"(?:(?:number|no|count|n|total|nr|anzahl|nombre|numero|aantal) (?:of |der |de |d |von )?)"


def counts_rows(column: Profile, table: str) -> bool:
    """Say whether a column counts what the rows of a table are: then a row stands for several.

    Args:
        column: of the table.
        table: of ours; an empty word for any of them.
    """
    rows = _ROWS[table] if table else "|".join(_ROWS.values())
    named = re.fullmatch(
        rf"{_COUNT}|{_OF}?(?:{rows})(?: (?:count|offered|answered|handled|received|placed|total))?",
        column.called,
    )
    if (
        not named
        or is_numbered(column)
        or column.kind not in ("number", "scale", "unclear number", "id")
    ):
        return False
    tally = column.tally()
    whole = all(float(number).is_integer() and number >= 0 for number in tally)
    return whole and len(tally) > 1 and sum(n * held for n, held in tally.items()) > column.n


def is_numbered(column: Profile) -> bool:
    """Say whether a heading is that of running numbers, as 'Order #', which may begin anew."""
    return bool(re.search(r"#\W*$", column.name))


def _is_rated(column: Profile) -> bool:
    return column.kind == "scale" or (
        column.kind == "category" and read_scale([column]) is not None
    )


def _is_part(column: Profile) -> bool:
    """Say whether values are parts of one, as a sheet keeps percentages, or points of a slider."""
    numbers = column.numbers.values()
    if column.kind != "number" or min(numbers) < 0:
        return False
    return max(numbers) <= 1 or (50 < max(numbers) <= 100 and not any(n % 5 for n in numbers))


def _is_asked(column: Profile) -> bool:
    words = r"^(?:score|rating|note|bewertung|puntuacion|punteggio)$"
    return not re.search(words, column.called) or len(column.tally()) > 5


def _word(table: str, ours: str) -> Word:
    return next(word for word in WORDS[table] if word.ours == ours)


def fits(found: Sequence[Profile], word: Word) -> list[Profile]:
    """List the columns that a word of ours may mean, the likeliest first."""
    ranked = []
    for column in found:
        if column.kind not in word.kinds or re.search(word.never, column.called):
            continue
        tier = _tier(column, word)
        if tier is not None:
            ranked.append((tier, -round(column.filled, 1), len(column.said), column.name, column))
    return [each[-1] for each in sorted(ranked, key=lambda each: each[:-1])]


def _tier(column: Profile, word: Word) -> int | None:
    """Say how surely a heading means a word: the tier, later where only the wording says so."""
    bare = re.sub(r"^q ?\d{1,3}[a-z]? (?=\w{3})", "", column.called)  # 'Q1_Satisfaction'
    for at, pattern in enumerate(word.tiers):
        if re.search(pattern, column.called) or re.search(pattern, bare):
            return 2 * at
        if word.worded and any(re.search(pattern, said) for said in (column.said, column.asked)):
            return 2 * at + 1
    return None


def is_who(column: Profile) -> bool:
    """Say whether a heading names customers outright."""
    return any(re.search(pattern, column.called) for pattern in WHO[:2])


# ---------------------------------------------------------------- patterns of file names


def pattern(paths: Sequence[Path]) -> tuple[list[Path], bool]:
    """Find the one pattern that names these files, and next month's, but no other.

    Args:
        paths: the files of one layout.

    Returns:
        One path with a `*`, or the files themselves; and whether it is a pattern.
    """
    folders = {path.parent.resolve() for path in paths}
    if len(paths) < 2 or len(folders) > 1:
        return list(paths), False
    names = [path.name for path in paths]
    beside = {path.name for path in paths[0].parent.iterdir() if path.is_file()}
    for form in _forms(names):
        taken = {name for name in beside if Path(name).match(form)}
        if taken == set(names):
            return [paths[0].parent / form], True
    return list(paths), False


def _forms(names: list[str]) -> list[str]:
    """Write patterns for names that differ in a month or a number, the widest first."""
    head, tail = _common(names), _common([name[::-1] for name in names])[::-1]
    within = any(name[len(head) : len(head) + 1].isalpha() for name in names)
    wide = re.sub(r"[^\W\d_]+$", "", head) if within else head
    wide = re.sub(r"(?:\d+[-_. ]*)+$", "", wide)
    ends = Path(names[0]).suffixes[-2 if names[0].endswith(".gz") else -1 :]
    start, ending = _literal(wide), _literal("".join(ends))
    forms = [f"{start}*{ending}", f"{start}[0-9]*{ending}"]
    forms = forms if wide else forms[::-1]
    return [*forms, f"{_literal(head)}*{ending}", f"{_literal(head)}*{_literal(tail)}"]


def _literal(text: str) -> str:
    return re.sub(r"([\[\]*?])", r"[\1]", text)


def _common(names: list[str]) -> str:
    shortest = min(names, key=len)
    for at, letter in enumerate(shortest):
        if any(name[at] != letter for name in names):
            return shortest[:at]
    return shortest
