"""Every script is drawn with a font that has it, or the page names what is missing."""

import warnings

import pandas as pd
import pytest

from cxlab import plots
from cxlab.plots import fonts
from cxlab.results import Result, Unanswerable

HIEROGLYPHS = "\U00013000\U00013001"


def groups(*names: str) -> Result:
    frame = pd.DataFrame({"group": [*names], "estimate": 1.0, "conf_low": 0.5, "conf_high": 1.5})
    return Result("score", frame, "Nothing stands apart.", "By hand.", "All.")


def test_latin_greek_and_cyrillic_need_no_search():
    assert fonts.drawn_with("Zürich, Αθήνα, Москва – €") == ((fonts.HOUSE,), ())


@pytest.mark.parametrize("text", ["東京", "서울", "กรุงเทพ", "ひらがな", HIEROGLYPHS])
def test_what_a_chosen_font_lacks_is_named_and_nothing_else(text):
    chosen, missing = fonts.drawn_with(text)
    paths = dict(fonts._installed())
    had = set().union(*(fonts._letters(paths[name]) for name in chosen))
    assert bool(missing) is not (set(text) <= had)


def test_a_script_without_a_font_is_said_on_the_page_and_warns_nobody():
    lacking = fonts.drawn_with(HIEROGLYPHS)[1]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shown = plots.show(plots.forest(groups(HIEROGLYPHS, "north")))
    assert lacking == ("Egyptian",)
    assert any("No font on this machine has Egyptian" in note for note in shown.result.notes)
    assert not plots.show(plots.forest(groups("south", "north"))).result.notes


@pytest.mark.parametrize("name", ["forest", "apart", "seen", "trend", "gains"])
def test_a_picture_of_no_estimate_says_why(name):
    frame = pd.DataFrame({"group": ["a"], "estimate": [float("nan")]})
    empty = Result("score", frame, "No group has enough answers.", "By hand.", "All.")
    with pytest.raises(Unanswerable, match="No group has enough answers"):
        getattr(plots, name)(empty)


def test_differences_without_groups_are_drawn():
    frame = pd.DataFrame({"term": ["signed_up_at"], "group": [None], "before": [0.2]})
    drawn = plots.love(Result("balance", frame.assign(after=[0.1]), "x.", "By hand.", "All."))
    assert [text.get_text() for text in drawn.get_yticklabels()] == ["signed up at"]


def test_a_face_is_a_sign_and_no_script():
    assert fonts._scripts("🙂😡") == ["signs"]
    assert fonts._scripts("\U00013000🙂") == ["Egyptian", "signs"]
