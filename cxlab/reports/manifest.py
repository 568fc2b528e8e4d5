"""What a manifest holds on disk: what a run is, and apart from it when and how it was made.

Two runs of the same study, data and code differ in one block alone, `run`: its times, and the
state and seconds of each report, in the order of `reports`.
"""

from collections.abc import Mapping
from typing import Any

_TIMES = ("started", "finished", "seconds")
_STATES = ("state", "seconds")


def apart(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Put times, seconds and states into one block.

    Example:
        >>> apart({"finished": "noon", "reports": [{"part": "b", "state": "done"}]})["run"]
        {'finished': 'noon', 'reports': [{'state': 'done'}]}
    """
    reports = manifest.get("reports", ())
    run = {key: manifest[key] for key in _TIMES if key in manifest}
    since = manifest.get("since") or {}
    run |= {"then": since["then"]} if "then" in since else {}
    run["reports"] = [{key: one[key] for key in _STATES if key in one} for one in reports]
    bare = {key: value for key, value in manifest.items() if key not in _TIMES}
    bare |= {"reports": [{k: v for k, v in one.items() if k not in _STATES} for one in reports]}
    if since:
        bare["since"] = {key: value for key, value in since.items() if key != "then"}
    return {**bare, "run": run}


def together(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Undo `apart`; what was written in one piece stays as it is."""
    run = kept.get("run")
    if not isinstance(run, Mapping):
        return dict(kept)
    states = run.get("reports") or [{}] * len(kept["reports"])
    whole = {key: value for key, value in kept.items() if key != "run"}
    whole |= {key: run[key] for key in _TIMES if key in run}
    whole["reports"] = [
        {**one, **state} for one, state in zip(kept["reports"], states, strict=True)
    ]
    if whole.get("since") and "then" in run:
        whole["since"] = {"then": run["then"], **whole["since"]}
    return whole
