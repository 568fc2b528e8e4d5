"""The closed lists: canonical columns, result columns, reasons."""

from difflib import get_close_matches

# What each canonical column holds decides how `cleaning` reads it.
# id: text as it stands · time: a moment · score: a number on a declared scale ·
# number: any number · flag: yes or no · category: a short text · text: what people wrote ·
# duration: clock times, words or numbers with a unit, kept in seconds
COLUMNS: dict[str, dict[str, str]] = {
    "responses": {
        "response_id": "id",
        "customer_id": "id",
        "answered_at": "time",
        "started_at": "time",
        "nps": "score",
        "csat": "score",
        "ces": "score",
        "comment": "text",
        "channel": "category",
        "touchpoint": "category",
        "stage": "category",
        "language": "category",
        "duration_s": "duration",
        "weight": "number",
        "consent": "flag",
        "status": "category",
        "finished": "flag",
        "progress": "number",
    },
    "customers": {
        "customer_id": "id",
        "signed_up_at": "time",
        "churned_at": "time",
        "churned": "flag",
        "tenure": "number",
        "churn_reason": "category",
        "voluntary": "flag",
        "referred_by": "id",
        "acquired_via": "category",
        "first_name": "text",
        "surname": "text",
        "email": "text",
        "phone": "text",
        "plan": "category",
        "monthly_fee": "number",
    },
    "orders": {
        "order_id": "id",
        "customer_id": "id",
        "ordered_at": "time",
        "amount": "number",
        "list_price": "number",
        "discount": "number",
        "returned_at": "time",
        "refunded": "number",
        "channel": "category",
        "kind": "category",
        "delivery_failed": "flag",
        "quantity": "number",
        "unit_price": "number",
        "currency": "category",
        "status": "category",
        "refund_of": "id",
        "product": "category",
    },
    "interactions": {
        "interaction_id": "id",
        "customer_id": "id",
        "opened_at": "time",
        "first_reply_at": "time",
        "closed_at": "time",
        "channel": "category",
        "channels_used": "category",
        "kind": "category",
        "stage": "category",
        "touchpoint": "category",
        "resolved": "flag",
        "reopened": "flag",
        "agent": "category",
        "csat": "score",
        "cost": "number",
        "status": "category",
        "first_reply": "duration",
        "resolution": "duration",
        "handled_by": "category",
        "personalised": "flag",
    },
    "reviews": {
        "review_id": "id",
        "source": "category",
        "posted_at": "time",
        "rating": "score",
        "text": "text",
        "reply": "text",
        "replied_at": "time",
    },
    "subscriptions": {
        "subscription_id": "id",
        "customer_id": "id",
        "started_at": "time",
        "ended_at": "time",
        "plan": "category",
        "amount": "number",
        "currency": "category",
        "status": "category",
    },
    "visits": {
        "visitor_id": "id",
        "customer_id": "id",
        "at": "time",
        "event": "category",
        "page": "category",
        "session_id": "id",
        "source": "category",
        "device": "category",
    },
}

# Columns that every table read has for itself; a column of the study's own takes another name.
PLACES = ("file", "line", "damage")

# The columns a Result may have; a new word is added here, with its meaning.
RESULT_WORDS: dict[str, str] = {
    "term": "what is estimated: a driver, a rule, a part of a change",
    "group": "for whom",
    "period": "when",
    "table": "which table of the study",
    "column": "which column of the table",
    "file": "name of the export",
    "line": "line of the export",
    "value": "the value as it stood, or a point on a scale",
    "kind": "what a column holds: id, text, number, time, flag; of a question, its kind",
    "scale": "the points of a scale, and the words written for them",
    "reason": "why a row was set aside or a cell repaired",
    "estimate": "the number asked for, in the result's unit",
    "std_error": "its standard error, in the same unit",
    "conf_low": "lower end of the interval",
    "conf_high": "upper end of the interval",
    "p_value": "p-value as computed",
    "p_adjusted": "p-value after correction for many comparisons",
    "share": "a part of the whole, 0 to 1",
    "rank": "place in the order, 1 is first",
    "n": "answers or rows counted",
    "customers": "customers whose rows these are",
    "periods": "stretches of time counted",
    "n_effective": "answers the weighted sample is worth (Kish)",
    "level": "confidence level of the interval",
    "verdict": "a word from a fixed list",
    "role": "what a term is in a model: driver, control, intercept, cut",
    "part": "which side of an answer: penalty, reward, or what is compared",
    "against": "the other term of a pair",
    "direction": "sign of the association, others held: 1 or -1; or in words",
    "tie": "letters; terms that share one cannot be told apart",
    "r2": "part of the variance of the outcome, 0 to 1",
    "rank_low": "best place the term took, at the level asked for",
    "rank_high": "worst place the term took, at the level asked for",
    "p_first": "probability of being first, from resampling",
    "p_top3": "probability of being among the first three, from resampling",
    "n_needed": "answers that would tell the pair apart",
    "correlation": "correlation with the outcome, nothing else held",
    "vif": "variance inflation: how far other drivers repeat this one",
    "log_odds": "coefficient on the scale of log-odds",
    "odds_ratio": "odds at one point more, divided by the odds before",
    "performance": "mean rating, or the line it is compared with",
    "performance_low": "lower end of the interval of performance",
    "performance_high": "upper end of the interval of performance",
    "cumulative": "share of the total up to and including this row",
    "better": "Kano: share pleased when it is there",
    "worse": "Kano: minus the share displeased when it is not",
    "time": "how long since the start, in the unit the base names",
    "at_risk": "customers still under watch just before this time",
    "events": "how many times it happened",
    "censored": "customers whose watch ended before it happened",
    "expected": "what a model expects where something was counted",
    "finished": "whether the period was watched to its end",
    "statistic": "value of a test statistic; the method names its law",
    "df": "its degrees of freedom",
    "coefficient": "the estimate on the model's own (log) scale",
    "coefficient_error": "standard error of the coefficient, on that scale",
    "limit_low": "lower control limit: where chance alone rarely goes below",
    "limit_high": "upper control limit: where chance alone rarely goes above",
    "raw": "the estimate before pooling or adjustment",
    "p_bottom3": "probability of being among the last three",
    "before": "the same number earlier, or before weighting",
    "after": "the same number later, or after weighting",
    "starts": "the first moment of a stretch of time",
    "ends": "the last moment of a stretch of time",
    "lift": "how many times the overall rate",
    "customer": "a customer's id, or a pseudonym for it",
    "std_error_plain": "standard error if scatter were even and answers independent",
    "of_money": "share of all money that was paid, 0 to 1",
    "expectation": "what the same people expect, as a mean rating",
    "question": "name of a question of the questionnaire",
    "item": "one line of a question that has several",
    "answer": "what could be answered, or what is counted together",
    "asked": "people whom a question was put to",
    "count": "people counted in a cell, each as one",
    "weighted": "the same people, each with his weight",
    "base_weighted": "weights of all who answered, added up",
    "breakdown": "what people are told apart by",
    "letter": "letter of a column of a banner table",
    "above": "letters of the columns this one lies above: capitals at 95%, small at 90%",
    "rest": "whether the column lies above or below everyone else",
    "p_rest": "p-value of the column against everyone else",
    "text": "a question's wording, or what somebody wrote",
    "words": "words of a text that tell what it is about",
    "df_error": "degrees of freedom of the denominator of an F",
    "time_low": "lower end of the interval of a time",
    "time_high": "upper end of the interval of a time",
    "felt": "by how much everyone's score would be higher were these answers like the others",
    "felt_low": "lower end of its interval",
    "felt_high": "upper end of its interval",
    "lost": "share of those who stayed away that went there instead",
    "share_rest": "the same share among everyone else",
    "x": "place along the first line of a map",
    "y": "place along the second line of a map",
    "quality": "how much of a point's distance a map shows, 0 to 1",
}

# Why a row cannot be used. Each row set aside has exactly one of these.
SET_ASIDE: dict[str, str] = {
    "below_table": "a total, a note or the header again, not a record",
    "row_torn": "the row has too few or too many fields",
    "preview": "a preview or test, not a customer's answer",
    "unfinished": "the questionnaire was not finished",
    "no_answer": "nothing was answered",
    "duplicate_response": "the same response id stands in another row",
    "duplicate_customer": "the same customer id stands in another row",
    "duplicate_order": "the same row of the same order stands there a second time",
    "duplicate_interaction": "the same interaction id stands in another row",
    "duplicate_review": "the same review id stands in another row",
    "id_missing": "the id is empty",
    "id_damaged": "a spreadsheet turned the id into a number, and what it was is lost",
    "score_off_scale": "a score lies outside its scale",
    "score_as_date": "a spreadsheet made a date of the answer, as of 9-10; what it was is lost",
    "score_unreadable": "a score is no number (for NPS, no whole one) and has no declared label",
    "date_impossible": "the date does not exist or cannot be read",
    "date_after_as_of": "the date lies after the study's as_of",
    "churn_before_signup": "the customer left before joining",
    "closed_before_opened": "the case was closed before it was opened",
    "amount_unreadable": "the amount is not a number",
    "orphan": "the customer is not in the customer list",
    "speeder": "answered far too fast to have read the questions",
    "straightliner": "the same answer to every rating, given fast",
    "careless": "several signs that the questions were not read",
    "not_counted": "the study file, or the row's own status, says that it does not count",
    "ended_before_started": "the subscription ended before it started",
    "duplicate_subscription": "the same subscription stands in another row",
    "event_missing": "the event has no name",
    "date_missing": "the event has no time",
    "duplicate_export": "the same row stands in an earlier export of the same days",
}

# Set aside by judgement: the headline is shown with and without these rows.
JUDGEMENT = ("duplicate_response", "speeder", "straightliner", "careless")

# Rules that compare with a number, which a study file may set.
THRESHOLDS = ("speeder", "straightliner", "careless")

# What was done to single cells of rows that were kept.
REPAIRS: dict[str, str] = {
    "trimmed": "blanks around the value removed",
    "label_to_number": "the words of a labelled answer removed, the number kept",
    "number_form": "thousands separators, decimal commas or currency signs resolved",
    "date_form": "a date written in another form than most of its column",
    "id_form": "an id that a spreadsheet wrote as a number, written out again",
    "serial_date": "a spreadsheet's day number read as a date (days since 30 December 1899)",
    "epoch": "seconds, milliseconds or microseconds since 1970 read as a moment",
    "placeholder_date": "a date that stands for none, such as 1900-01-01 or 9999-12-31, blanked",
    "clock_change": "a local time that came twice, taken as the earlier, or never, moved forward",
    "after_as_of": "lies after as_of, when it was not known yet; blanked",
    "declared_missing": "a code the study file declares as missing, blanked",
    "word_for_missing": "N/A, none and the like, blanked",
    "off_scale": "outside the scale, blanked",
    "as_date": "a spreadsheet made a date of the answer, as of 9-10; blanked",
    "unreadable": "cannot be read as what the column holds, blanked",
    "duration_form": "a length of time written as a clock, in words or in minutes; in seconds now",
    "id_matched": "an id brought into the form the study file declares",
    "from_its_order": "left blank in a further row of an order, taken from the row that has it",
    "same_moment": "one and the same moment in every row, which is no date; blanked",
    "converted": "money in another currency, at the rate of its day",
}

# What stands around a value or in a heading and nobody sees: blanks of all widths, zero-width
# marks, the byte order mark, soft hyphens, marks of reading direction.
UNSEEN = (
    " \t\r\n\x0b\x0c\x85\u00a0\u00ad\u061c\u1680\u180e\u202f\u205f\u2060\u3000\ufeff"
    + "".join(map(chr, (*range(0x2000, 0x2010), *range(0x2028, 0x202F), *range(0x2066, 0x206A))))
)

# How a note begins that may make every number wrong; such notes are said before all else.
DOUBT = "Doubtful: "

_LABELS = {
    "nps": "NPS",
    "csat": "CSAT",
    "ces": "CES",
    "conf_low": "from",
    "conf_high": "to",
    "std_error": "std. error",
    "p_value": "p",
    "p_adjusted": "p, adjusted",
    "n_effective": "effective n",
    "rows_in": "rows in",
    "handled_by": "handling",
    "personalised": "personal word",
    "tenure_before": "time as a customer before",
    "spend_before": "spend before",
}

_SCORES = ("nps", "csat", "ces")

# What stands above a column that a reader meets, where its word alone does not say it.
_HEADINGS = {
    "x": "across",
    "y": "upwards",
    "term": "what",
    "group": "for whom",
    "period": "when",
    "n": "counted",
    "std_error": "standard error",
    "std_error_plain": "standard error, plain",
    "conf_low": "from",
    "conf_high": "to",
    "p_value": "p-value",
    "p_adjusted": "p-value, adjusted",
    "p_rest": "p-value against the rest",
    "n_effective": "effective number",
    "n_needed": "answers needed",
    "rank": "place",
    "rank_low": "best place",
    "rank_high": "worst place",
    "p_first": "chance of the first place",
    "p_top3": "chance of the first three",
    "p_bottom3": "chance of the last three",
    "tie": "alike share a letter",
    "r2": "part explained",
    "vif": "variance inflation",
    "log_odds": "log-odds",
    "coefficient_error": "error of the coefficient",
    "performance": "mean rating",
    "performance_low": "rating from",
    "performance_high": "rating to",
    "cumulative": "share so far",
    "at_risk": "still watched",
    "events": "times it happened",
    "censored": "watch ended before",
    "df": "degrees of freedom",
    "df_error": "degrees of freedom of the error",
    "limit_low": "lower limit",
    "limit_high": "upper limit",
    "raw": "unadjusted",
    "of_money": "share of the money",
    "base_weighted": "base, weighted",
    "table": "data",
}
_MEASURED = ("points", "share", "money", "ratio")


class Refusal(ValueError):
    """Input that cannot be used; says what, where, and what to do now.

    Attributes:
        file, line, column: where, as far as it is known.
    """

    def __init__(
        self, message: str, *, file: str = "", line: int | None = None, column: str = ""
    ) -> None:
        super().__init__(message)
        self.file, self.line, self.column = file, line, column


def label(word: str) -> str:
    """Write a column word as a person would.

    Example:
        >>> label("n_effective"), label("last_nps")
        ('effective n', 'last NPS')
    """
    parts = (_LABELS[part] if part in _SCORES else part for part in word.split("_"))
    return _LABELS.get(word, " ".join(parts))


def part_named(part) -> str:
    """Say which part of a study is meant by a `segment` with its `value`, a `period`, or both.

    What was chosen by other columns is told by their names.

    Example:
        >>> part_named({"segment": "boarding_area", "value": "B", "period": "2025Q4"})
        'boarding area: B, 2025Q4'
        >>> part_named({"region": "West", "comment": "late"})
        'region: West, comment: late'
    """
    said = [f"{label(part['segment'])}: {part.get('value', '')}"] if part.get("segment") else []
    said += [f"{label(name)}: {each}" for name, each in part.items()
             if name not in ("segment", "value", "period")]  # fmt: skip
    return ", ".join([*said, *([part["period"]] if part.get("period") else [])])


def headings(columns, unit: str = "") -> dict[str, str]:
    """Write what stands above the columns of a result, in words.

    Args:
        columns: words of `RESULT_WORDS`.
        unit: the unit of `estimate`, which names it.

    Example:
        >>> headings(["group", "estimate", "p_adjusted"], "points")
        {'group': 'for whom', 'estimate': 'points', 'p_adjusted': 'p-value, adjusted'}
    """
    words = {name: _HEADINGS.get(name, label(name)) for name in columns}
    if "estimate" in words and unit in _MEASURED and unit not in words.values():
        words["estimate"] = unit
    return words


def need(frame, columns, refusal: type[Refusal], said: str = "there is no column '{}'.") -> None:
    """Refuse a frame, or table, that lacks a column, with the nearest one that it has.

    Example:
        >>> import pandas as pd
        >>> need(pd.DataFrame({"region": []}), ["regoin"], Refusal)
        Traceback (most recent call last):
        cxlab.codebook.words.Refusal: there is no column 'regoin'. Did you mean 'region'?
    """
    known = {name for names in COLUMNS.values() for name in names}
    for column in columns:
        if column not in frame.columns:
            # a word of ours is spelt rightly, only these data do not have it
            near = "" if column in known else did_you_mean(column, frame.columns)
            raise refusal(said.format(column) + near)


def did_you_mean(word: str, known) -> str:
    """Suggest the nearest known word, as the tail of an error message.

    Example:
        >>> did_you_mean("regoin", ["region", "plan"])
        " Did you mean 'region'?"
    """
    small = {str(name).casefold(): str(name) for name in reversed(list(known))}
    asked = str(word).casefold()
    near = get_close_matches(asked, list(small), n=1, cutoff=0.6)
    near = near or [name for name in small if len(asked) > 2 and asked in name][-1:]
    return f" Did you mean '{small[near[0]]}'?" if near else ""
