"""Small studies for tests: one file, one table, read and cleaned."""

from pathlib import Path

import yaml

from cxlab import study


def write(folder: Path, data: str | bytes, *, name: str = "survey.csv", **said) -> Path:
    """Write an export and a study file that reads it as responses, or as `table`."""
    export = folder / name
    export.write_bytes(data if isinstance(data, bytes) else data.encode())
    table = said.pop("table", "responses")
    whole = {"study": "Small", "as_of": "2025-12-31", **said.pop("whole", {})}
    whole["tables"] = {table: {"files": name, **said}}
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(whole), encoding="utf-8")
    return path


def load(folder: Path, data: str | bytes, **said) -> study.Study:
    """Write a small study and open it."""
    return study.load(write(folder, data, **said), cache=False)


def reasons(opened: study.Study, table: str = "responses") -> dict[str, int]:
    """Count the rows set aside by reason."""
    return opened.cleaned[table].set_aside["reason"].value_counts().to_dict()


def repairs(opened: study.Study, table: str = "responses") -> dict[str, int]:
    """Count the cells repaired by column and reason."""
    rows = opened.cleaned[table].repairs
    return {f"{row.column}:{row.reason}": int(row.n) for row in rows.itertuples()}
