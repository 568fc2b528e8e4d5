"""The home of JupyterLab lists the reports and says which of them a study can feed."""

import json

from cxlab import reports
from tests import desk


def test_home_links_reports_and_says_what_the_study_lacks(tmp_path, monkeypatch):
    desk.notebook(tmp_path, "20_score", desk.SCORE, title="How <b>?", reading_order=1)
    desk.notebook(tmp_path, "00_home", title="Home")
    words = {"study_file": str(tmp_path / "s.yaml"), "folder": tmp_path, "out": tmp_path}
    found = reports.home("S", holds=(), **words)
    assert [(name, question) for name, question, *_ in found.lines] == [
        ("20_score.ipynb", "How <b>?")
    ]
    markup = found._repr_mimebundle_()["text/html"]
    assert '<a href="20_score.ipynb">How &lt;b&gt;?</a>' in markup
    assert "study_file = &#x27;s.yaml&#x27;" in markup
    monkeypatch.setenv(reports.OPENED, "/elsewhere/study.yaml")
    assert reports.opened("mine.yaml") == "/elsewhere/study.yaml"


def test_a_report_is_opened_with_the_parameters_of_a_part_and_what_was_written_in_it_stays(
    tmp_path,
):
    desk.notebook(tmp_path, "20_score", desk.SCORE, title="How?", reading_order=1)
    words = {"study_file": str(tmp_path / "s.yaml"), "folder": tmp_path, "out": tmp_path}
    part = {"segment": "region", "value": "O'Hara </a><b>", "period": ""}
    made = [reports.home("S", holds=(), part=part, **words) for _ in range(2)]
    (*_, copy), (*_, again) = (one.lines[0] for one in made)
    book = json.loads((tmp_path / copy).read_text())
    given: dict = {}
    exec(
        "".join(next(cell for cell in book["cells"] if cell.get("id") == "given")["source"]), given
    )
    assert (given["segment"], given["value"]) == ("region", "O'Hara </a><b>")
    assert (tmp_path / copy).parent.joinpath(given["study_file"]).resolve() == tmp_path / "s.yaml"
    assert again == copy
    assert f'<a href="{copy}">region: O&#x27;Hara &lt;/a&gt;&lt;b&gt;</a>' in made[0]._html()
    other = reports.home("S", holds=(), **words).lines[0][-1]
    assert other != copy
