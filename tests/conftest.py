"""Where the tests find data that is not part of the project."""

import os
import shutil
from pathlib import Path

import pytest

from cxlab import results
from tests import sentences

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("CXLAB_SHARED", ROOT.parent / "shared"))
REQUIRED = os.environ.get("CXLAB_REQUIRE_ALL") == "1"


ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--no-first-run"]  # fmt: skip


def absent(what: str) -> None:
    """Skip with a sentence; fail where everything is required."""
    if REQUIRED:
        pytest.fail(f"{what} is required here and absent")
    pytest.skip(f"{what} is absent")


@pytest.fixture(autouse=True)
def _show_every_group():
    """Opening a study sets how small a group is shown; no test inherits that from another."""
    results.keep_back(0)
    yield
    results.keep_back(0)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets."""
    folder = SHARED / "data"
    if not folder.is_dir():
        absent("the folder of real data sets (shared/data)")
    return folder


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of published and recomputed numbers."""
    folder = SHARED / "reference"
    if not folder.is_dir():
        absent("the folder of reference numbers (shared/reference)")
    return folder


@pytest.fixture(scope="session")
def sample() -> Path:
    """The study file of the sample company."""
    return ROOT / "data" / "sample" / "study.yaml"


@pytest.fixture(scope="session")
def sample_run() -> Path:
    """Every report of the sample, by the command of `make report`; what is current stands."""
    return sentences.run_sample()


@pytest.fixture(scope="session")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        absent("a Chromium browser")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield opened
        opened.close()
