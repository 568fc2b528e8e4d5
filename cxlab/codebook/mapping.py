"""The study file: where the exports are, which columns mean what, what to report."""

import re
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from cxlab.codebook.conditions import ANSWER, QUESTION, WHERE, Condition, id_rule
from cxlab.codebook.journey import Journey, check_visits
from cxlab.codebook.questions import ASKED, Question
from cxlab.codebook.scales import Scale
from cxlab.codebook.words import COLUMNS, PLACES, SET_ASIDE, THRESHOLDS, Refusal, did_you_mean

UNLIKE = "unlike"  # type of an error whose message says which form is asked for


class MappingError(Refusal):
    """A study file cannot be used as it stands."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Table(_Part):
    """One table of the study: its files, and what their columns mean.

    Attributes:
        files: path or pattern, relative to the study file.
        columns: canonical column name -> name in the export.
        ratings: touchpoint rating -> name in the export (responses only).
        batteries: name -> ratings that were asked together, as one matrix; signs of haste are
            looked for within these alone, so that a further rating drops no answer.
        scales: score or rating -> its scale; `ratings` stands for all of them.
        segments: columns of the export to report by; a mapping renames them.
        attributes: further columns to keep as they are, such as CRM fields.
        formats: column -> date format as strftime writes it; for a length of time, its unit
            (`tenure` too: days, weeks, months, quarters or years).
        where: heading of the export, or name of ours -> what its cell must hold for the row
            to count; all conditions hold.
        ids: id column -> the rule that brings its ids into one form.
        split: column -> what stands between several labels in one cell; the row counts for each.
        since: first day of a customer list that holds only those who were there then.
        question, answer: where a row is a question and not a person, the columns that name
            the question and hold the answer; `columns` and `ratings` then name questions too.
        questions: name -> a question of the questionnaire, to be tabulated (responses only).
        rules: cleaning rule -> `off`, or its threshold.
        encoding, delimiter, decimal, sheet: declared where they cannot be found out; several
            sheets of one layout are a list, or `*` for all that hold a table.
    """

    files: tuple[str, ...]
    columns: dict[str, str] = Field(default_factory=dict)
    ratings: dict[str, str] = Field(default_factory=dict)
    batteries: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    scales: dict[str, Scale] = Field(default_factory=dict)
    segments: dict[str, str] = Field(default_factory=dict)
    attributes: dict[str, str] = Field(default_factory=dict)
    formats: dict[str, str] = Field(default_factory=dict)
    rules: dict[str, float | Literal["off"]] = Field(default_factory=dict)
    weight: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: Literal[".", ","] | None = None
    sheet: str | tuple[str, ...] | None = None
    where: dict[str, Condition] = Field(default_factory=dict)
    ids: dict[str, str] = Field(default_factory=dict)
    split: dict[str, str] = Field(default_factory=dict)
    since: date | None = None
    question: str | None = None
    answer: str | None = None
    questions: dict[str, Question] = Field(default_factory=dict)

    @field_validator("files", mode="before")
    @classmethod
    def _one_or_many(cls, given: Any) -> Any:
        if given in ([], None):
            raise ValueError("name a file.")
        return (given,) if isinstance(given, str) else given

    @field_validator("segments", "attributes", "ratings", mode="before")
    @classmethod
    def _list_or_names(cls, given: Any) -> Any:
        if isinstance(given, list | tuple):
            return {str(name): str(name) for name in given}
        if given and not isinstance(given, dict):
            form = "a list such as [region, plan], or lines of 'name: column'"
            raise PydanticCustomError(UNLIKE, form)
        return given or {}

    @field_validator("ids", mode="before")
    @classmethod
    def _matched(cls, given: Any) -> Any:
        return {k: id_rule(v) for k, v in given.items()} if isinstance(given, dict) else given

    @field_validator("rules", mode="before")
    @classmethod
    def _known(cls, given: Any) -> Any:
        if isinstance(given, dict):
            for rule, value in given.items():
                if rule not in SET_ASIDE:
                    raise ValueError(
                        f"there is no cleaning rule '{rule}'.{did_you_mean(rule, SET_ASIDE)}"
                    )
                if value != "off" and rule not in THRESHOLDS:
                    raise ValueError(
                        f"the rule '{rule}' compares with no number; it can only be off."
                    )
        return given

    def conditions(self) -> dict[str, Condition]:
        """Give heading of the export -> what its cell must hold for the row to count."""
        known = self.sources()
        return {known.get(name, name): condition for name, condition in self.where.items()}

    def sources(self) -> dict[str, str]:
        """Give every name of ours and the export's name for it."""
        weight = {"weight": self.weight} if self.weight else {}
        return {**self.columns, **weight, **self.ratings, **self.segments, **self.attributes}

    def read(self) -> dict[str, str]:
        """Give every column that is read, also for a condition alone, and the export's name."""
        rows = {QUESTION: self.question, ANSWER: self.answer}
        conditions = {WHERE + heading: heading for heading in self.conditions()}
        return self.sources() | conditions | {name: of for name, of in rows.items() if of}

    def kind(self, table: str, column: str) -> str:
        """Say how a column is read: a kind of COLUMNS, rating, attribute, or asked (a question)."""
        if column.startswith(ASKED):
            return "asked"
        if column in self.ratings:
            return "rating"
        if column == "weight" and self.weight:
            return "number"
        if column in self.segments:
            return "category"
        return COLUMNS[table].get(column, "attribute")

    def scale(self, column: str) -> Scale | None:
        """Give the scale of a score or rating, the default one where none is declared."""
        if column in self.scales:
            return self.scales[column]
        if column in self.ratings:
            return self.scales.get("ratings", _SCALES["ratings"])
        return _SCALES.get(column)


_TENURES = ("days", "weeks", "months", "quarters", "years")
_LENGTHS = ("seconds", "minutes", "hours", "days", "ms", "h:mm", "m:ss")
_SCALES = {
    "nps": Scale(low=0, high=10),
    "csat": Scale(low=1, high=5),
    "ces": Scale(low=1, high=7),
    "ratings": Scale(low=1, high=5),
}


class Privacy(_Part):
    """What may leave in a report.

    Attributes:
        smallest_group: fewest people of a group that anyone sees.
        audiences: fewest for those who read pages (`manager`) and for those who read the
            leadership page, the deck and the slides (`leadership`; twice `smallest_group` if
            not said). The executed notebooks are the analyst's and hold to `smallest_group`.
        mask_comments: whether names and addresses in comments are masked.
    """

    smallest_group: int = Field(default=10, ge=1)
    audiences: dict[Literal["leadership", "manager"], int] = Field(default_factory=dict)
    mask_comments: bool = True

    @model_validator(mode="after")
    def _never_below(self) -> "Privacy":
        for name, fewest in self.audiences.items():
            if fewest < self.smallest_group:
                raise ValueError(
                    f"audiences: {name} would see groups of {fewest}, and nobody may see groups "
                    f"below smallest_group ({self.smallest_group})."
                )
        return self

    def fewest(self) -> dict[str, int]:
        """Give the fewest people of a group that each audience may see."""
        own = self.smallest_group
        usual = {"analyst": own, "manager": own, "leadership": 2 * own}
        return usual | {str(name): fewest for name, fewest in self.audiences.items()}


class Reports(_Part):
    """The grid: which notebooks, for which parts of the study.

    `over` maps a segment to `all` or to a list of values, and may map `period` to
    `monthly` or `quarterly`.
    """

    over: dict[str, str | list[str]] = Field(default_factory=dict)
    notebooks: Literal["all"] | list[str] = "all"

    @field_validator("over", mode="before")
    @classmethod
    def _text(cls, given: Any) -> Any:
        if not given:
            return {}
        if not isinstance(given, dict):
            form = "lines of 'segment: all' or 'segment: [value, value]'"
            raise PydanticCustomError(UNLIKE, form)
        return {k: [str(x) for x in v] if isinstance(v, list) else str(v) for k, v in given.items()}


class Weighting(_Part):
    """How answers are weighted, where `population` does not say it all.

    Attributes:
        method: `rake` to margins one after the other, `cells` to every combination, or
            `propensity` by the chance of answering.
        using: columns of the customer list to weight to; `rake` may take `population` instead.
        cap: weights are held between `1 / cap` and `cap` averages.
    """

    method: Literal["rake", "cells", "propensity"] = "rake"
    using: list[str] = Field(default_factory=list)
    cap: float = Field(default=5, gt=1)


class Voice(_Part):
    """What the study says about comments.

    Attributes:
        themes: theme -> its words, or language -> its words; they count as whole words.
        languages: codes such as `en` and `de`, where the column `language` does not say.
        once: count comments that are word for word the same once.
        vectors: `static` for an embedding of English words, from the extra `voice`.
        kept: file of the themes of an earlier wave, from `voice.keep`.
        coded: workbook of `voice.sheet` that people filled in.
    """

    themes: dict[str, list[str] | dict[str, list[str]]] = Field(default_factory=dict)
    languages: list[str] = Field(default_factory=list)
    once: bool = False
    vectors: Literal["study", "static"] = "study"
    kept: str = ""
    coded: str = ""

    @property
    def files(self) -> dict[str, str]:
        """The files that are named, by what they are."""
        return {key: name for key in ("kept", "coded") if (name := getattr(self, key))}

    @field_validator("vectors", mode="after")
    @classmethod
    def _installed(cls, given: str) -> str:
        if given == "static" and find_spec("wordllama") is None:
            raise ValueError("'static' needs the extra 'voice': pip install 'cxlab[voice]'.")
        return given

    @field_validator("themes", mode="after")
    @classmethod
    def _worded(cls, given: Any) -> Any:
        for name, told in given.items():
            lists = told.values() if isinstance(told, dict) else [told]
            if not all(any(word.strip() for word in each) for each in lists) or not lists:
                raise ValueError(f"theme '{name}' has no word; write it like [late, courier].")
        return given


class Deck(_Part):
    """What the deck shows beyond the findings of the reports.

    Attributes:
        questions: names of questions whose answers get a slide each, in this order.
    """

    questions: list[str] = Field(default_factory=list)


_Name = Literal["responses", "customers", "orders", "interactions", "reviews", "subscriptions",
                "visits"]  # fmt: skip


class Mapping(_Part):
    """A whole study file, checked.

    `next_steps` are what people decided, a sentence each, for the leadership page; `rates` say
    what one unit of another currency is worth in the study's own, from a day on.
    """

    study: str = Field(min_length=1)
    as_of: date | datetime
    timezone: str = "UTC"
    currency: str = ""
    experiment: str | None = None
    rates: dict[str, dict[date, float]] = Field(default_factory=dict)
    tables: dict[_Name, Table]
    population: dict[str, dict[str, float]] = Field(default_factory=dict)
    weighting: Weighting | None = None
    journey: Journey = Journey()
    privacy: Privacy = Privacy()
    reports: Reports = Reports()
    deck: Deck = Deck()
    next_steps: list[str] = Field(default_factory=list)
    voice: Voice = Voice()
    events: str = "duckdb"
    folder: Path = Field(default=Path("."), exclude=True)
    source: Path | None = Field(default=None, exclude=True)

    @field_validator("as_of", mode="before")
    @classmethod
    def _day(cls, given: Any) -> Any:
        if isinstance(given, date):
            return given
        try:
            return (date if len(given) == 10 else datetime).fromisoformat(given)
        except (TypeError, ValueError):
            raise ValueError(f"'{given}' is no day; write it like 2025-12-31.") from None

    @field_validator("rates", mode="before")
    @classmethod
    def _by_day(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            form = "lines of 'currency: rate' or 'currency: {day: rate}'"
            raise PydanticCustomError(UNLIKE, form)
        return {
            str(code).upper(): rate if isinstance(rate, dict) else {date.min: rate}
            for code, rate in given.items()
        }

    @field_validator("tables")
    @classmethod
    def _customers_alike(cls, given: dict[_Name, Table]) -> dict[_Name, Table]:
        return _matched_alike(given)

    @field_validator("timezone")
    @classmethod
    def _zone(cls, given: str) -> str:
        try:
            ZoneInfo(given)
        except (ValueError, OSError, KeyError):  # a name that is none, a folder, or a path
            near = did_you_mean(given, available_timezones()) or " Write it like Europe/London."
            raise ValueError(f"there is no time zone '{given}'.{near}") from None
        return given

    @model_validator(mode="after")
    def _check(self) -> "Mapping":
        for name, table in self.tables.items():
            for column in table.columns:
                if column not in COLUMNS[name]:
                    raise ValueError(
                        f"tables.{name}.columns: '{column}' is no column of {name}."
                        f"{did_you_mean(column, COLUMNS[name])} "
                        "A column of your own goes under 'segments' or 'attributes'."
                    )
            _check_table(name, table)
            _check_rows(name, table)
        listed = self.tables.get("customers")
        if listed and len(self.tables) > 1 and "customer_id" not in listed.columns:
            raise ValueError(
                "tables.customers: a customer list beside other tables needs an id; map its column "
                "as 'customer_id' under 'columns'."
            )
        self._check_weighting()
        self._check_rates()
        segments = {name for table in self.tables.values() for name in table.segments}
        for over, values in self.reports.over.items():
            if over == "period" and values not in ("monthly", "quarterly"):
                raise ValueError(f"reports.over.period: '{values}' is not monthly or quarterly.")
            if over != "period" and over not in segments:
                raise ValueError(
                    f"reports.over: '{over}' is not a segment.{did_you_mean(over, segments)}"
                )
        return self

    def _check_weighting(self) -> None:
        asked = self.weighting
        if asked is None:
            return
        if asked.using and self.population:
            raise ValueError(
                "weighting.using names columns of the customer list, and population gives shares; "
                "keep the one the answers should stand for."
            )
        if not asked.using and (asked.method != "rake" or not self.population):
            raise ValueError(
                f"weighting: {asked.method} needs 'using', columns of the customer list"
                + (", or shares under 'population'." if asked.method == "rake" else ".")
            )
        if asked.using and "customers" not in self.tables:
            raise ValueError("weighting.using needs the customer list: declare 'customers'.")

    def _check_rates(self) -> None:
        if self.rates and not self.currency:
            raise ValueError("rates: say the study's own currency, such as 'currency: GBP'.")
        for code, rates in self.rates.items():
            if not rates or any(not 0 < rate < float("inf") for rate in rates.values()):
                raise ValueError(
                    f"rates.{code}: a rate is what one {code} is worth in {self.currency}, a "
                    "number above 0."
                )

    def until(self) -> datetime:
        """Give the last moment of `as_of`, as a naive time in the study's zone."""
        if isinstance(self.as_of, datetime):
            return self.as_of.replace(tzinfo=None)
        return datetime.combine(self.as_of, datetime.max.time())

    def tenure_unit(self) -> str:
        """Say in which unit `tenure` counts: as declared, or as its heading says; else nothing.

        Returns:
            `day`, `week`, `month`, `quarter`, `year` or an empty text.
        """
        listed = self.tables.get("customers")
        if listed is None or "tenure" not in listed.columns:
            return ""
        if "tenure" in listed.formats:
            return listed.formats["tenure"].removesuffix("s")
        words = set(re.findall(r"[a-z]+", listed.columns["tenure"].casefold()))
        said = [unit for unit in _TENURES if words & {unit, unit.removesuffix("s")}]
        return said[0].removesuffix("s") if len(said) == 1 else ""

    def beside(self, name: str) -> str:
        """Find a file that the study file names under `voice`; nothing where it names none.

        Raises:
            MappingError: there is no such file; the nearest is named.
        """
        path = (self.folder / name).resolve()
        if name and not path.is_file():
            near = [one.name for one in path.parent.iterdir()] if path.parent.is_dir() else []
            raise MappingError(
                f"voice: there is no file '{name}' (looked in {path.parent})."
                f"{did_you_mean(path.name, near)} 'voice.keep' writes kept themes, 'voice.sheet' a "
                "workbook for coders; or take the line out."
            )
        return str(path) if name else ""

    def files(self, table: str) -> list[Path]:
        """Find the files of a table, in order of name.

        Raises:
            MappingError: nothing matches; the nearest file is named.
        """
        found: list[Path] = []
        for pattern in self.tables[table].files:  # type: ignore[index]
            base, rest = self.folder, pattern
            while rest.startswith("../") and not base.is_dir():  # the folder of a draft is to come
                base, rest = base.parent, rest.removeprefix("../")
            whole = Path(pattern).is_absolute()
            matches = [Path(pattern)] if whole else sorted(base.glob(rest))
            near = [path for path in matches if path.is_file()]
            if not near and any(path.is_dir() for path in matches):
                raise MappingError(
                    f"tables.{table}.files: '{pattern}' is a folder. For all files in it, write "
                    f"'{pattern.rstrip('/')}/*.csv'."
                )
            if not near:
                folder = (self.folder / pattern).parent
                beside = [path.name for path in folder.iterdir()] if folder.is_dir() else []
                raise MappingError(
                    f"tables.{table}.files: no file matches '{pattern}' "
                    f"(looked in {folder}).{did_you_mean(Path(pattern).name, beside)}"
                )
            found += near
        return list({path.resolve(): path for path in found}.values())


def _check_table(name: str, table: Table) -> None:
    """Refuse a table without columns, and what is said of columns that it does not have."""
    if not table.sources() and not table.questions:
        raise ValueError(f"tables.{name}: no column is mapped; name one under 'columns'.")
    if table.questions and name != "responses":
        raise ValueError(f"tables.{name}.questions: only 'responses' holds a questionnaire.")
    for part in ("ratings", "segments", "attributes"):
        for column, heading in getattr(table, part).items():
            if column in PLACES:
                raise ValueError(
                    f"tables.{name}.{part}: '{column}' is kept for the place of a row in its "
                    f"export; give the column another name, such as '{column}_of: {heading}'."
                )
    kinds = {column: table.kind(name, column) for column in table.sources()}
    dated = [column for column, kind in kinds.items() if kind == "time"]
    scored = [column for column, kind in kinds.items() if kind in ("score", "rating")]
    for column, form in table.formats.items():
        units = _TENURES if column == "tenure" else _LENGTHS
        if kinds.get(column) == "duration" or (column == "tenure" and column in kinds):
            if form not in units:
                raise ValueError(
                    f"tables.{name}.formats.{column}: '{form}' is no unit of time; write one of "
                    f"{', '.join(units)}."
                )
            continue
        if column not in dated:
            raise ValueError(
                f"tables.{name}.formats: '{column}' is no column of dates that is mapped."
                f"{did_you_mean(column, dated)}"
            )
        if "%" not in form:
            near = _strftime(form)
            raise ValueError(
                f"tables.{name}.formats.{column}: '{form}' is no form of a date"
                + (f". Did you mean '{near}'?" if near else "; write it like '%d/%m/%Y'.")
            )
    for battery, members in table.batteries.items():
        for column in members:
            if column not in table.ratings:
                raise ValueError(
                    f"tables.{name}.batteries.{battery}: '{column}' is no rating that is mapped."
                    f"{did_you_mean(column, table.ratings)}"
                )
    for column in table.scales:
        if column not in (*scored, "ratings"):
            raise ValueError(
                f"tables.{name}.scales: '{column}' is no score or rating that is mapped."
                f"{did_you_mean(column, (*scored, 'ratings'))}"
            )


def _check_rows(name: str, table: Table) -> None:
    """Refuse what is said of the rows of a table that it cannot mean."""
    if name == "visits":
        check_visits(table.columns)
    kinds = {column: table.kind(name, column) for column in table.sources()}
    ids = [column for column, kind in kinds.items() if kind == "id"]
    labels = [column for column, kind in kinds.items() if kind in ("category", "attribute")]
    for part, listed, what in (("ids", ids, "id"), ("split", labels, "column of labels")):
        for column in getattr(table, part):
            if column not in listed:
                raise ValueError(
                    f"tables.{name}.{part}: '{column}' is no {what} that is mapped."
                    f"{did_you_mean(column, listed)}"
                )
    for column, mark in table.split.items():
        if not mark.strip():
            raise ValueError(
                f"tables.{name}.split.{column}: name what stands between the labels, such as ';'."
            )
    if table.since and name != "customers":
        raise ValueError(f"tables.{name}.since: only a customer list begins on a day.")
    if bool(table.question) != bool(table.answer):
        raise ValueError(
            f"tables.{name}: 'question' and 'answer' go together: the column that names the "
            "question, and the one that holds the answer."
        )
    if table.question and (name != "responses" or "response_id" not in table.columns):
        raise ValueError(
            f"tables.{name}.question: rows of questions are put together by 'response_id', in "
            "'responses'; map it."
        )


def _matched_alike(tables: dict[_Name, Table]) -> dict[_Name, Table]:
    """Give a rule for the customer's id to every table that has one: else none would meet."""
    rules = [table.ids["customer_id"] for table in tables.values() if "customer_id" in table.ids]
    if not rules:
        return tables
    out = {}
    for name, table in tables.items():
        given = {
            column: rules[0]
            for column in ("customer_id", "referred_by")
            if column in table.columns and column not in table.ids
        }
        out[name] = table.model_copy(update={"ids": {**given, **table.ids}})
    return out


def _strftime(form: str) -> str:
    """Write a form such as DD/MM/YYYY HH:mm as strftime does; nothing if it is none."""
    words = {"YYYY": "%Y", "YY": "%y", "DD": "%d", "HH": "%H", "SS": "%S"}
    day, *clock = form.replace("hh", "HH").split("HH")
    text = day.upper().replace("MM", "%m") + "".join(
        "HH" + part.upper().replace("MM", "%M") for part in clock
    )
    for word, code in words.items():
        text = text.replace(word, code)
    return text if "%" in text and not re.search(r"(?<!%)[A-SU-Za-z]", text) else ""
