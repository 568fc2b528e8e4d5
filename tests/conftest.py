"""Where the tests find data that is not part of the project."""

import os
import shutil
import subprocess
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


def server_program(name):
    found = shutil.which(name) or next(
        (str(p) for p in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None
    )
    return found or absent(f"a PostgreSQL server ({name})")


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    """A server of our own, in a folder of its own, reached through a socket."""
    import ibis

    try:
        import psycopg  # noqa: F401
    except ImportError:
        absent("psycopg, the PostgreSQL driver,")
    folder = tmp_path_factory.mktemp("pg")
    initdb, ctl = server_program("initdb"), server_program("pg_ctl")
    as_user = {}
    if os.name == "posix" and os.geteuid() == 0:
        # the server refuses to run as root
        as_user = {"user": "nobody"}
        for path in (folder, *folder.parents[:3]):
            path.chmod(path.stat().st_mode | 0o055)
        shutil.chown(folder, "nobody")
    data = folder / "data"

    def call(*command):
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **as_user)

    call(initdb, "-D", str(data), "-U", "cxlab", "-A", "trust", "-E", "UTF8", "--locale=C")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    call(ctl, "-D", str(data), "-w", "-o", options, "-l", str(folder / "log"), "start")
    yield ibis.postgres.connect(host=str(folder), user="cxlab", database="postgres")
    call(ctl, "-D", str(data), "-m", "immediate", "stop")
