"""What each audience may see of a run: the fewer know the people, the larger a group must be."""

from collections.abc import Mapping, Sequence
from typing import Any

from cxlab.results import Result, suppress

Findings = Sequence[Mapping[str, Any]]


def held(finding: Mapping[str, Any], *, smallest: int) -> dict[str, Any]:
    """Give a finding without the numbers of groups of fewer people than an audience may see.

    Args:
        finding: a result as `Result.to_dict` wrote it.
        smallest: fewest people of a group.

    Returns:
        The finding itself where nothing has to go; else one without a picture's words, since
        its picture shows more than the audience may see.

    Example:
        >>> frame = {"columns": ["group", "n"], "rows": [["a", 50], ["b", 40], ["c", 12]]}
        >>> words = {"name": "size", "headline": "Sizes.", "method": "m", "base": "all"}
        >>> finding = {**words, "notes": [], "unit": "", "frame": frame}
        >>> held(finding, smallest=20)["frame"]["rows"]
        [['a', 50.0], ['b', None], ['c', None]]
    """
    given = Result.from_dict(dict(finding))
    seen = suppress(given, smallest=smallest, people=finding.get("people"))
    if seen is given:
        return dict(finding)
    more = {name: word for name, word in finding.items() if name not in ("alt", "people")}
    return {**more, **seen.to_dict()}


def people(found: Findings) -> int | None:
    """Count the people a report of a part stands on, as it says itself; None if it does not.

    Args:
        found: the report's findings: its headline numbers come first, `scope` lists its tables.

    Example:
        >>> frame = {"columns": ["table", "n"], "rows": [["responses", 725], ["orders", 9000]]}
        >>> people([{"name": "scope", "frame": frame}])
        725
    """
    counts = []
    for place, finding in enumerate(found):
        columns = finding["frame"]["columns"]
        rows = [dict(zip(columns, row, strict=True)) for row in finding["frame"]["rows"]]
        for row, n in zip(rows, finding.get("people", ()), strict=False):
            row["n"] = n
        if finding["name"] == "scope":
            rows = [row for row in rows if row.get("table") in ("responses", "customers")]
        elif place > 2 or len(rows) != 1 or "table" in columns:
            continue
        counts += [row["n"] for row in rows if row.get("n")]
    return int(min(counts)) if counts else None


def seen(found: Findings, *, smallest: int) -> list[dict[str, Any]]:
    """Give the reports of a run as an audience may see them.

    Args:
        found: reports with their findings, as `findings.json` lists them.
        smallest: fewest people of a group.
    """
    return [
        {**report, "findings": [held(each, smallest=smallest) for each in report["findings"]]}
        for report in found
    ]
