"""Page 60 through a run: small studies, copies, tags, and no network."""

import html
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from cxlab import study, voice
from tests import small
from tests.conftest import ROOT
from tests.planted import comments, rated

RUN = [sys.executable, "-c", "from cxlab.cli import main; main()"]
AWAY = ["unshare", "-rn"] if sys.platform == "linux" and shutil.which("unshare") else []
COLUMNS = {"comment": "comment", "nps": "nps", "answered_at": "day"}


def _study(folder: Path, said, **whole) -> Path:
    n = len(said)
    days = pd.date_range("2025-01-01", "2025-12-30", n).strftime("%Y-%m-%d")
    rows = pd.DataFrame({"comment": list(said), "nps": np.arange(n) * 7 % 11, "day": days})
    return small.write(folder, rows.to_csv(index=False), columns=COLUMNS, whole=whole)


def _page(folder: Path, said, **whole) -> str:
    """Run page 60 of comments where the network is taken away, and give the run's text."""
    done = _run(_study(folder, said, **whole))
    assert done.returncode == 0, done.stdout + done.stderr
    return _text(folder)


def _run(path: Path) -> subprocess.CompletedProcess:
    door = [*RUN, "run", path, "--only", "60_voice", "--out", path.parent / "out"]
    return subprocess.run([*AWAY, *map(str, door)], cwd=ROOT, capture_output=True, text=True)


def _text(folder: Path) -> str:
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


def test_the_page_of_a_small_quarter_keeps_the_themes_of_the_last(tmp_path):
    rows = rated(500, 1)
    names = [name for name in rows if name not in ("comment", "about", "language", "nps")]
    rows["day"] = pd.date_range("2025-01-01", "2025-12-30", len(rows)).strftime("%Y-%m-%d")

    def wave(folder: str, part: pd.DataFrame, **voice) -> Path:
        (tmp_path / folder).mkdir(exist_ok=True)
        return small.write(
            tmp_path / folder,
            part[["comment", "nps", "day", *names]].to_csv(index=False),
            columns=COLUMNS,
            ratings={name: name for name in names},
            whole={"voice": {"languages": ["en"], **voice}},
        )

    first = wave("first", rows[:420])
    assert _run(first).returncode == 0
    assert not re.search(r"\bkept\b", _text(tmp_path / "first"))
    opened = study.load(first)
    themed = voice.themes(voice.hear(opened.responses, languages=["en"]), ratings=opened.ratings)
    later = wave("later", rows[420:], kept="../first/themes.json")
    done = _run(later)
    assert done.returncode == 2
    assert "voice: there is no file '../first/themes.json'" in done.stdout + done.stderr
    file = voice.keep(themed, file=tmp_path / "first" / "themes.json")
    assert "1 done" in (done := _run(later)).stdout, done
    page = _text(tmp_path / "later")
    assert len(re.findall(r"rated[\d.%\s]*kept", page)) == 6
    assert "no longer found" not in page
    assert "reviews beside the survey: The study holds no reviews." in page
    assert "1 unchanged" in _run(later).stdout
    told = json.loads(file.read_text())
    told["themes"].append({**told["themes"][0], "name": "lost", "kind": "declared"})
    file.write_text(json.dumps(told))
    assert "1 done" in _run(later).stdout
    assert "no longer found: lost" in _text(tmp_path / "later")


@pytest.mark.parametrize("key", ["kept", "coded"])
def test_files_beside_the_exports_that_are_none_are_refused_at_the_start(tmp_path, key):
    (tmp_path / "x.json").write_text('{"themes": [{"name": 1}]}')
    path = _study(tmp_path, ["late parcel"] * 20, voice={key: "x.json"})
    line = next(n for n, said in enumerate(path.read_text().splitlines(), 1) if f"{key}:" in said)
    for words in (["check", path], ["run", path, "--only", "60_voice", "--out", tmp_path / "out"]):
        done = subprocess.run([*RUN, *map(str, words)], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 2
        assert f"study.yaml, line {line}: voice: {key}: 'x.json' is no" in done.stderr
        assert "voice." in done.stderr  # what writes one
    assert not (tmp_path / "out").exists()
    (tmp_path / "x.json").unlink()
    done = subprocess.run([*RUN, "check", path], cwd=ROOT, capture_output=True, text=True)
    assert f"study.yaml, line {line}: voice: there is no file 'x.json'" in done.stderr


def _posts(folder: Path, n: int = 240, **tables) -> Path:
    """Write a study of reviews from two places, and what else is given."""
    said = comments(4, n, 3)["comment"]
    days = pd.date_range("2025-01-01", "2025-12-30", n).strftime("%Y-%m-%d")
    where = np.where(np.arange(n) % 3 > 0, "Map", "Shop")
    rows = pd.DataFrame({"text": said, "stars": np.arange(n) % 5 + 1, "day": days, "from": where})
    columns = {"text": "text", "rating": "stars", "posted_at": "day", "source": "from"}
    return small.write(folder, rows.to_csv(index=False), name="posts.csv", table="reviews",
                       columns=columns, segments={"place": "from"}, **tables)  # fmt: skip


def test_reviews_alone_are_compared_by_their_own_segment(tmp_path):
    _run(_posts(tmp_path))
    page = _text(tmp_path)
    assert "The study names no segment to compare" not in page
    assert re.search("No group of place writes|More often than others, (Map|Shop) ", page)


def test_stars_stand_beside_the_score_of_a_survey_without_comments(tmp_path):
    path, n = _posts(tmp_path), 600
    days = pd.date_range("2025-01-01", "2025-12-30", n).strftime("%Y-%m-%d")
    asked = pd.DataFrame({"nps": np.arange(n) * 7 % 11, "day": days})
    asked.to_csv(tmp_path / "survey.csv", index=False)
    told = yaml.safe_load(path.read_text())
    told["tables"]["responses"] = {"files": "survey.csv",
                                   "columns": {"nps": "nps", "answered_at": "day"}}  # fmt: skip
    path.write_text(yaml.safe_dump(told))
    _run(path)
    assert "NPS of the survey" in _text(tmp_path)


def test_a_quote_stands_beside_the_list_of_themes_and_beside_reviews(tmp_path):
    path, said = _posts(tmp_path), comments(4, 300, 3)
    days = pd.date_range("2025-01-01", "2025-12-30", 300).strftime("%Y-%m-%d")
    said.assign(nps=np.arange(300) * 7 % 11, day=days).to_csv(tmp_path / "survey.csv", index=False)
    told = yaml.safe_load(path.read_text())
    told["tables"]["responses"] = {"files": "survey.csv", "columns": COLUMNS}
    path.write_text(yaml.safe_dump(told))
    _run(path)
    page = (tmp_path / "out/60_voice/everyone.html").read_text(encoding="utf-8")
    for begin, end in (("How sure are we</h2>", ">Tone</h3>"), ("Reviews speak", "</html>")):
        assert "<blockquote>" in page.rsplit(begin, 1)[1].split(end)[0]
