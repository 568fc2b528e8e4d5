"""Answers a draft would otherwise pass over in silence: scores and marks it does not use."""

import re
from collections import Counter

from cxlab.cleaning.counting import standing
from cxlab.codebook import COLUMNS
from cxlab.drafting.doubts import mean, would_be
from cxlab.drafting.guesses import SCORES, Guess
from cxlab.drafting.lexicon import NO_RATING, WORDS, Word
from cxlab.drafting.profiles import Profile
from cxlab.drafting.scales import read_scale
from cxlab.drafting.tables import FELT, fits
from cxlab.results import count, listing

FEWEST, MOSTLY = 3, 0.9  # values that tell anything, and the part of them that has to agree
_POINTS = 8  # columns, headed 0 to 10, that are the points of one question
_ASKED = r"satisf|zufrieden|\brat(?:ed|ing)\b|\bscore\b|\bstars\b|\bnote\b|bewertung"
_NO_ASKED = r"health|credit|lead|risk|fraud|engag|propens|quality"


def is_named(column: Profile, word: Word) -> bool:
    """Say whether a heading is one of those that say outright what a column of ours is."""
    return not re.search(word.never, column.called) and any(
        re.search(tier, column.called) for tier in word.tiers[:2]
    )


def asked_here(made: Guess) -> None:
    """Doubt answers that stand in a table of other things and are not read."""
    if made.table in ("responses", "reviews"):
        return
    used = set(map(id, made.columns.values()))
    words = [word for word in WORDS["responses"] if word.ours in SCORES]
    for column in made.found:
        if id(column) in used or any(
            f"'{column.name}' holds answers" in d.text for d in made.doubts
        ):
            continue
        if _is_verdict(made, column):
            return
        if not (tally := _points_of(column)):
            continue
        if len(tally) < FEWEST or not 0 <= min(tally) < max(tally) <= 100:
            continue
        ours = next((word.ours for word in words if fits([column], word)
                     and (word.ours != "nps" or max(tally) > FEWEST + 4)), "")  # fmt: skip
        judged = re.search(f"{_ASKED}|{FELT}", column.called) and not re.search(
            _NO_ASKED, column.called
        )
        ours = ours or ("csat" if judged and len(tally) <= _POINTS + 3 else "")
        points = len(tally) >= _POINTS and min(tally) == 0 and max(tally) == 10
        if not ours and points and not re.search(NO_RATING, column.called):
            ours = "nps"  # answered as NPS is
        if ours and (ours != "csat" or made.columns.get("csat") is None):
            number = would_be(ours, column) or f"a mean of {mean(tally):.2f}"
            made.doubt(
                f"'{column.name}' holds answers ({number}), and no page reads them "
                f"in {made.table}. List the file again under responses, with '{ours}: "
                f"{column.name}'.",
                0.5,
                "columns",
            )
            return


_YES_NO = (
    r"resolved|solved|fixed|reach|gelost|resuel|resolu|\bagain\b|wieder|\b(?:did|was|were|is|are|"
)
_YES_NO += r"has|have|had|do|does|would|will) (?:you|it|we|the|your)\b|\bfcr\b"


def one_or_two(made: Guess) -> None:
    """Doubt yes and no that are coded 1 and 2: nothing says which is which."""
    words = [word for word in WORDS[made.table] if COLUMNS[made.table].get(word.ours) == "flag"]
    used = set(map(id, made.columns.values()))
    for column in made.found:
        tally = column.tally() if id(column) not in used and column.numbers else {}
        ours = next(
            (w.ours for w in words if w.ours not in made.columns and is_named(column, w)), ""
        )
        if set(tally) != {1, 2} or not (ours or re.search(_YES_NO, column.said)):
            continue
        made.doubt(
            f"'{column.name}' holds 1 ({tally[1]:,}) and 2 ({tally[2]:,}), as yes and no are "
            f"coded: if 1 is yes, that is {tally[1] / sum(tally.values()):.0%}, otherwise "
            f"{tally[2] / sum(tally.values()):.0%}. Write the words into the export"
            f"{f', then map it as {ours!r}' if ours else ''}; no page reads the codes.",
            0.4,
            "columns",
        )


_MONTHLY = r"[^\W\d_]{3,10}\.?[ '/-]{1,2}(?:20)?\d\d"
_DAY = r"\d{1,4}[-./年] ?\d{1,2}[-./月] ?\d{1,4}"
_MEASURED = re.compile(r"(\D{0,6}?)([-+]?\d[\d.,' \u00a0\u202f]*)(\D{0,8}?)")


def looks_read(made: Guess) -> None:
    """Doubt what looks like dates, or like numbers with a word, and is read as neither."""
    used = set(map(id, (*made.columns.values(), *made.ratings.values())))
    for column in made.found:
        shown = column.counts.index[:_SHOWN].to_series()
        told = any(f"'{column.name}'" in doubt.text for doubt in made.doubts)
        odd = column.kind in ("category", "text", "id") and not column.numbers
        if id(column) in used or not odd or told or len(shown) < FEWEST:
            continue
        parts = [_MEASURED.fullmatch(cell.strip()) for cell in shown]
        around = {(found[1].strip(), found[3].strip()) for found in parts if found}
        dated = shown.str.contains(_DAY, regex=True) | shown.str.fullmatch(_MONTHLY)
        if dated.mean() > MOSTLY and shown.str.len().max() < 30:
            what = "what looks like dates"
        elif all(parts) and len(around) == 1 and shown.str.contains(r"\d[.,]\d").mean() > 0.5:
            what = "numbers with a word or a sign"
        else:
            continue
        made.doubt(
            f"'{column.name}' ('{column.example}') holds {what} that are not read, in "
            f"{count(column.n, 'row')}. Export it in a plain form, then map it.",
            0.5,
            "columns",
        )


_SHOWN = 200  # values at which a column is looked


def one_ladder(made: Guess) -> None:
    """Doubt words that several columns of answers share, as points of a scale in no known order."""
    if made.table != "responses":
        return
    used = set(map(id, (*made.columns.values(), *made.ratings.values())))
    sets: dict[frozenset[str], list[Profile]] = {}
    for column in made.found:
        few = column.kind == "category" and 3 <= len(column.counts) <= _POINTS - 1
        if few and id(column) not in used and not column.numbers and column.filled > 0.3:
            sets.setdefault(frozenset(column.counts.index), []).append(column)
    for words, columns in sets.items():
        if len(columns) < 2:
            continue
        shown = [f"'{word}' ({columns[0].counts[word]:,})" for word in columns[0].counts.index]
        first = columns[0].counts.index[0]
        made.doubt(
            f"{listing([repr(column.name) for column in columns], 4)} share "
            f"{count(len(words), 'word')}, as ratings do, in no order that is known: "
            f"{listing(shown, _POINTS)} in the first. Name them under ratings, and say under "
            f"'scales: {{ratings: {{range: 1..{len(words)}, labels: {{{first!r}: …}}}}}}' which "
            "point each stands for.",
            0.6,
            "ratings",
        )


def one_scale(made: Guess) -> None:
    """Doubt points of a scale that stand alone among answers and are no rating, with their mean."""
    if made.table != "responses" or not set(SCORES) & made.columns.keys():
        return
    used = set(map(id, (*made.columns.values(), *made.ratings.values())))
    for column in made.found:
        tally = column.tally() if column.kind == "scale" and id(column) not in used else {}
        points = FEWEST < len(tally) <= _POINTS + 3 and max(tally) >= FEWEST + 2
        if not points or re.search(NO_RATING, column.called) or column.distinct > 0.9:
            continue
        if any(column.name in doubt.text for doubt in made.doubts):
            continue
        made.doubt(
            f"'{column.name}' is answered on {min(tally):g}..{max(tally):g} (a mean of "
            f"{mean(tally):.2f}) and is kept as a question. If it rates, name it under ratings, or "
            "as 'csat' or 'ces' under columns.",
            0.2,
            "ratings",
        )
        return


def marked(made: Guess) -> None:
    """Doubt a mark that some orders bear and nothing reads: they may not count."""
    amount = made.columns.get("amount")
    if made.table != "orders" or amount is None:
        return
    numbers = made.raw(amount).map(amount.numbers).astype(float)
    used = set(map(id, made.columns.values()))
    for column in made.found:
        mark = column.counts.index[0] if len(column.counts) == 1 else ""
        rule = column.name in made.said.get("where", {})
        if column.filled > 0.5 or id(column) in used or rule or not mark:
            continue
        said = standing(column.counts.index.to_series(), "orders")
        if len(mark) > 4 and said.iloc[0] != "not_counted":
            continue
        rows = made.raw(column) == mark
        made.doubt(
            f"'{column.name}' bears '{mark}' in {int(rows.sum()):,} of {len(rows):,} rows, worth "
            f"{numbers[rows].sum():,.2f} of {numbers.sum():,.2f}, and they are counted. If they do "
            f"not count, write `where: {{{column.name}: {{filled: no}}}}`.",
            0.3,
            "where",
        )
        return


_VERDICT = r"feedback|thumb|helpful|\brat(?:ed|ing)\b|satisf|zufrieden|hilfreich|\bvote"


def _is_verdict(made: Guess, column: Profile) -> bool:
    """Doubt two or three words by which people judged, such as thumbs, and nothing reads."""
    few = column.kind in ("category", "flag") and 2 <= len(column.counts) <= 3
    if not few or not re.search(_VERDICT, column.called) or made.columns.get("csat") is not None:
        return False
    shown = [f"'{word}' ({rows:,})" for word, rows in column.counts.items()]
    made.doubt(
        f"'{column.name}' holds {listing(shown)}, and no page reads them in {made.table}. If "
        "people judged so, write yes and no, or points, and map it as 'csat'.",
        0.4,
        "columns",
    )
    return True


def _points_of(column: Profile) -> dict[float, int]:
    """Count the points of a column, also where words in a known order stand for them."""
    if column.numbers:
        return column.tally()
    reading = read_scale([column]) if column.kind == "category" else None
    points: Counter[float] = Counter()
    for word, rows in column.counts.items():
        if reading and word in reading.labels:
            points[reading.labels[word]] += int(rows)
    return dict(points)


def points_as_columns(made: Guess) -> None:
    """Doubt a score of which each point is a column with a mark in it, and give its number."""
    points: dict[int, Profile] = {}
    for column in made.found:
        figure = re.fullmatch(r"(\d{1,2})(?: .*)?", column.called)
        if figure and column.n and len(column.counts) == 1:
            points.setdefault(int(figure[1]), column)
    marked = sum(column.n for column in points.values())
    if len(points) < _POINTS or max(points) > 10 or not 0 < marked <= made.files.rows:
        return
    high = sum(column.n for point, column in points.items() if point > 8)
    low = sum(column.n for point, column in points.items() if point < 7)
    made.doubt(
        f"columns '{points[min(points)].name}' to '{points[max(points)].name}' hold one mark a "
        f"row, as the points of one question do: as NPS it would be "
        f"{100 * (high - low) / marked:.1f} "
        f"on {count(marked, 'answer')}. Export it in one column (condensed, with values).",
        1.0,
        "columns",
        "nps",
    )


def weighted(made: Guess) -> None:
    """Doubt a column taken for weights, with the number without them."""
    weight = made.columns.get("weight")
    scores = [made.columns[ours] for ours in SCORES if ours in made.columns]
    score = next(iter(scores), None)
    if weight is None or score is None or not (weight.numbers and score.numbers):
        return
    worth = made.raw(weight).map(weight.numbers).astype(float)
    points = made.raw(score).map(score.numbers).astype(float)
    if score is made.columns.get("nps"):
        groups = (points > 8).astype(float) - (points < 7)
        points = 100 * groups.where(points.between(0, 10))
    known = points.notna() & worth.notna()
    if worth[known].nunique() < 2:
        return
    with_ = float((points * worth)[known].sum() / worth[known].sum())
    made.doubt(
        f"'{weight.name}' is taken for weights: with them '{score.name}' is {with_:.2f}, without "
        f"{float(points[known].mean()):.2f}. Take the line out if it is something else.",
        0.5,
        "columns",
        "weight",
    )
