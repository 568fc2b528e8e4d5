"""The home of JupyterLab lists the reports and says which of them a study can feed."""

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
