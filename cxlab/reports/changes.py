"""What changed between two runs: numbers, verdicts, data, code."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cxlab import export
from cxlab.reports.manifest import together
from cxlab.reports.notebooks import PlanError
from cxlab.reports.plan import EVERYONE
from cxlab.results import amount, count

REPORTED = "reported"  # the verdict of one row where the others are what else could be reported
MADE = ("done", "unchanged", "kept")
MISSING = "missing"  # planned, and not reached before the run was ended
KEYS = ("term", "group", "period", "table", "column", "value", "reason", "part", "against", "time")
Kept = tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]


def load(folder: Path) -> Kept:
    """Read the manifest and the findings of a run.

    Args:
        folder: a run's output folder, or its manifest.

    Raises:
        PlanError: there is no run, or a damaged one.
    """
    folder = folder.parent if folder.is_file() else folder
    if not folder.is_dir():
        raise PlanError(f"{folder}: there is no such folder. Use cxlab run.")
    kept = together(_read(folder / "manifest.json", dict))
    return kept, _read(folder / "findings.json", list)


def _read(path: Path, kind: type) -> Any:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PlanError(f"{path.parent}: no finished run is here. Use cxlab run.") from None
    except ValueError:
        content = None
    if not isinstance(content, kind):
        raise PlanError(f"{path}: this is damaged. Run the study again.")
    return content


def changes(before: Kept, after: Kept) -> dict[str, Any]:
    """Compare two runs.

    Args:
        before: manifest and findings of the earlier run.
        after: those of the later one.

    Returns:
        `then` (when the earlier run was), `numbers`, `verdicts`, `headlines`, `new`, `gone`,
        `failing`, `mended`, `data` and `code`; empty when nothing changed or nothing was before.
        What is of everyone comes first, headline numbers before tables, then as it is read.
    """
    (old, old_found), (new, new_found) = before, after
    if not old.get("reports"):
        return {}
    numbers, verdicts, headlines = _moved(
        _rows(old_found), _rows(new_found), same=old.get("data") == new.get("data")
    )
    states = [{_name(r): r["state"] for r in run.get("reports", ())} for run in (old, new)]
    failed = [{name for name, state in each.items() if state == "failed"} for each in states]
    late = [{name for name, state in each.items() if state == MISSING} for each in states]
    made = [set(each) - bad - out for each, bad, out in zip(states, failed, late, strict=True)]
    # a notebook whose title is worded anew is the same report
    titles = {_name(r): _title(r) for run in (old, new) for r in run.get("reports", ())}
    out = {
        "numbers": numbers,
        "verdicts": verdicts,
        "headlines": headlines,
        "new": sorted(titles[name] for name in made[1] - set(states[0])),
        "gone": sorted(titles[name] for name in made[0] - set(states[1])),
        "failing": sorted(titles[name] for name in failed[1] - failed[0]),
        "mended": sorted(titles[name] for name in failed[0] & made[1]),
        "data": _data(old, new),
        "code": _code(old, new),
    }
    return {"then": old.get("finished", ""), **out} if any(out.values()) else {}


def lines(since: Mapping[str, Any], *, limit: int = 8) -> list[str]:
    """Say what changed, a sentence each; of the numbers, only what is beyond chance and seen.

    Args:
        since: what `changes` gave.
        limit: how many numbers, and how many verdicts, are named one by one.
    """
    if not since:
        return ["Nothing changed."]
    out = [*since["data"], *since["code"]]
    beyond = [n for n in since["numbers"] if n["beyond"]]
    out += [_sentence(n) for n in beyond[:limit]]
    if (left := len(beyond) - limit) > 0:
        out.append(f"… and {count(left, 'more number')} moved beyond their earlier intervals.")
    if since["numbers"] and not beyond:
        out.append("No number moved beyond its earlier interval.")
    out += [f"{v['where']}: verdict was “{v['before']}”, is “{v['after']}”."
            for v in since["verdicts"][:limit]]  # fmt: skip
    if (left := len(since["verdicts"]) - limit) > 0:
        out.append(f"… and {count(left, 'more verdict')} changed.")
    for key, words in (("failing", "Fails now"), ("mended", "Works again"), ("new", "New"),
                       ("gone", "No longer made")):  # fmt: skip
        if since[key]:
            more = f" and {count(len(since[key]) - limit)} more" if len(since[key]) > limit else ""
            out.append(f"{words}: {'; '.join(since[key][:limit])}{more}.")
    return out


def _sentence(moved: Mapping[str, Any]) -> str:
    was, now = _seen(moved)
    return f"{moved['where']}: {was} → {now}, beyond its earlier interval."


def _seen(moved: Mapping[str, Any]) -> tuple[str, str]:
    was, now = (amount(moved[key], moved["unit"]) for key in ("before", "after"))
    return was, now


def _name(report: Mapping[str, Any]) -> tuple[str, ...]:
    """Name a report as two runs share it, whatever its title."""
    return (report["notebook"], report["part"], report.get("settings") or "")


def _title(report: Mapping[str, Any]) -> str:
    words = [report.get("question") or report["notebook"], report["part"], report.get("settings")]
    return ", ".join(word for word in words if word)


def _rows(found: Sequence[Mapping[str, Any]]) -> dict[tuple, dict[str, Any]]:
    """Give each row of each finding under a name that two runs share, what is first told first."""
    out: dict[tuple, dict[str, Any]] = {}
    for report, result in sorted(_results(found), key=lambda one: one[0]["told"]):
        for key, row in _keyed(result):
            where = (_name(report), result["name"], key)
            told = {"unit": result["unit"], "headline": "", "title": _title(report)}
            out.setdefault(where, {**row, **told})
        headline = (_name(report), result["name"], "")
        said = {"headline": result["headline"], "title": _title(report)}
        out.setdefault(headline, {}).setdefault("headline", said["headline"])
        out[headline].setdefault("title", said["title"])
    return out


def _results(found: Sequence[Mapping[str, Any]]) -> Iterator[tuple[dict[str, Any], Any]]:
    """Give each finding with its report, and when it is told.

    Other ways to report are no news, nor is a change between the last two periods: with another
    period it is another change.
    """
    for report in (one for one in found if not one.get("composes")):
        tiles = len(export.tiles(report["findings"]))
        everyone, order = report["part"] == EVERYONE, report.get("reading_order", 99)
        for at, result in enumerate(report["findings"]):
            other = any(row.get("verdict") == REPORTED for _, row in _keyed(result))
            if not other and not result["name"].endswith(" change"):
                yield {**report, "told": (not everyone, at >= tiles, order)}, result


def _keyed(result: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    columns = result["frame"]["columns"]
    for values in result["frame"]["rows"]:
        row = dict(zip(columns, values, strict=True))
        words = [str(row[name]) for name in KEYS if row.get(name) is not None]
        yield " · ".join(words) or "the number", row


def _moved(
    old: dict[tuple, dict], new: dict[tuple, dict], *, same: bool
) -> tuple[list, list, list]:
    """List what differs; `same` says that the data do not."""
    numbers, verdicts, headlines = [], [], []
    renamed = _renamed(old, new)
    for place in (place for place in new if place in old):
        was, now = old[place], new[place]
        _, name, key = place
        where = f"{now['title']}: {name}{f', {key}' if key and key != 'the number' else ''}"
        if not key and was.get("headline") != now.get("headline"):
            pair = {"before": was.get("headline"), "after": now.get("headline")}
            headlines.append({"where": where, **pair})
        if _differs(was.get("estimate"), now.get("estimate")):
            pair = {"before": was["estimate"], "after": now["estimate"], "unit": now["unit"]}
            beyond = _beyond(was, now["estimate"]) and len(set(_seen(pair))) == 2
            numbers.append({"where": where, **pair, "beyond": beyond})
        pair = {"before": was.get("verdict"), "after": now.get("verdict")}
        flipped = all(pair.values()) and len(set(pair.values())) == 2
        worded = _stood(was, now) and (same or tuple(pair.values()) in renamed)
        if flipped and not worded:
            verdicts.append({"where": where, **pair})
    once = {(n["before"], n["after"], n["unit"]): n for n in reversed(numbers)}
    told = [n for n in numbers if once[n["before"], n["after"], n["unit"]] is n]
    return sorted(told, key=lambda number: not number["beyond"]), verdicts, headlines


def _stood(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Say whether all numbers of a row are what they were."""
    return not any(_differs(was.get(key), now.get(key)) for key in {**was, **now})


def _renamed(old: dict[tuple, dict], new: dict[tuple, dict]) -> set[tuple[str, str]]:
    """Find verdicts that are the same under another word: one took the place of the other.

    A word is renamed where it is said no more, its successor was never said, and wherever it
    stood its successor stands; with one place alone nobody can tell, and it counts as news.
    """
    both: list[Any] = [(old[at].get("verdict"), new[at].get("verdict")) for at in new if at in old]
    words = [{row.get("verdict") for row in run.values()} for run in (old, new)]
    pairs = {pair for pair in both if all(pair) and pair[0] != pair[1]}
    return {
        (was, now)
        for was, now in pairs
        if was not in words[1] and now not in words[0] and both.count((was, now)) > 1
        and all(one == (was, now) for one in both if was in one or now in one)
    }  # fmt: skip


def _differs(was: Any, now: Any) -> bool:
    if not isinstance(was, int | float) or not isinstance(now, int | float):
        return False
    return abs(was - now) > 1e-9 * max(1.0, abs(was))


def _beyond(was: Mapping[str, Any], now: float) -> bool:
    low, high = was.get("conf_low"), was.get("conf_high")
    return low is not None and high is not None and not low <= now <= high


def _data(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    if old.get("data") == new.get("data"):
        return []
    rows = [each.get("rows", {}) for each in (old, new)]
    was, now = (each.get("exports", {}) for each in (old, new))
    if now and was == now:
        return ["The study file changed, or how exports are read; the exports did not."]
    told = [
        f"{table} had {count(rows[0][table], 'row')}, has {count(n, 'row')}"
        for table, n in rows[1].items()
        if rows[0].get(table, n) != n
    ]
    if was:  # runs of older versions did not name the content of each table
        alike = [table for table in now if rows[0].get(table) == rows[1].get(table)]
        told += [
            f"{table} has other values in as many rows"
            for table in alike
            if table in was and was[table] != now[table]
        ]
        told += [f"{table} is new" for table in now if table not in was]
        told += [f"{table} is gone" for table in was if table not in now]
    return [f"The data changed{': ' + '; '.join(told) if told else ''}."]


def _code(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    was, now = old.get("versions", {}), new.get("versions", {})
    moved = [f"{k} {was.get(k, 'absent')} → {v}" for k, v in now.items() if was.get(k) != v]
    out = [f"Versions changed: {', '.join(moved)}."] if moved else []
    if old.get("code") and old.get("code") != new.get("code"):
        out.append("The code or a notebook changed.")
    return out
