"""What a run has come to so far: manifest, findings, index; whole files, and a journal between."""

import contextlib
import hashlib
import json
import os
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cxlab import export, marks
from cxlab.reports.changes import MADE, MISSING, changes, lines
from cxlab.reports.manifest import apart, together
from cxlab.reports.plan import EVERYONE
from cxlab.reports.report import AROUND, FINDINGS, INDEX

MANIFEST, JOURNAL = "manifest.json", ".journal"
LAST = ".last."  # the last whole run's manifest and findings, while the next is not whole
NOT_MADE = "not made"  # its data cannot answer the question
EVERY = 5.0  # seconds between two writings of the index while a run is at work


@dataclass
class Run:
    """What became of one report.

    Attributes:
        notebook, question, part, settings: which report.
        parameters: what it was run with.
        state: `done`, `unchanged`, `kept` (of an earlier run of more notebooks), `failed`,
            `not made`, or `missing` (planned, and not reached when the run was ended).
        key: hash of everything the report depends on.
        page, file: the page and the executed notebook, relative to the output folder.
        headline, base: its first finding.
        error: first line of what went wrong.
        seconds: time it took.
        reading_order: place in the list of what to read first.
        composes: whether it is made of the findings of the others.
        tiles: up to three headline numbers, as `export.tiles` gives them, each with what it
            `was` where it moved beyond its earlier interval.
    """

    notebook: str
    question: str
    part: str
    parameters: dict[str, Any]
    state: str
    key: str = ""
    page: str = ""
    file: str = ""
    headline: str = ""
    base: str = ""
    error: str = ""
    seconds: float = 0.0
    reading_order: int = 99
    settings: str = ""
    composes: bool = False
    tiles: list[dict[str, Any]] = field(default_factory=list)


class Record:
    """The account of a run, on disk.

    A finished report is booked in the journal at once, so that a run ended by force goes on
    where it stopped; manifest, findings and index are written now and then, and at the end.

    Attributes:
        out: the output folder.
        facts: what the manifest says of the study.
        before: the reports of the last run, by stem.
        planned: the reports this run is to make, in their order, as they stand if it is ended.
        runs: the reports of this run, by stem.
    """

    def __init__(self, out: Path, facts: dict[str, Any], *, force: bool = False) -> None:
        self.out, self.facts, self.force = out, facts, force
        self.started = self.written = time.time()
        self._previous = _manifest(out / MANIFEST)
        # a run that was ended is no measure of what changed; the whole one before it is
        name = LAST if (out / f"{LAST}{MANIFEST}").is_file() else ""
        self.last = _manifest(out / f"{name}{MANIFEST}")
        self.last_findings = marks.known(out / f"{name}{FINDINGS}", [])
        self.before = _by_stem(self._previous, out / JOURNAL)
        self.planned: dict[str, Run] = {}
        self.runs: dict[str, Run] = {}
        self.found: dict[str, Any] = {}
        # what earlier runs booked is kept until this one is whole
        self._journal = (out / JOURNAL).open("a", encoding="utf-8")

    def stands(self, known: dict[str, Any], key: str) -> bool:
        """Whether a report of the last run is still what it would be if made now."""
        return not self.force and stands(self.out, known, key)

    def add(self, stem: str, entry: Run) -> None:
        """Book a report."""
        self.runs[stem] = entry
        if entry.state == "failed":
            page = f"{stem}.html"
            entry.page = page if (self.out / page).is_file() else ""  # what stood before
        if entry.state == NOT_MADE and entry.file:
            self._journal.write(json.dumps({"stem": stem, **asdict(entry)}) + "\n")
        if entry.state == "done":
            entry.tiles = _moved(entry.tiles, self.before.get(stem, {}).get("tiles", ()))
            self._journal.write(json.dumps({"stem": stem, **asdict(entry)}) + "\n")
            self._journal.flush()
        if entry.state in MADE:
            path = self.out / _findings_of(entry.page)
            self.found[stem] = json.loads(path.read_text(encoding="utf-8"))
        if time.time() - self.written > EVERY:
            self.write()

    def keep_others(self) -> None:
        """Keep what an earlier run made of the same data and this one did not plan or reach."""
        alike = all(
            self._previous.get(key) == self.facts[key] for key in ("study", "data", "versions")
        )
        for stem, known in self.before.items():
            here = alike and stem not in self.runs and not known["composes"]
            if here and known["state"] in MADE and _whole(self.out, known):
                self.add(stem, Run(**{**known, "state": "kept"}))

    def fingerprint(self) -> str:
        """Name the content of the findings so far."""
        return _fingerprint(self._findings(composed=False))

    def write(self, *, last: bool = False) -> None:
        """Write findings, manifest and index of what is finished so far, each in one move."""
        self.written = time.time()
        listed = self._listed()
        if any(entry.state == MISSING for entry in listed):
            self._lay_aside()
        findings = self._findings()
        manifest = {
            **self.facts,
            "started": _moment(self.started),
            "finished": _moment(time.time()),
            "seconds": round(time.time() - self.started, 1),
            "reports": [asdict(entry) for entry in listed],
        }
        # before the end, what is still to come would count as gone
        since = changes((self.last, self.last_findings), (manifest, findings)) if last else {}
        if since:
            since["lines"] = lines(since)
        manifest["since"] = since or self.last.get("since")
        # a report a line: indented throughout, it takes longer to write than all else here
        told = ",\n".join(json.dumps(report, ensure_ascii=False) for report in findings)
        whole(self.out / FINDINGS, f"[\n{told}\n]\n")
        whole(self.out / MANIFEST, json.dumps(apart(manifest), indent=1, ensure_ascii=False))
        whole(self.out / INDEX, export.index({**manifest, "around": self._around()}))

    def close(self) -> None:
        """Write everything a last time; the journal is then no longer needed.

        A run that was stopped before it booked a report leaves the last one as it was.
        """
        booked = bool(self.runs) or not self.before
        if booked:
            self.write(last=True)
            self._join()
        if not any(entry.state == MISSING for entry in self._listed()):
            for name in (MANIFEST, FINDINGS):
                (self.out / f"{LAST}{name}").unlink(missing_ok=True)
        self._journal.close()
        journal = self.out / JOURNAL
        if booked or not journal.stat().st_size:
            journal.unlink(missing_ok=True)

    def _join(self) -> None:
        """Tell each page the ways to the others, where any was made."""
        made = [asdict(entry) for entry in self._listed() if entry.state in MADE]
        if all(entry["state"] == "unchanged" for entry in made):
            return
        for entry in made:
            page = (self.out / entry["page"]).read_text(encoding="utf-8")
            joined = export.joined(page, entry, made)
            if joined != page:
                whole(self.out / entry["page"], joined)

    def _around(self) -> dict[str, Any]:
        """Read what a report on everyone offers the readers of the index."""
        made = [stem for stem in self.found if self.runs[stem].part == EVERYONE]
        paths = (self.out / f"{stem}{AROUND}" for stem in sorted(made))
        return next((marks.known(path, {}) for path in paths if path.is_file()), {})

    def _listed(self) -> list[Run]:
        """List the reports in the order of the plan, then those kept of earlier runs."""
        ahead = [self.runs.get(stem, entry) for stem, entry in self.planned.items()]
        rest = sorted(stem for stem in self.runs if stem not in self.planned)
        return ahead + [self.runs[stem] for stem in rest]

    def _lay_aside(self) -> None:
        """Keep the last whole run beside this one, until this one is whole."""
        states = [report["state"] for report in self._previous.get("reports", ())]
        if not states or MISSING in states:
            return
        for name in (FINDINGS, MANIFEST):
            kept = self.out / f"{LAST}{name}"
            if (self.out / name).is_file() and not kept.is_file():
                whole(kept, (self.out / name).read_bytes())

    def _findings(self, *, composed: bool = True) -> list[dict[str, Any]]:
        """List what was found, report by report."""
        entries = [(stem, self.runs[stem]) for stem in self.found]
        return [
            {
                "notebook": entry.notebook,
                "question": entry.question,
                "part": entry.part,
                "settings": entry.settings,
                "reading_order": entry.reading_order,
                "page": entry.page,
                "composes": entry.composes,
                "findings": self.found[stem],
            }
            for stem, entry in sorted(entries)
            if composed or not entry.composes
        ]


def last_run(out: Path) -> tuple[dict[str, dict[str, Any]], str]:
    """Read what an output folder holds, and leave it as it is.

    Returns:
        The reports of the last run by stem, and the name of what they found.
    """
    found = [r for r in marks.known(out / FINDINGS, []) if not r.get("composes")]
    return _by_stem(_manifest(out / MANIFEST), out / JOURNAL), _fingerprint(found)


def stands(out: Path, known: dict[str, Any], key: str) -> bool:
    """Whether a report of the last run is still what it would be if made now."""
    return known["key"] == key and known["state"] in (*MADE, NOT_MADE) and _whole(out, known)


def _whole(out: Path, known: dict[str, Any]) -> bool:
    page = known["page"]
    files = [known["file"], *([page, _findings_of(page)] if page else [])]
    return all((out / name).is_file() for name in files)


def _fingerprint(findings: list[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(findings, sort_keys=True).encode()).hexdigest()


def _moved(now: list[dict[str, Any]], before: Any) -> list[dict[str, Any]]:
    """Say beside each headline number what it was, where it moved beyond chance and is seen to."""
    was = {tile["name"]: tile for tile in before}
    return [
        {**tile, "was": was[tile["name"]]["shown"]}
        if _left(was.get(tile["name"], {}), tile)
        else tile
        for tile in now
    ]


def _left(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Say whether a number left its earlier interval, by one digit at least of those shown."""
    ends = was.get("ends")
    if not ends or ends[0] <= now["value"] <= ends[1]:
        return False
    digits = [re.sub(r"[^\d.−%]", "", tile["shown"]) for tile in (was, now)]
    return digits[0] != digits[1]


def whole(path: Path, content: str | bytes) -> None:
    """Write a file in one move."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        os.replace(part, path)
    except OSError as error:
        error.filename = str(path)  # the part is nobody's business
        raise
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _findings_of(page: str) -> str:
    return Path(page).with_suffix(".findings.json").as_posix()


def _by_stem(manifest: dict[str, Any], journal: Path) -> dict[str, dict[str, Any]]:
    """Give the reports of the last run by stem; what is damaged counts as none."""
    found = {}
    for entry in manifest.get("reports", ()):
        with contextlib.suppress(KeyError, TypeError):
            if file := entry["page"] or (entry["state"] == NOT_MADE and entry["file"]):
                found[Path(file).with_suffix("").as_posix()] = entry
    with contextlib.suppress(OSError):
        for line in journal.read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(ValueError, KeyError):
                entry = json.loads(line)
                found[entry.pop("stem")] = entry
    words = {"settings": "", "composes": False, "tiles": []}
    return {stem: {**words, **entry} for stem, entry in found.items()}


def _manifest(path: Path) -> dict[str, Any]:
    """Read the manifest of the last run; a damaged one counts as none."""
    try:
        content = together(marks.known(path, {}))
    except (KeyError, TypeError, ValueError):
        return {}
    words = {"notebook", "question", "part", "state", "key", "page", "file"}
    reports = content.get("reports")
    good = isinstance(reports, list) and all(
        isinstance(entry, dict) and words <= set(entry) for entry in reports
    )
    return content if good else {}


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
