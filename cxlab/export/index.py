"""The index of a run: what to read first, what failed, and every report."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from cxlab.codebook import label
from cxlab.export.frame import framed
from cxlab.results import count, in_unit, says_nothing, span

EVERYONE = "everyone"
NOT_SHOWN = "Not shown to leadership: too few people, or they would be told by the total."
MOST_FLIPS, MOST_CHOICES = 20, 60
MADE, MISSING = ("done", "unchanged", "kept"), "missing"


def index(manifest: Mapping[str, Any]) -> str:
    """Render the index of a run.

    Args:
        manifest: what `reports.run` wrote; `reports` lists notebook, question, part, state,
            page, notebook file, headline, base, error and place in the reading order; `doubts`
            what may make every number wrong, a sentence each; `held` the parts whose people are
            fewer than leadership may see; `around` what readers may choose, of those that are
            shown.

    Returns:
        A whole HTML document.
    """
    held = set(manifest.get("held", ()))
    reports = sorted(
        (_masked(report) if report["part"] in held else report for report in manifest["reports"]),
        key=lambda r: (r["reading_order"], r["question"], r["part"] != EVERYONE, r["part"]),
    )
    made = [report for report in reports if report["state"] in MADE]
    scored = [report for report in made if report["part"] == EVERYONE and report.get("tiles")]
    whole = [report for report in made if report["part"] == EVERYONE and report["headline"]]
    failed = [report for report in reports if report["state"] == "failed"]
    return framed(
        "index.html",
        script="index.js around.js",
        around=_data(manifest.get("around")),
        title="All reports",
        study=manifest["study"],
        known=f"As known on {manifest['as_of']}. {_tally(reports)}",
        doubts=list(manifest.get("doubts", ())),
        first=whole[0] if whole else None,
        scored=next((report for report in scored if not report.get("composes")), None),
        since=_since(manifest.get("since") or {}, held),
        flipped=_flipped(manifest, held),
        withheld=_withheld(reports, held),
        choices=_choices([report["part"] for report in made]),
        next=whole[1:6],
        failed=failed,
        late=_late(reports),
        total=len([r for r in reports if r["state"] not in ("not made", MISSING)]),
        questions=list(dict.fromkeys(report["question"] for report in made)),
        reports=made,
        missing=[_reason(report) for report in _unmade(reports)],
        made=f"Made with cxlab {manifest['versions']['cxlab']} on {manifest['finished']}.",
    )


def _data(told: Mapping[str, Any] | None) -> Markup:
    """Write values as text that is neither markup nor code, whoever reads it."""
    text = json.dumps(told, separators=(",", ":")) if told else ""
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def _late(reports: Sequence[Mapping[str, Any]]) -> str:
    """Name what was planned and not reached, such as after a run that was ended."""
    names = [f"{r['question']}, {r['part']}" for r in reports if r["state"] == MISSING]
    if not names:
        return ""
    more = len(names) - MOST_FLIPS
    told = "; ".join(names[:MOST_FLIPS]) + (f"; and {count(more)} more" if more > 0 else "")
    return f"{count(len(names), 'report')} not made yet: {told}. Run again to make what is missing."


def _masked(report: Mapping[str, Any]) -> dict[str, Any]:
    """Give a report without what it found."""
    return {**report, "headline": NOT_SHOWN, "base": "", "tiles": []}


def _flipped(manifest: Mapping[str, Any], held: Collection[str]) -> list[str]:
    """Name the verdicts that are others than last time, of parts that are shown."""
    flips = (manifest.get("since") or {}).get("verdicts", ())
    told = [_flip(one) for one in flips if not any(part in one["where"] for part in held)]
    more = len(told) - MOST_FLIPS
    return told[:MOST_FLIPS] + ([f"and {count(more)} more verdicts."] if more > 0 else [])


def _flip(one: Mapping[str, str]) -> str:
    return f"{one['where']}: verdict was “{one['before']}”, is “{one['after']}”."


def _withheld(reports: Sequence[Mapping[str, Any]], held: Collection[str]) -> list[str]:
    """Name the parts of which no report is made, and those not shown here, each once."""
    unmade = [r for r in _unmade(reports) if r["part"] != EVERYONE]
    small = [r["error"] if _names_part(r) else _reason(r) for r in unmade]
    masked = {r["part"]: None for r in reports if r["part"] in held and r["state"] in MADE}
    return list(dict.fromkeys([*small, *(f"{part}: {NOT_SHOWN.lower()}" for part in masked)]))


def _unmade(reports: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """List what is not made; of a part only what is not the reason of everyone's report."""
    unmade = [report for report in reports if report["state"] == "not made"]
    whole = {(r["question"], r["error"]) for r in unmade if r["part"] == EVERYONE}
    return [r for r in unmade if r["part"] == EVERYONE or (r["question"], r["error"]) not in whole]


def _reason(report: Mapping[str, Any]) -> str:
    """Say of which report, and of which part where the reason does not name it, it was not made."""
    part = "" if report["part"] == EVERYONE or _names_part(report) else f", {report['part']}"
    return f"{report['question']}{part}: {report['error']}"


def _names_part(report: Mapping[str, Any]) -> bool:
    value = report["part"].partition(": ")[2]
    return bool(value) and value in report["error"]


def _choices(parts: Sequence[str]) -> list[str]:
    """List the parts to choose from, or, where they are many, what they are parts of."""
    once = list(dict.fromkeys(parts))
    return once if len(once) <= MOST_CHOICES else sorted({p.partition(":")[0] for p in once})


def _since(since: Mapping[str, Any], held: Collection[str]) -> dict[str, Any]:
    """Leave out what changed in parts that are not shown, and verdicts, which stand apart."""
    flips = {_flip(one) for one in since.get("verdicts", ())}
    lines = [line for line in since.get("lines", ()) if line not in flips]
    told = [line for line in lines if not any(part in line for part in held)]
    return {**since, "lines": told}


def tiles(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give a report's headline numbers: its first findings of one row each.

    Args:
        found: the report's findings.

    Returns:
        Of each, `name`, `shown` and `interval` in words, and what they say: `value` and `ends`,
        two numbers, or none where it has no interval.
    """
    out = []
    for finding in found[:3]:
        frame = finding["frame"]
        if len(frame["rows"]) != 1:
            break
        row = dict(zip(frame["columns"], frame["rows"][0], strict=True))
        if row.get("estimate") is None:
            break
        if says_nothing(row, finding["unit"]):
            continue
        low, high = row.get("conf_low"), row.get("conf_high")
        ends = [] if low is None or high is None else [low, high]
        out.append(
            {
                "name": label(finding["name"]),
                "shown": in_unit(row["estimate"], finding["unit"], finding.get("base", "")),
                "interval": span(ends[0], ends[1], finding["unit"]) if ends else "",
                "value": row["estimate"],
                "ends": ends,
            }
        )
    return out


def _tally(reports: list[Mapping[str, Any]]) -> str:
    made = sum(report["state"] in MADE for report in reports)
    failed = sum(report["state"] == "failed" for report in reports)
    words = f"{count(made, 'report')} made"
    return f"{words}, {count(failed)} failed." if failed else f"{words}, none failed."
