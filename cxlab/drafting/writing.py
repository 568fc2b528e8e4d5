"""Put a draft into words: the study file, with a remark wherever it guesses."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from cxlab.codebook import COLUMNS
from cxlab.drafting.guesses import Guess
from cxlab.drafting.profiles import Profile
from cxlab.drafting.scales import Reading, ends_said
from cxlab.drafting.tables import pattern

BATTERY = 5  # ratings from which haste can show in them
_FIRST = ("responses", "customers", "subscriptions", "orders", "interactions", "visits", "reviews")


MONEY = {"amount", "unit_price", "monthly_fee", "cost"}  # columns that need a currency


@dataclass
class Head:
    """What a draft says of the whole study.

    Attributes:
        name, as_of, timezone, currency: as in the study file.
        others: currencies that it would take rates for.
        booked: what `check` books with this draft, a line each.
        remarks: what else stands above the tables.
    """

    name: str
    as_of: date
    timezone: str = "UTC"
    currency: str = ""
    others: tuple[str, ...] = ()
    booked: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def written(tables: Sequence[Guess], head: Head, folder: Path) -> str:
    """Write the study file of a draft."""
    ordered = sorted(tables, key=lambda made: _FIRST.index(made.table))
    parts = [_head(head, ordered), *(_table(made, folder) for made in ordered), _footer(ordered)]
    return "".join(parts)


def _head(head: Head, tables: Sequence[Guess]) -> str:
    lines = ["# A draft. Look at every line marked '?' and run: cxlab check STUDY"]
    lines += [f"# {line}" for line in (*head.booked, *head.remarks)]
    lines.append(f"study: {quoted(head.name)}")
    lines.append(f"as_of: {head.as_of}            # nothing after this day is known")
    lines.append(f"timezone: {head.timezone}               # ? where the times were written")
    if head.currency:
        lines.append(f"currency: {quoted(head.currency)}")
    elif any(MONEY & made.columns.keys() for made in tables):
        lines.append("# currency: EUR        # ? what money is in: the exports do not say it")
    if head.others:
        rates = ", ".join(f"{code}: 1.0" for code in head.others)
        lines.append(f"# rates: {{{rates}}}   # what one is worth in {head.currency}")
    return "\n".join([*lines, "tables:"]) + "\n"


def _table(made: Guess, folder: Path) -> str:
    paths, _ = pattern(made.files.paths)
    files = [quoted(os.path.relpath(path, folder).replace(os.sep, "/")) for path in paths]
    lines = [f"  {made.table}:"]
    lines.append(f"    files: {files[0] if len(files) == 1 else '[' + ', '.join(files) + ']'}")
    lines.append("    columns:" if made.columns else "    columns: {}")
    for ours, column in sorted(made.columns.items(), key=lambda each: _place(made, each[0])):
        mark = _mark(made, "columns", ours)
        lines.append(f"      {ours}: {quoted(column.name)}{_wording(column)}{mark}")
    for heading, columns in (("ratings", made.ratings), ("segments", made.segments)):
        if columns:
            lines.append(f"    {heading}:{_mark(made, heading)}")
            lines += [
                f"      {quoted(k)}: {quoted(c.name)}{_wording(c)}" for k, c in columns.items()
            ]
    if len(made.ratings) >= BATTERY:
        asked = ", ".join(quoted(name) for name in made.ratings)
        lines.append("    # ratings asked together, as one matrix: haste is looked for within them")
        lines.append(f"    batteries: {{experience: [{asked}]}}")
    if made.scales:
        lines.append("    scales:")
        lines += [
            f"      {quoted(key)}: {flow(reading.says())}{_ends(made, key, reading)}"
            f"{_mark(made, 'scales', key)}"
            for key, reading in made.scales.items()
        ]
    if made.formats:
        lines.append("    formats:")
        lines += [f"      {key}: {quoted(form)}      # ?" for key, form in made.formats.items()]
    said = {key: value for key, value in made.said.items() if key != "questions"}
    lines += [f"    {key}: {flow(value)}{_mark(made, key)}" for key, value in said.items()]
    if questions := made.said.get("questions"):
        lines.append("    questions:  # ? neither score nor rating; tabulated by 'cxlab tables'")
        lines += [f"      {quoted(key)}: {flow(value)}" for key, value in questions.items()]
    if made.attributes:
        lines.append("    attributes:")
        lines += [f"      - {quoted(column.name)}" for column in made.attributes.values()]
    lines += [
        f"    # not used: '{_plain(name)}' ({_plain(why)})" for name, why in made.unused.items()
    ]
    return "\n".join(lines) + "\n"


def _ends(made: Guess, key: str, reading: Reading) -> str:
    """Say in a remark what the file calls the ends of a scale."""
    one = made.columns.get(key) or made.ratings.get(key)
    shared = [column for name, column in made.ratings.items() if name not in made.scales]
    said = _plain(ends_said([one] if one else shared, reading))
    return f"   # {said[:90]}" if said else ""


def _place(made: Guess, ours: str) -> int:
    return list(COLUMNS[made.table]).index(ours)


def _mark(made: Guess, *words: str) -> str:
    return "  # ?" if any(doubt.line == made.line(*words) for doubt in made.doubts) else ""


def _footer(tables: Sequence[Guess]) -> str:
    said = "# population: {region: {north: 0.31, south: 0.69}}   # margins to weight to\n"
    said += "privacy: {smallest_group: 10, mask_comments: true}\n"
    keys = [key for made in tables for key in made.segments]
    if keys:
        said += f"reports:\n  over: {{{quoted(keys[0])}: all}}        # one report for each value\n"
    return said


def quoted(text: str) -> str:
    """Write a text as YAML that reads back as that text."""
    out = yaml.safe_dump(text, width=10_000, allow_unicode=True).removesuffix("\n...\n").strip()
    return out if "\n" not in out else yaml.safe_dump(text, default_style='"', width=10_000).strip()


def flow(said: Any) -> str:
    """Write a value in one line of YAML."""
    text = yaml.dump(
        said,
        Dumper=_InOneLine,
        default_flow_style=True,
        width=10_000,
        sort_keys=False,
        allow_unicode=True,
    )
    return " ".join(text.removesuffix("\n...\n").split("\n")).strip()


class _InOneLine(yaml.SafeDumper):
    """Writes a text that holds a line break as `"\\n"`, which joining lines leaves as it is."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_InOneLine.add_representer(str, _text)


def _wording(column: Profile) -> str:
    words = _plain(column.wording)
    return f"   # {words[:60]}" if words != column.name else ""


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in text)).strip()
