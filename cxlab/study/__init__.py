"""Open a study file: read, clean, and hand over the tables."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow

from cxlab import cleaning, codebook, ingest, results
from cxlab.cleaning import Cleaned
from cxlab.codebook import ASKED, How, Mapping, Scale
from cxlab.questionnaire import Questionnaire
from cxlab.results import Absence, Result
from cxlab.study import account, card, meeting, needs, parts, telling
from cxlab.study import cache as cache_room
from cxlab.study import people as people_room
from cxlab.study.account import account_of, export
from cxlab.study.asked import questionnaire_of
from cxlab.study.cache import Kept, fingerprint
from cxlab.study.errors import NoSuchName, StudyError, collecting, stop_at
from cxlab.study.finish import finished
from cxlab.study.identity import identified
from cxlab.study.lives import with_lives
from cxlab.study.secret import key_of

__all__ = [
    "Study",
    "StudyError",
    "account_of",
    "early",
    "export",
    "fingerprint",
    "load",
    "wanted",
    "withheld",
]

SCORES = ("nps", "csat", "ces")
MOST_HELD = 12  # values of a column whose mix is held the same from period to period
MOST_COMPARED = 60  # groups that are looked at beside one another
UNWEIGHTED = Absence(
    "The study names no population, so every answer counts alike.",
    "'population' or 'weighting' in the study file",
)
ELSEWHERE = Absence(
    "Those whom customers of one part brought may belong to another: the report for everyone tells."
)
PARTED = Absence(
    "A part is not broken down by another segment: everyone less it would tell the rest."
)
NO_SEGMENT = Absence("The study names no segment to compare.", "a segment of at least two groups")


@dataclass(frozen=True, eq=False, repr=False)
class Study:
    """A study, cleaned: its tables under canonical names, and the account of its rows.

    Attributes:
        mapping: the study file.
        cleaned: table -> what cleaning kept, set aside and repaired.
        wording: table -> column -> question or heading of the export.
        notes: table -> what was decided while reading and cleaning.
        printed: table -> file -> what the export says of the columns of questions.
        weights: margins before and after weighting; absent where every answer counts alike.
        only: what `part` restricted it to; empty for the whole study.
        silent: labels that its pages hold back, since the few would follow from other pages.
    """

    mapping: Mapping
    cleaned: dict[str, Cleaned]
    wording: dict[str, dict[str, str]] = field(default_factory=dict)
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    printed: dict[str, dict[str, Any]] = field(default_factory=dict)
    weights: Result | Absence = UNWEIGHTED
    only: dict[str, str] = field(default_factory=dict)
    silent: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def responses(self) -> pd.DataFrame | None:
        """Survey answers, or None; a segment known only to the customer list is joined on."""
        return self._frame("responses")

    @property
    def read(self) -> dict[str, Cleaned]:
        """The tables that were read of files; a customer list may be made of another table."""
        return {name: done for name, done in self.cleaned.items() if not done.made_of}

    @property
    def customers(self) -> pd.DataFrame | None:
        """The customer list, or None."""
        return self._frame("customers")

    @property
    def reviews(self) -> pd.DataFrame | None:
        """Public reviews, or None."""
        return self._frame("reviews")

    @property
    def judged(self) -> pd.DataFrame | None:
        """Answers set aside by judgement alone, with their reason, or None."""
        done = self.cleaned.get("responses")
        return None if done is None else done.judged

    @cached_property
    def orders(self):
        """Orders as an Ibis table, or None."""
        return self._events("orders")

    @cached_property
    def interactions(self):
        """Contacts as an Ibis table, or None."""
        return self._events("interactions")

    @cached_property
    def visits(self):
        """Web and app events as an Ibis table, or None; `position` keeps the order of the file."""
        return self._events("visits")

    @cached_property
    def doubts(self) -> tuple[tuple[str, str], ...]:
        """Table and sentence of what may make every number wrong; said before all else."""
        return account.doubts(self)

    @cached_property
    def ledger(self) -> Result:
        """What happened to every row: read, set aside with a reason, kept."""
        return account.ledger(self)

    @cached_property
    def scope(self) -> Result:
        """What the study, or this part of it, holds: rows and period of each table."""
        return account.scope(self)

    @cached_property
    def codebook(self) -> Result:
        """Every column with its wording in the export and the share that is missing."""
        return account.codebook_of(self)

    @cached_property
    def repairs(self) -> Result:
        """Which cells were changed, by column and reason."""
        return account.repairs(self)

    @cached_property
    def rules(self) -> Result:
        """Which rules set rows aside, with threshold and source."""
        return account.rules(self)

    @cached_property
    def joins(self) -> Result:
        """How the tables meet: rows that find their customer, customers that have rows."""
        return people_room.joins(self)

    @cached_property
    def people(self) -> pd.DataFrame | None:
        """One row a customer: `customer_id` and what all tables know of them, or None."""
        return people_room.people(self)

    @property
    def asked(self) -> pd.DataFrame | None:
        """The customers whom answers can be met with by their id, one row each, or None."""
        met = self.responses is not None and "customer_id" in self.responses
        return self.people if met else None

    @cached_property
    def balance(self) -> Result | Absence:
        """Those who answered beside the customer list, before and after weighting."""
        return people_room.balance(self)

    @property
    def reached_by(self) -> str | Absence:
        """Name the first segment that the customer list knows, to compare response rates by."""
        known = () if self.people is None else self.people.columns
        return next((name for name in self.segments() if name in known), NO_SEGMENT)

    @cached_property
    def known(self) -> pd.DataFrame | None:
        """What is known of the people behind each answer, row by row, or None."""
        return people_room.known(self)

    @property
    def questions(self) -> pd.DataFrame | None:
        """What was asked, one column a question: scores and ratings; or None."""
        frame = self.responses
        if frame is None:
            return None
        rated = self.mapping.tables["responses"].ratings
        return frame[[name for name in (*SCORES, *rated) if name in frame]]

    @cached_property
    def questionnaire(self) -> Questionnaire | Absence:
        """Every question with what everyone answered, or an absence.

        Raises:
            QuestionError: a question cannot be tabulated as the study file declares it.
        """
        return questionnaire_of(self)

    @property
    def arrivals(self) -> pd.DataFrame | Absence:
        """Give the customer list as far as it says who was brought by whom: for everyone alone.

        Those whom customers of one part brought may belong to another, so that a part would tell
        of too few.
        """
        return ELSEWHERE if "segment" in self.only else self.customers

    @cached_property
    def haste(self) -> Result | Absence:
        """Signs of haste among the answers kept and those set aside by judgement."""
        return account.haste(self)

    @cached_property
    def provenance(self) -> Result:
        """Which exports, which settings, which version this stands on."""
        return account.provenance(self)

    @property
    def told(self) -> str:
        """What became of the rows, in a sentence; a part tells of its own rows alone."""
        return account.told(self)

    @cached_property
    def content(self) -> str:
        """Name what this study, or this part of it, holds: same rows and settings, same name."""
        if self.only:
            return cache_room.content(self.mapping, self.cleaned)
        return fingerprint(self.mapping, whole=True)

    @cached_property
    def exports(self) -> dict[str, str]:
        """Name the content of each table's exports, as they are now."""
        return cache_room.exports(self.mapping)

    @cached_property
    def key(self) -> bytes:
        """The secret under which pseudonyms are given, the same at every run."""
        return key_of(self.mapping.folder)

    @property
    def quotes(self) -> pd.DataFrame | None:
        """The answers whose comment may be quoted: where `consent` was asked, those who gave it."""
        frame = self.responses
        if frame is None or "comment" not in frame:
            return None
        return frame[cleaning.quotable(frame)].reset_index(drop=True)

    @property
    def scales(self) -> dict[str, Scale]:
        """Scores that were asked and answered, of nps, csat and ces, with their scales."""
        frame = self.responses
        if frame is None:
            return {}
        spec = self.mapping.tables["responses"]
        answered = [name for name in SCORES if name in frame and frame[name].notna().any()]
        return {name: scale for name in answered if (scale := spec.scale(name))}

    @property
    def rating_scales(self) -> dict[str, Scale]:
        """Ratings that were asked and answered, with their scales."""
        spec = self.mapping.tables.get("responses")
        found = {name: spec.scale(name) for name in self.ratings} if spec else {}
        return {name: scale for name, scale in found.items() if scale}

    @property
    def holds(self) -> tuple[str, ...]:
        """What reports can be made from: tables, `scores`, `ratings`, `questions`, `leaving`.

        Who buys without a contract leaves by falling silent: `leaving or orders` is either, orders
        if they say who bought; what customers bring is told by those, or by fees beside ratings; a
        journey by contacts or by visits; words by comments or by reviews.
        """
        frame = self.responses
        spec = self.mapping.tables.get("responses")
        rated = frame is not None and spec and any(name in frame for name in spec.ratings)
        customers = self.customers
        known = customers is not None and {"churned_at", "churned"} & set(customers.columns)
        more = {"scores": self.scales, "ratings": rated, "leaving": known}
        more["questions"] = self.scales or rated
        declared = spec is not None and frame is not None and bool(spec.questions)
        more["questionnaire"] = bool(more["questions"]) or declared
        orders = self.cleaned.get("orders")
        bought = orders is not None and "customer_id" in orders.frame
        more["leaving or orders"] = known or bought
        paid = customers is not None and "monthly_fee" in customers
        more["orders or fees"] = bought or (rated and paid)
        more["interactions or visits"] = bool({"interactions", "visits"} & set(self.cleaned))
        wrote = frame is not None and "comment" in frame and frame["comment"].notna().any()
        more["comments or reviews"] = wrote or "reviews" in self.cleaned
        return (*self.cleaned, *(word for word, there in more.items() if there))

    @property
    def ratings(self) -> list[str]:
        """Names of the touchpoint ratings that somebody answered."""
        frame = self.responses
        spec = self.mapping.tables.get("responses")
        if frame is None or spec is None:
            return []
        return [name for name in spec.ratings if name in frame and frame[name].notna().any()]

    def score(self, name: str) -> str | Absence:
        """Give the name of a score that was asked, or say that it was not.

        Args:
            name: `nps`, `csat` or `ces`; the first one asked if empty.

        Raises:
            StudyError: there is no score of that name.
        """
        if name and name not in SCORES:
            raise StudyError(
                f"there is no score '{name}'.{codebook.did_you_mean(name, SCORES)}", []
            )
        asked = [name] if name in self.scales else [] if name else list(self.scales)
        missing = f"{codebook.label(name)} was not asked." if name else "The study has no score."
        return asked[0] if asked else Absence(missing, "answers with a score such as NPS or CSAT")

    @cached_property
    def lacks(self) -> dict[str, tuple[str, ...]]:
        """What each need of a page lacks, a clause each; empty where nothing does."""
        return needs.lacks(self)

    def lacking(self, pages: dict[str, tuple[str, ...]]) -> list[str]:
        """Say of each page what it will lack; `pages` names the needs that are not met."""
        return needs.told(self, pages)

    @property
    def dated(self) -> bool:
        """Whether the answers carry their date."""
        frame = self.responses
        return frame is not None and "answered_at" in frame and frame["answered_at"].notna().any()

    @property
    def weight(self) -> str | None:
        """Name of the weight column, or None when every answer counts alike."""
        return "weight" if self.responses is not None and "weight" in self.responses else None

    def compared_by(self, segment: str = "") -> str | Absence:
        """Name the segment to compare: the first other than the one given that differs.

        One of few values goes before one whose groups nobody could look through. It is one of the
        answers; of public reviews where nobody was asked.
        """
        frame = self._asked_or_posted
        if frame is None:
            return NO_SEGMENT
        names = [name for name in self.segments() if name != segment and name in frame]
        several = {name: n for name in names if (n := frame[name].nunique()) > 1}
        few = (name for name, n in several.items() if n <= MOST_COMPARED)
        return next(few, next(iter(several), NO_SEGMENT))

    @property
    def _asked_or_posted(self) -> pd.DataFrame | None:
        return self.reviews if self.responses is None else self.responses

    def breakdowns(self) -> tuple[str, ...] | Absence:
        """Name the segments by which everyone is broken down; a part is not.

        What a part tells of another segment would tell, less everyone, those of the other parts.
        """
        return PARTED if self.only else self.segments()

    @property
    def margins(self) -> dict[str, dict[str, float]] | list[str]:
        """What each period is brought to where periods are compared.

        The shares of the population for everyone, where the study file gives them; else the names
        of columns whose shares among all answers stand for them: those the answers are weighted
        by, or the first segment.
        """
        asked, known, frame = self.mapping.weighting, self.mapping.population, self.responses
        if frame is None:
            return []
        segment = self.compared_by()
        by = (asked.using if asked else []) or list(known) or ([str(segment)] if segment else [])
        by = [name for name in by if name in frame]
        if not self.only and by and set(by) <= set(known):
            return {name: {str(k): float(v) for k, v in known[name].items()} for name in by}
        return [name for name in by if frame[name].nunique() <= MOST_HELD]

    def how(self, *, level: float = 0.95) -> How:
        """Give the words with which every question about this part is asked.

        Args:
            level: confidence level.

        Returns:
            The words, as one value; the cluster is the customer, where some answered more than
            once. Through `cxlab.desk` a question takes those that it has:
            `metrics.nps(here.responses, how=here.how())`.
        """
        frame = self.responses
        ids = None if frame is None or "customer_id" not in frame else frame["customer_id"].dropna()
        return How(
            weight=self.weight,
            cluster="customer_id" if ids is not None and ids.duplicated().any() else None,
            level=level,
            smallest=self.mapping.privacy.smallest_group,
            currency=self.mapping.currency,
            margins=self.margins,
            low_is_good=tuple(
                name
                for name, scale in {**self.scales, **self.rating_scales}.items()
                if scale.better == "low"
            ),
        )

    def segments(self) -> tuple[str, ...]:
        """Names of the columns the study reports by."""
        names = [
            column
            for table, spec in self.mapping.tables.items()
            for name in spec.segments
            for column in self._labelled(table, name)
        ]
        return tuple(dict.fromkeys(names))

    def part(self, *, segment: str = "", value: str = "", period: str = "") -> "Study":
        """Restrict the study to one segment value and one period of answers.

        Args:
            segment: a segment column; empty for everyone.
            value: the value wanted; text, as it stands in the data.
            period: `2025Q3`, `2025-09` or `2025`; empty for all answers.

        Returns:
            A study whose tables hold that part alone; weights have mean 1 within it, so that
            it depends on no row outside. The ledger stays that of the whole study.

        Raises:
            StudyError: there is no such segment, no such value, one of them without the other,
                no answer in the period, or fewer people than `privacy.smallest_group`.
        """
        part = self._restricted(segment, value, period)
        pages = [(segment, value)] if segment else [] if self.only else [("", "")]
        pages += [("", period)] if period else []
        held = {label: few for page in pages for label, few in self._cells.get(page, {}).items()}
        if held:
            part = replace(part, silent={**self.silent, **held})
        part.__dict__["_cells"] = self._cells  # what the whole study told, for a part of a part
        part._keep_back()
        return part

    def _restricted(self, segment: str = "", value: str = "", period: str = "") -> "Study":
        """Give a part, and leave what is shown as it is."""
        if not segment and not value and not period:
            return self
        frames = {name: done.frame for name, done in self.cleaned.items()}
        if segment or value:
            frames = parts.of_segment(frames, segment, value, self.segments())
        if period and "responses" in frames:
            frames["responses"] = parts.of_period(frames["responses"], period)
        smallest = self.mapping.privacy.smallest_group
        parts.large_enough(frames, segment, value, period, smallest=smallest)
        cleaned = {
            name: replace(
                done,
                frame=parts.by_itself(frames[name]),
                judged=parts.by_itself(parts.judged(done.judged, segment, value, period)),
            )
            for name, done in self.cleaned.items()
        }
        if "responses" in cleaned:
            cleaned["responses"] = parts.evened(cleaned["responses"])
        given = {"segment": segment, "value": value, "period": period}
        only = {**self.only, **{name: word for name, word in given.items() if word}}
        return replace(self, cleaned=cleaned, only=only)

    def _keep_back(self) -> None:
        """Show from now on no group of too few people, however often they answered."""
        behind = {**self._behind, **self.silent}
        results.keep_back(self.mapping.privacy.smallest_group, behind=behind)

    @cached_property
    def _cells(self) -> dict[tuple[str, str], dict[str, tuple[int, int]]]:
        """What pages of parts may not tell by quarter and group, beside what others tell."""
        smallest = self.mapping.privacy.smallest_group
        frames = {name: done.frame for name, done in self.cleaned.items()}
        beside = _compared(self, smallest)
        return telling.cells(frames, wanted(self), beside, by=self.compared_by, smallest=smallest)

    @cached_property
    def _behind(self) -> dict[str, tuple[int, int]]:
        return telling.people_of_labels(self.responses, self.segments())

    def keeping(self, rows: np.ndarray, **only: str) -> "Study":
        """Restrict the study to some of its answers; every other table stays as it is.

        Args:
            rows: one truth a row of `responses`.
            only: what the rows have in common, for the base of what is told of them.

        Returns:
            A study of these answers; weights have mean 1 among them, as in `part`.
        """
        answers = self.cleaned["responses"]
        kept = replace(answers, frame=answers.frame[rows].reset_index(drop=True))
        cleaned = {**self.cleaned, "responses": parts.evened(kept)}
        return replace(self, cleaned=cleaned, only={**self.only, **only})

    def _labelled(self, table: str, segment: str) -> list[str]:
        """Give the columns of a segment: one, or one a label where a cell holds several."""
        spec, done = self.mapping.tables.get(table), self.cleaned.get(table)  # type: ignore[call-overload]
        if not spec or segment not in spec.split or done is None:
            return [segment]
        return [name for name in done.frame if name.startswith(f"{segment}: ")]

    @cached_property
    def _people_asked(self) -> list[float]:
        """Count the people of each part asked for; 1 is too few, infinity unknown."""
        counts: list[float] = []
        for part in _asked(self)[1:]:
            try:
                done = self._restricted(**part).cleaned
                frames = {table: one.frame for table, one in done.items()}
                counts.append(min(parts.people_of(frames).values(), default=math.inf))
            except parts.TooFew:
                counts.append(1)
        return counts

    def __getitem__(self, segment: str) -> "Segment":
        """Give a segment by its name, `k["region"]`; its parts are `k["region"]["North"]`."""
        if segment not in self.segments():
            near = codebook.did_you_mean(segment, self.segments())
            raise StudyError(f"'{segment}' is not a segment of this study.{near}", [])
        return Segment(self, segment)

    def __getattr__(self, name: str) -> Any:
        """Answer a name that a study does not have with the nearest one that it has."""
        if name.startswith("_") or hasattr(type(self), name):
            return object.__getattribute__(self, name)
        near = codebook.did_you_mean(name, [each for each in dir(self) if each[0] != "_"])
        raise NoSuchName(f"a study has no '{name}'.{near}", [])

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.segments())

    def __repr__(self) -> str:
        return card.text(self)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/plain": card.text(self), "text/html": card.markup(self)}

    def _frame(self, table: str) -> pd.DataFrame | None:
        done = self.cleaned.get(table)
        return None if done is None else parts.plain(done.frame)

    def _events(self, table: str):
        """Put a table into the engine and give it back as an Ibis table."""
        frame = self._frame(table)
        if frame is None:
            return None
        if table == "visits":
            frame = frame.assign(position=range(len(frame)))
        rows = pyarrow.Table.from_pandas(_for_engine(frame), preserve_index=False)
        connection = self._connection
        if self.mapping.events != "duckdb":
            return _zoned(connection.create_table(table, rows, temp=True), self.mapping.timezone)
        # an Arrow table becomes a DuckDB table in one statement
        connection.con.register(f"{table}_rows", rows)
        connection.con.execute(f"create or replace table {table} as from {table}_rows")
        connection.con.unregister(f"{table}_rows")
        return _zoned(connection.table(table), self.mapping.timezone)

    @cached_property
    def _connection(self):
        import ibis

        own = self.mapping.events == "duckdb"
        connection = ibis.duckdb.connect() if own else ibis.connect(self.mapping.events)
        if connection.name == "duckdb":  # which draws a bar where it finds IPython loaded
            connection.raw_sql("set enable_progress_bar = false")
        return connection


@dataclass(frozen=True, eq=False, repr=False)
class Segment:
    """A segment of a study: its values are completed by Tab, each gives a part."""

    study: Study
    name: str

    @property
    def values(self) -> list[str]:
        """The values found, in order."""
        return parts.values([done.frame for done in self.study.cleaned.values()], self.name)

    def __getitem__(self, value: str) -> Study:
        return self.study.part(segment=self.name, value=value)

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def _ipython_key_completions_(self) -> list[str]:
        return self.values

    def __repr__(self) -> str:
        return f"{self.name}: {results.listing(self.values, 12) if self.values else 'no value'}"


@contextmanager
def _frugal() -> Iterator[None]:
    """Let Arrow give memory back as soon as it is done with it, while large tables are read."""
    usual = pyarrow.default_memory_pool()
    pyarrow.set_memory_pool(pyarrow.system_memory_pool())
    try:
        yield
    finally:
        pyarrow.set_memory_pool(usual)
        pyarrow.system_memory_pool().release_unused()


@_frugal()
def load(path: str | Path | Mapping, *, cache: bool = True, verify: bool = False) -> Study:
    """Open a study: read every export, clean it, and keep the result for the next call.

    From then on this process shows no group smaller than the study's `privacy.smallest_group`
    (`results.keep_back`).

    Args:
        path: the study file, or what it says.
        cache: keep cleaned tables in a folder `.cxlab` beside the study file, under a name
            made from the content of exports, study file and cleaning code.
        verify: name that content by reading every byte; else an export that is as it was by
            size, inode and time of writing keeps the name it was given.

    Returns:
        The study.

    Raises:
        MappingError: the study file cannot be used.
        StudyError: an export cannot be read; all of them are named.
    """
    mapping = path if isinstance(path, Mapping) else codebook.load(path)
    results.keep_back(mapping.privacy.smallest_group)
    errors: list[dict[str, Any]] = []
    files: dict[str, list[Path]] = {}
    for table in mapping.tables:
        with collecting(errors, table):
            files[table] = mapping.files(table)
    stop_at(errors, mapping.source)
    if cache and not verify and _EARLY and (study := _EARLY.pop(_named(mapping), None)):
        study._keep_back()
        return study
    if verify:
        cache_room.exports(mapping, verify=True)
    names = cache_room.names(mapping) if cache else {}
    places = {table: mapping.folder / cache_room.FOLDER / name for table, name in names.items()}
    kept = _tables(mapping, files, errors, places)
    if meeting.strangers(kept[0], mapping):
        return load(_unjoined(mapping), cache=cache)
    stop_at(meeting.apart(kept[0], mapping), mapping.source)
    opened = finished(_with_customer_segments(identified(with_lives(Study(mapping, *kept)))))
    opened._keep_back()
    return opened


# opened by a warm process for the reports that are its forks; each hands it out once
_EARLY: dict[str, Study] = {}


def early(path: str | Path) -> None:
    """Open a study before it is asked for: the next `load` gives it, if nothing has changed.

    What every report tells of the whole study is asked, too, so that none has to.
    """
    mapping = codebook.load(path)
    study = load(mapping)
    _ = study.ledger, study.people, study.known, study._cells
    _EARLY[_named(mapping)] = study


def _named(mapping: Mapping) -> str:
    """Name a study file as it is now, with what its exports hold."""
    return f"{mapping.folder} {mapping.model_dump_json()} {cache_room.exports(mapping)}"


def wanted(study: Study) -> list[dict[str, str]]:
    """List the parts the study file asks reports for: everyone, then segment by segment.

    Returns:
        What `Study.part` takes: `{}`, `{"segment": …, "value": …}`, `{"period": …}`; without
        parts that hold too few people to be shown (`withheld` lists those).

    Raises:
        StudyError: a value is asked for that no row has, or periods without dates.
    """
    small = withheld(study)
    return [part for part in _asked(study) if part not in small]


def withheld(study: Study, *, smallest: int | None = None) -> list[dict[str, str]]:
    """List the parts asked for that hold too few people, and those that would tell of so few.

    Where one part alone is too small, its numbers follow from the total and the others: the next
    smallest goes with it.

    Args:
        study: the study.
        smallest: fewest people of a part that an audience may see; `privacy.smallest_group` if
            not given.
    """
    asked, people = _asked(study)[1:], study._people_asked
    smallest = study.mapping.privacy.smallest_group if smallest is None else smallest
    names = {"term": "segment", "group": "value", "period": "period"}
    rows = {word: [part.get(name) for part in asked] for word, name in names.items()}
    frame = pd.DataFrame({**rows, "n": people}, dtype=object)
    gone = np.zeros(len(frame), dtype=bool)
    for words in (["term", "group"], ["period"]):  # a line over time holds back the same periods
        rows = frame[words[-1]].notna().to_numpy(bool)
        gone[rows] = results.hidden(frame.loc[rows, [*words, "n"]], smallest=smallest)
    few = [bool(out or n < smallest) for n, out in zip(people, gone, strict=True)]
    left = [place for place, out in enumerate(few) if not out]
    frames = {name: done.frame for name, done in study.cleaned.items()}
    beside = _compared(study, smallest)
    if any(part.get("period") for part in asked):  # months are told by what is left of quarters
        beside += telling.quarters(frames, smallest)
    shown = [asked[k] for k in left]
    for place in telling.telling(frames, shown, beside, smallest=smallest):
        few[left[place]] = True
    return [part for part, out in zip(asked, few, strict=True) if out]


def _compared(study: Study, smallest: int) -> list[dict[str, str]]:
    """List the groups that the pages for everyone show beside each other."""
    by, rows = study.compared_by(), study._asked_or_posted
    if isinstance(by, Absence) or rows is None:
        return []
    sizes = rows[by].dropna().astype(str).value_counts()
    frame = pd.DataFrame({"group": sizes.index, "n": sizes.to_numpy()})
    kept = frame.loc[~results.hidden(frame, smallest=smallest), "group"]
    return [{"segment": by, "value": value} for value in kept]


# ---------------------------------------------------------------- reading


def _unjoined(mapping: Mapping) -> Mapping:
    """Keep answers although their customers are on no list."""
    answers = mapping.tables["responses"]
    apart = answers.model_copy(update={"rules": {**answers.rules, "orphan": "off"}})
    return mapping.model_copy(update={"tables": {**mapping.tables, "responses": apart}})


def _asked(study: Study) -> list[dict[str, str]]:
    """List every part the study file asks reports for, whatever its size."""
    out: list[dict[str, str]] = [{}]
    for name, chosen in study.mapping.reports.over.items():
        if name == "period":
            out += [{"period": each} for each in parts.periods(study.responses, str(chosen))]
            continue
        columns = {each for table in study.mapping.tables for each in study._labelled(table, name)}
        labels = sorted(each.removeprefix(f"{name}: ") for each in columns - {name})
        found = labels or parts.values([done.frame for done in study.cleaned.values()], name)
        listed = found if chosen == "all" else [chosen] if isinstance(chosen, str) else chosen
        for value in listed:
            if value not in found:
                near = codebook.did_you_mean(value, found)
                raise StudyError(f"reports.over: no row has {name} = '{value}'.{near}", [])
            part = (f"{name}: {value}", "yes") if labels else (name, value)
            out.append(dict(zip(("segment", "value"), part, strict=True)))
    return out


def _tables(
    mapping: Mapping,
    files: dict[str, list[Path]],
    errors: list[dict[str, Any]],
    places: dict[str, Path],
) -> Kept:
    """Give each table as it was kept, or read and cleaned anew: a new month reads its own alone."""
    tables: tuple[dict[str, Any], ...] = ({}, {}, {}, {})
    # the customer list first: it says who is a stranger in the other tables
    for table in sorted(files, key=lambda name: name != "customers"):
        with collecting(errors, table):
            kept: Any = cache_room.read(places[table]) if places else None
            if kept is None:
                kept = _read_and_clean(mapping, table, files[table], tables[0].get("customers"))
                if places and not errors:  # held against a list that could be read
                    cache_room.write(kept, places[table])
            for whole, own in zip(tables, kept, strict=True):
                whole.update(own)
    stop_at(errors, mapping.source)
    if places:
        cache_room.tidy(places.values())
    cleaned, wording, notes, printed = tables
    return {table: cleaned[table] for table in files}, wording, notes, printed


def _read_and_clean(
    mapping: Mapping, table: str, files: list[Path], customers: Cleaned | None
) -> Kept:
    spec = mapping.tables[table]  # type: ignore[index]
    raw = ingest.read(files, spec)
    done = cleaning.clean(
        raw.frame,
        table=table,
        spec=spec,
        around=cleaning.Around(
            mapping.until(),
            mapping.timezone,
            None if customers is None else set(customers.frame["customer_id"]),
            cleaning.Money(mapping.currency, mapping.rates),
        ),
        zones=raw.zones,
        missing=raw.missing,
    )
    wording = {k: v for k, v in raw.wording.items() if not k.startswith(ASKED)}
    notes = (*raw.notes, *done.notes)
    return {table: done}, {table: wording}, {table: notes}, {table: raw.printed}


def _with_customer_segments(study: Study) -> Study:
    """Give answers the segments that only the customer list knows."""
    responses, customers = study.responses, study.customers
    if responses is None or customers is None or "customer_id" not in responses:
        return study
    segments = study.mapping.tables["customers"].segments
    known = [column for name in segments for column in study._labelled("customers", name)]
    missing = [name for name in known if name not in responses]
    if not missing:
        return study
    once = customers[["customer_id", *missing]].drop_duplicates("customer_id")
    done = study.cleaned["responses"]
    joined = {
        name: rows.merge(once, on="customer_id", how="left")
        for name, rows in (("frame", done.frame), ("judged", done.judged))
    }
    answers = replace(done, **joined)
    return replace(study, cleaned={**study.cleaned, "responses": answers})


def _for_engine(frame: pd.DataFrame) -> pd.DataFrame:
    """Give engines moments in UTC, which all of them keep alike."""
    zoned = frame.select_dtypes("datetimetz").columns
    return frame.assign(**{name: frame[name].dt.tz_convert("UTC") for name in zoned})


def _zoned(table, zone: str):
    """Let the moments of a table carry the study's zone, which engines themselves do not keep."""
    times = [name for name, kind in table.schema().items() if kind.is_timestamp() and kind.timezone]
    return table.mutate(**{name: table[name].cast(f"timestamp('{zone}')") for name in times})
