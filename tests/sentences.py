"""Every computed sentence of a run, as text to be read and compared.

`python -m tests.sentences` makes the sample's reports where they are not current, and renews
`tests/golden/sentences/`.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from cxlab import codebook

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = Path(__file__).parent / "golden" / "sentences"
OF_THE_MACHINE = ("provenance",)  # versions and hashes are no sentences
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
ALONE = re.compile(rf"(?<![\w])(?:{NUMBER.pattern})")  # not the 7 of a column named q7
DATE = re.compile(
    r"\b\d{4}(?:-\d\d(?:-\d\d)?|Q\d)\b|\b\d{1,2} [A-Z][a-z]+ \d{4}\b|\b(?:19|20)\d\d\b"
)
OURS = {word for table in codebook.COLUMNS.values() for word in table} | set(codebook.RESULT_WORDS)
ODD = {word for word in OURS if "_" in word or re.search(r"\d", word)} | {"nps", "csat", "ces"}
INSIDE = re.compile(
    rf"\b(?:{'|'.join(sorted(ODD))})\b|\b(?:drivers|metrics|churn|retention|value|plots|results)"
    r"\.[a-z_]+\b|weighted by '|both at once|\bnan\b|\bNone\b(?! of)|\b[a-z]+_[a-z_]+\b"
)
MOST_WORDS, MOST_NUMBERS = 25, 3
STRETCH = re.compile(
    r"\b[\d,.]+(?:st|nd|rd|th)?[- ]"
    r"(?:minute|hour|day|week|month|quarter|year|period|customer-year)s?\b"
    r"|\b(?:day|week|month|quarter|year|period|tenth|wave) \d+\b"
)


def run_sample() -> Path:
    """Make every report of the sample that is not current; give the folder."""
    door = [sys.executable, "-c", "from cxlab.cli import main; main()", "run"]
    done = subprocess.run(
        [*door, "data/sample/study.yaml"], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return Path(ROOT, done.stdout.split()[-1]).parent


def found(out: Path) -> list[dict]:
    """Give every finding of a run with the notebook and the part it is of."""
    reports = json.loads((out / "findings.json").read_text(encoding="utf-8"))
    return [{"notebook": r["notebook"], "part": r["part"], **f} for r in reports
            for f in r["findings"] if f["name"] not in OF_THE_MACHINE]  # fmt: skip


def told(out: Path) -> dict[str, str]:
    """Write what each notebook says: for everyone in full, for parts what is new there."""
    text: dict[str, list[str]] = {}
    said: dict[str, set[str]] = {}
    order = sorted(found(out), key=lambda one: (one["part"] != "everyone", one["part"]))
    for one in order:
        lines, known = text.setdefault(one["notebook"], []), said.setdefault(one["notebook"], set())
        words = [one["headline"], *one["notes"], f"({one['base']})", f"({one['method']})"]
        new = [line for line in words if line not in known and not known.add(line)]
        lines += [f"\n{one['part']} · {one['name']}", *new] if new else []
    return {name: "\n".join(lines).lstrip() + "\n" for name, lines in text.items()}


def words(text: str) -> str:
    """Leave the words of a text: a number is a number, whatever it is."""
    return NUMBER.sub("#", text)


def sentences(text: str) -> Iterator[str]:
    """Take a text apart at the ends of its sentences."""
    yield from re.split(r"(?<=[.!?])\s+(?=[A-ZÀ-Þ0-9'a-z])", text)


def numbers(sentence: str) -> list[str]:
    """Give the numbers a sentence tells: no dates, lengths of time, scales, answers in quotes."""
    bare = re.sub(r"'[^']*'", "", sentence)
    bare = re.sub(r"(?<=\.\d\d) of \d+\b|(?<=\.\d\d\)) of \d+\b", "", bare)  # a mean of 5
    return ALONE.findall(STRETCH.sub("", DATE.sub("", bare)))


def unplain(found: list[dict]) -> dict[str, set[str]]:
    """Give what breaks the manner, by rule: words from inside, long headlines, many numbers."""
    found = [one for one in found if one["name"] != "ledger"]
    headlines = {one["headline"] for one in found}
    notes = {note for one in found for note in one["notes"]}
    said = headlines | notes | {one[name] for one in found for name in ("base", "method")}
    broken = {
        "a word from inside": {text for text in said if INSIDE.search(text)},
        "too long to be read aloud": {
            text for text in headlines if len(text.split()) > MOST_WORDS
        },
        "too many numbers": {
            each for text in headlines | notes for each in sentences(text)
            if len(numbers(each)) > MOST_NUMBERS
        },
    }  # fmt: skip
    return {rule: texts for rule, texts in broken.items() if texts}


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for old in GOLDEN.glob("*.txt"):
        old.unlink()
    for name, text in told(run_sample()).items():
        (GOLDEN / f"{name}.txt").write_text(text, encoding="utf-8")
