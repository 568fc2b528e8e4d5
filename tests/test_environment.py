"""The three descriptions of the environment agree, and the package opens at once."""

import re
import subprocess
import sys
import tomllib

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.conftest import ROOT

# conda-forge names that differ from the registry's
CONDA = {"psycopg-binary": "psycopg", "duckdb": "python-duckdb", "playwright": "playwright-python"}


APART = "voice"  # an extra that makes nothing better as a rule: in no environment of ours


def _project() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    extra = [line for name in extras if name != APART for line in extras[name]]
    return [Requirement(line) for line in project["dependencies"] + extra]


def _locked() -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", _lock(), re.MULTILINE):
        found.setdefault(canonicalize_name(name), []).append(Version(version))
    return found


def _lock() -> str:
    return (ROOT / "requirements.lock").read_text()


def test_conda_users_get_the_same_direct_dependencies():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    conda = {Requirement(line).name: str(Requirement(line).specifier) for line in listed}
    wanted = {CONDA.get(need.name, need.name): str(need.specifier) for need in _project()}
    assert conda == {"python": ">=3.11"} | wanted


def test_the_lock_satisfies_every_direct_dependency():
    locked = _locked()
    for need in _project():
        versions = locked.get(canonicalize_name(need.name), [])
        assert versions, f"{need.name} is not in the lock"
        assert all(need.specifier.contains(version) for version in versions), need


def test_the_lock_holds_hashes_and_no_address():
    lock = _lock()
    assert "://" not in lock
    pinned = re.findall(r"^[\w.-]+==", lock, re.MULTILINE)
    assert len(pinned) > 100
    assert all("--hash=sha256:" in entry for entry in re.split(r"\n(?=\w[\w.-]*==)", lock)[1:])


def test_pandas_is_3_and_the_vulnerable_versions_are_out():
    least = {"pandas": "3.0", "nbconvert": "7.17.1", "jupyter-server": "2.20.0", "mistune": "3.3.0"}
    for name, version in least.items():
        assert min(_locked()[name]) >= Version(version), name


def test_importing_cxlab_alone_imports_nothing_heavy():
    code = "import sys, cxlab; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"pandas", "numpy", "matplotlib", "scipy", "statsmodels", "sklearn", "pydantic", "ibis"}
    assert not heavy & set(done.stdout.split())
