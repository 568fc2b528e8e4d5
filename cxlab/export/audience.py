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
    seen = suppress(given, smallest=smallest)
    if seen is given:
        return dict(finding)
    more = {name: word for name, word in finding.items() if name != "alt"}
    return {**more, **seen.to_dict()}


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
