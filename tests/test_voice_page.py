"""Page 60 through a run: small studies, copies, tags, and no network."""

import html
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests import small
from tests.conftest import ROOT
from tests.planted import comments

RUN = [sys.executable, "-c", "from cxlab.cli import main; main()"]
AWAY = ["unshare", "-rn"] if sys.platform == "linux" and shutil.which("unshare") else []
COLUMNS = {"comment": "comment", "nps": "nps", "answered_at": "day"}


def _study(folder: Path, said, **whole) -> Path:
    n = len(said)
    days = pd.date_range("2025-01-01", "2025-12-30", n).strftime("%Y-%m-%d")
    rows = pd.DataFrame({"comment": list(said), "nps": np.arange(n) * 7 % 11, "day": days})
    return small.write(folder, rows.to_csv(index=False), columns=COLUMNS, whole=whole)


def _page(folder: Path, said, **whole) -> str:
    """Run page 60 alone where the network is taken away, and give the run's text."""
    door = [
        *RUN,
        "run",
        _study(folder, said, **whole),
        "--only",
        "60_voice",
        "--out",
        folder / "out",
    ]
    done = subprocess.run([*AWAY, *map(str, door)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    pages = [each.read_text(encoding="utf-8") for each in (folder / "out").rglob("*.html")]
    return html.unescape(re.sub(r"<[^>]*>", "", "".join(pages)))


def test_copies_count_once_on_request_and_a_tag_names_no_theme(tmp_path):
    said = dict.fromkeys(f"{one} Sent from my iPhone" for one in comments(4, 240, 1)["comment"])
    page = _page(tmp_path, [*said, *["great service, would buy again"] * 50], voice={"once": True})
    assert "49 comments left out: word for word another; each is counted once." in page
    assert "Very many comments hold 'sent from my iphone' word for word" in page
    assert "They write most often about" in page
    assert "iphone" not in re.sub(r"(?i)'sent from my iphone'|sent from my iPhone", "", page)


@pytest.mark.parametrize("n", [12, 40])
def test_few_comments_are_a_sentence(tmp_path, n):
    page = _page(tmp_path, comments(4, n, 2)["comment"])
    assert re.search(r"Not made\W+What do people say.{,40}: In \d\d comments no theme is", page)
