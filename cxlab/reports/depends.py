"""What a report depends on, named by content: its notebook, parameters, data, code, versions."""

import hashlib
import json
import os
import platform
from functools import cache
from importlib import metadata
from pathlib import Path

import cxlab
from cxlab.reports.plan import Job

_VERSIONS = ("numpy", "pandas", "scipy", "statsmodels", "scikit-learn", "matplotlib", "papermill")


def key(job: Job, data: str) -> str:
    """Hash everything a report depends on.

    Args:
        job: the report.
        data: name of the content it reads.
    """
    digest = hashlib.sha256()
    digest.update(job.notebook.path.read_bytes())
    digest.update(json.dumps(job.parameters, sort_keys=True).encode())
    for name, given in sorted(job.parameters.items()):  # a file that is named is part of it
        path = os.path.join(job.notebook.path.parent, str(given))
        if name != "study_file" and os.path.isfile(path):
            digest.update(Path(path).read_bytes())
    digest.update(data.encode())
    digest.update(code().encode())
    return digest.hexdigest()[:32]


@cache
def code() -> str:
    """Name the code of cxlab and the versions it stands on, as they were when first asked."""
    digest = hashlib.sha256(json.dumps(versions(), sort_keys=True).encode())
    root = Path(cxlab.__file__).parent
    for path in sorted(root.rglob("*")):
        if path.suffix in (".py", ".html", ".css", ".js"):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """Give the versions a report depends on."""
    found = {name: metadata.version(name) for name in _VERSIONS}
    return {"cxlab": cxlab.__version__, "python": platform.python_version(), **found}
