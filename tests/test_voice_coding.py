"""Two people code comments; reviews stand beside the survey."""

import json
import shutil
import subprocess
import zipfile
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest

from cxlab import study, voice
from cxlab.results import Misuse
from cxlab.voice.coding import ac1, alpha
from tests.conftest import ROOT, absent


def _codes(text: str) -> np.ndarray:
    return np.array([ord(letter) for letter in text.replace(" ", "")]) - ord("a")


def test_alpha_agrees_with_the_published_table():
    # Krippendorff (2011), Computing Krippendorff's alpha-reliability, section B, nominal data of
    # two observers, no missing data: 0.692; the program krippendorff 0.9.0 gives 0.69196
    ben, gerry = _codes("a a b b d c c c e d d a"), _codes("b a b b b c c c e d d d")
    assert alpha(ben, gerry, 5) == pytest.approx(0.692, abs=5e-4)


def test_ac1_agrees_with_the_published_table():
    # Gwet (2002, 2008), table of 125 subjects: 118 both a, 5 and 2 apart, 0 both b: 0.9408; there
    # kappa is -0.02. The program irrCAC 0.4.4 gives 0.94078
    first = np.repeat([0, 0, 1], [118, 5, 2])
    second = np.repeat([0, 1, 0], [118, 5, 2])
    assert ac1(first, second, 2) == pytest.approx(0.9408, abs=5e-4)


def test_alpha_and_ac1_are_those_of_two_other_programs():
    right = json.loads((ROOT / "tests/golden/agreement.json").read_text())
    a, b = np.array(right["first"]), np.array(right["second"])
    assert alpha(a, b, 4) == pytest.approx(right["alpha"], abs=1e-12)
    assert ac1(a, b, 4) == pytest.approx(right["ac1"], abs=1e-7)


@pytest.fixture
def coded(tmp_path):
    draw = np.random.default_rng(0)
    said = draw.choice(["late bus", "cold soup", "hello you"], 120)
    text = [f"=1+1 {word} {n}" for n, word in enumerate(said)]
    declared = {"bus": ["bus"], "soup": ["soup"]}
    themed = voice.themes(voice.hear(pd.DataFrame({"comment": text}), languages=["en"]),
                          declared=declared, find=False)  # fmt: skip
    return voice.sheet(themed, file=tmp_path / "code.xlsx", n=60)


def _fill(path, wrong: int = 0):
    book = openpyxl.load_workbook(path)
    for place, row in enumerate(book["coding"].iter_rows(min_row=2)):
        right = next((w for w in ("bus", "soup") if w in row[1].value), "no theme")
        row[2].value, row[3].value = right, "no theme" if place < wrong else right
    book.save(path)
    return path


def test_a_sheet_holds_text_and_a_list_to_choose_from(coded):
    book = openpyxl.load_workbook(coded)
    page = book["coding"]
    assert page["B2"].data_type == "s"
    assert page["B2"].value.startswith("=1+1")
    assert [one.type for one in page.data_validations.dataValidation] == ["list"]
    assert book["machine"].sheet_state == "hidden"
    assert page.max_row == 61


def test_coders_and_machine_are_compared(coded):
    told = voice.agree(_fill(coded)).frame.set_index("term")
    assert told.loc["Krippendorff's alpha", "estimate"] == 1
    assert told.loc["machine as people", "estimate"] == 1
    assert voice.agree(coded).headline.startswith("Checked by people: 60 of 60")
    less = voice.agree(_fill(coded, wrong=20)).frame.set_index("term")
    assert less.loc["same theme", "estimate"] < 1
    assert less.loc["Gwet's AC1", "conf_low"] < less.loc["Gwet's AC1", "estimate"]


def test_confusion_is_counted_theme_by_theme(coded):
    book = openpyxl.load_workbook(_fill(coded))
    rows = [row for row in book["coding"].iter_rows(min_row=2) if "bus" in row[1].value]
    for row in rows[:4]:  # people see soup where the machine sees the bus
        row[2].value = row[3].value = "soup"
    rows[5][3].value = "soup"  # the two differ: nobody knows which is right
    book.save(coded)
    told = voice.confusion(coded)
    soup = told.frame["term"].eq("soup")
    first = told.frame.iloc[0]
    assert (first["term"], first["answer"], first["count"]) == ("soup", "bus", 4)
    assert first["n"] == told.frame.loc[soup, "count"].sum()
    assert told.frame["count"].sum() == 59
    assert f"people say 'soup' and the machine 'bus': 4 of {first['n']}." in told.headline
    assert voice.confusion(_fill(coded)).headline.startswith("The machine says of 60 comments")


def test_the_theme_that_people_chose_of_several_is_no_error_of_the_machine(tmp_path):
    said = [f"late bus and cold soup {n}" for n in range(50)] + ["hello you"]
    heard = voice.hear(pd.DataFrame({"comment": said}), languages=["en"])
    both = voice.themes(heard, declared={"bus": ["bus"], "soup": ["soup"]}, find=False)
    file = voice.sheet(both, file=tmp_path / "c.xlsx", n=51)
    book = openpyxl.load_workbook(file)
    for place, row in enumerate(book["coding"].iter_rows(min_row=2)):
        row[2].value = row[3].value = ["bus", "soup"][place % 2] if place < 50 else "soup"
    book.save(file)
    told = voice.agree(file)
    assert told.headline.startswith("Checked by people: 50 of 51;")
    assert voice.confusion(file).headline.startswith(
        "People and machine differ most often where people say 'soup' and the machine 'no theme': 1"
    )
    assert (
        voice.teach(both, file=file)
        .notes[-1]
        .startswith("Of 51 coded comments to learn from 50 were told right; ")
    )
    assert (voice.teach(both, file=file).carried[:50]).all()


def test_codes_of_other_comments_or_of_themes_that_are_gone_are_told(coded, dishes, tmp_path):
    assert (
        voice.teach(dishes, file=_fill(coded))
        .notes[-1]
        .startswith("None of 60 coded comments is one of these")
    )
    file = voice.sheet(dishes, file=tmp_path / "c.xlsx", n=60)
    book = openpyxl.load_workbook(file)
    book["themes"]["A1"] = "broth"  # what a theme was called then
    for row in book["coding"].iter_rows(min_row=2):
        row[2].value = row[3].value = "broth"
    book.save(file)
    notes = voice.teach(dishes, file=file).notes
    assert "60 coded comments left aside: broth is no theme of these." in notes


def test_a_sheet_opened_and_saved_by_libreoffice_is_read(coded, tmp_path):
    if not shutil.which("soffice"):
        absent("LibreOffice (soffice)")
    words = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
             "--convert-to", "xlsx", "--outdir", tmp_path / "saved", _fill(coded)]  # fmt: skip
    subprocess.run(words, check=True, capture_output=True, timeout=170)
    saved = tmp_path / "saved" / coded.name
    if not saved.exists():  # without Calc the status is 0 all the same
        absent("LibreOffice Calc")
    page = openpyxl.load_workbook(saved)["coding"]
    (allowed,) = page.data_validations.dataValidation
    assert (str(allowed.sqref), allowed.formula1.lstrip("=")) == ("C2:D61", "themes!$A$1:$A$3")
    assert page["B2"].data_type == "s"
    assert voice.agree(saved).headline.startswith("Checked by people: 60 of 60")


def _changed(path, **cells):
    book = openpyxl.load_workbook(path)
    for cell, value in cells.items():
        book["coding"][cell] = value
    book.save(path)
    return path


def test_codes_in_capitals_count_and_those_that_are_none_are_refused_by_line(coded):
    shout = {f"C{line}": f"{each.value} ".upper() for line, (each,) in enumerate(
        openpyxl.load_workbook(_fill(coded))["coding"].iter_rows(min_row=2, min_col=3, max_col=3),
        2)}  # fmt: skip
    assert voice.agree(_changed(coded, **shout)).frame["estimate"].iloc[0] == 1
    right = r"line 4, 'coder 2': 'bsu' is no theme\. Did you mean .*bus.* sheet 'themes'"
    with pytest.raises(Misuse, match=right):
        voice.agree(_changed(coded, D4="bsu"))


def test_a_line_that_lost_its_number_is_no_error_of_the_machine(coded):
    assert "Checked by people: 59 of 59" in voice.agree(_changed(_fill(coded), A5=None)).headline


@pytest.fixture(scope="module")
def dishes():
    """Comments on two dishes, of which the machine knows the words of one."""
    draw = np.random.default_rng(1)
    soup, pie = ["soup bowl warm", "broth spoon warm"], ["crust apple sweet", "pastry apple slice"]
    text = [f"{word} {n}" for n, word in enumerate(draw.choice(soup + pie, 300))]
    declared = {"soup": ["soup"], "pie": ["crust", "broth"]}
    return voice.themes(voice.hear(pd.DataFrame({"comment": text}), languages=["en"]),
                        declared=declared, find=False)  # fmt: skip


def test_what_people_coded_teaches_the_other_comments(dishes, tmp_path):
    file = voice.sheet(dishes, file=tmp_path / "c.xlsx", n=100)
    book = openpyxl.load_workbook(file)
    for row in book["coding"].iter_rows(min_row=2):
        row[2].value = "soup" if "warm" in row[1].value else "pie"
        row[3].value = row[2].value
    book.save(file)
    taught = voice.teach(dishes, file=file)
    right = np.array(["warm" in text for text in dishes.heard.text])
    assert (dishes.carried[:, 0] == right).mean() < 0.9
    assert (taught.carried[:, taught.names.index("soup")] == right).all()
    assert taught.notes[-1].endswith("taught by them, 100 of 100 that it was not taught by.")
    assert voice.about(taught).notes == taught.notes


@pytest.mark.parametrize("left", [1, 4])
def test_a_theme_of_which_hardly_any_was_coded_stays_as_it_was_told(dishes, tmp_path, left):
    more = pd.DataFrame({"comment": [f"beer cold glass {n}" for n in range(90)]})
    heard = voice.hear(pd.concat([dishes.heard.frame, more], ignore_index=True), languages=["en"])
    three = voice.themes(heard, find=False, declared={"soup": ["soup"], "pie": ["crust", "broth"],
                                                      "beer": ["beer"]})  # fmt: skip
    file = voice.sheet(three, file=tmp_path / "c.xlsx", n=150)
    book = openpyxl.load_workbook(file)
    for row in book["coding"].iter_rows(min_row=2):
        about = "soup" if "warm" in row[1].value else "pie"
        if "beer" in row[1].value:
            about, left = ("beer", left - 1) if left else (None, 0)
        row[2].value = row[3].value = about
    book.save(file)
    taught = voice.teach(three, file=file)
    assert "taught by them" in taught.notes[-1]
    beer = np.array(["beer" in text for text in heard.text])
    assert (taught.carried[:, taught.names.index("beer")] == beer).all()


def test_a_comment_written_often_is_learned_from_and_judged_once(dishes, tmp_path):
    frame = pd.concat([dishes.heard.frame[["comment"]]] * 3, ignore_index=True)
    thrice = voice.themes(voice.hear(frame, languages=["en"]), find=False,
                          declared={"soup": ["soup"], "pie": ["crust", "broth"]})  # fmt: skip
    file = voice.sheet(thrice, file=tmp_path / "c.xlsx", n=300)
    book = openpyxl.load_workbook(file)
    said = [row for row in book["coding"].iter_rows(min_row=2)]
    for row in said:
        row[2].value = row[3].value = "soup" if "warm" in row[1].value else "pie"
    book.save(file)
    texts = [row[1].value for row in said]
    assert len(texts) == len(set(texts))
    taught = voice.teach(thrice, file=file)
    assert f"{len(texts)} of {len(texts)} that it was not taught by" in taught.notes[-1]
    right = np.array(["warm" in text for text in thrice.heard.text])
    assert (taught.carried[:, taught.names.index("soup")] == right).all()  # copies follow


def test_a_sheet_holds_every_theme_what_is_between_two_and_what_has_none(tmp_path):
    n = 600
    carried, strength = np.zeros((n, 2), dtype=bool), np.zeros((n, 2))
    carried[:300, 0], strength[:300, 0] = True, 0.9
    carried[280:300, 1], strength[280:300, 1] = True, 0.85  # between the two
    carried[300:320, 1], strength[300:320, 1] = True, 0.9
    heard = voice.hear(pd.DataFrame({"comment": [f"bus {i}" for i in range(n)]}))
    plain = voice.themes(heard, declared={"a": ["bus"], "b": ["tram"]}, find=False)
    themed = replace(plain, carried=carried, strength=strength)
    book = openpyxl.load_workbook(voice.sheet(themed, file=tmp_path / "c.xlsx", n=120))
    rows = np.array([row[0].value for row in book["machine"].iter_rows(min_row=2)])
    assert len(rows) == len(set(rows)) == 120
    assert np.isin(np.arange(280, 300), rows).all()
    said = pd.Series([row[1].value for row in book["machine"].iter_rows(min_row=2)]).value_counts()
    assert said["b"] == 20
    assert 45 <= said["no theme"] <= 55


def test_codes_at_random_teach_nothing_and_few_are_not_learned_from(dishes, tmp_path):
    file, draw = voice.sheet(dishes, file=tmp_path / "c.xlsx", n=60), np.random.default_rng(2)
    assert voice.teach(dishes, file=file).notes[-1].startswith("0 coded comments are too few")
    book = openpyxl.load_workbook(file)
    for row in book["coding"].iter_rows(min_row=2):
        row[2].value = draw.choice(["soup", "pie", "no theme"])
    book.save(file)
    taught = voice.teach(dishes, file=file)
    assert "was not used" in taught.notes[-1]
    assert np.array_equal(taught.carried, dishes.carried)
    assert voice.teach(dishes) is dishes


def test_a_workbook_not_filled_in_or_of_another_kind_is_a_sentence(coded, tmp_path):
    with pytest.raises(voice.VoiceError, match="coded by both are too few"):
        voice.agree(coded)
    pd.DataFrame({"a": [1]}).to_excel(tmp_path / "x.xlsx", index=False)
    with pytest.raises(Misuse, match=r"no workbook of voice.sheet"):
        voice.agree(tmp_path / "x.xlsx")
    with zipfile.ZipFile(tmp_path / "x.ods", "w") as file:
        file.writestr("content.xml", "")  # by this an OpenDocument sheet is known
    with pytest.raises(Misuse, match=r"no \.xlsx; save it as one"):
        voice.agree(tmp_path / "x.ods")


def _posts(n: int = 80) -> pd.DataFrame:
    day = pd.date_range("2024-01-05", periods=n, freq="9D", tz="UTC")
    stars = np.repeat([5, 4, 2, 3, 5, 1, 4, 2], 10)
    return pd.DataFrame({"rating": stars, "posted_at": day, "source": ["A", "B"] * (n // 2)})


def test_stars_and_survey_stand_beside_each_other_and_are_not_mixed():
    posts = _posts()
    answers = pd.DataFrame({"nps": posts["rating"] * 2, "answered_at": posts["posted_at"]})
    told = voice.reviews(posts, responses=answers)
    first = told.frame[told.frame["part"] == "stars of reviews"]
    mean = np.average(first["estimate"], weights=first["n"])
    assert mean == pytest.approx(posts["rating"].mean())
    assert "move together" in told.headline
    assert len(voice.reviews(posts).frame["part"].unique()) == 1
    four = posts["posted_at"] < "2025-01-01"
    few = voice.reviews(posts[four], responses=answers[four]).headline
    assert few.endswith("too few periods to set them beside the survey.")  # four in order are luck


def test_stars_and_survey_that_have_nothing_to_do_with_each_other_are_told_to_move_rarely():
    posts, draw, told = _posts(), np.random.default_rng(2), 0
    for _ in range(40):
        answers = pd.DataFrame({"nps": draw.integers(0, 11, len(posts)),
                                "answered_at": posts["posted_at"]})  # fmt: skip
        told += "cannot be told" not in voice.reviews(posts, responses=answers).headline
    assert told <= 6


def test_replies_and_their_delay():
    posts = _posts().assign(reply=None, replied_at=pd.NaT)
    posts["replied_at"] = posts["posted_at"].where(posts.index % 4 == 0) + pd.Timedelta(days=2)
    told = voice.replies(posts).frame.set_index("group")
    assert told.loc["all", "estimate"] == 0.25
    assert told.loc["all", "time"] == 2
    with pytest.raises(voice.VoiceError, match="Nothing is known of replies"):
        voice.replies(_posts())


TRUSTPILOT = """Review Id,Created At,Stars,Title,Review Text,Reply Text,Reply Date
r1,2024-02-03 10:00:00,5,Good,"Quick, call Ann on 07700 900123",Thanks,2024-02-04 10:00:00
r2,2024-05-03 11:00:00,1,Bad,=cmd|'/c calc'!A1,,
r3,2024-08-09 09:00:00,4,Fine,<b>Fine</b>,Great,2024-08-12 09:00:00
"""


def test_an_export_of_reviews_is_read_masked_and_told(tmp_path):
    (tmp_path / "reviews.csv").write_text(TRUSTPILOT)
    (tmp_path / "study.yaml").write_text(
        "study: R\nas_of: 2025-01-01\ntables: {reviews: {files: reviews.csv, columns: {"
        "review_id: Review Id, posted_at: Created At, rating: Stars, text: Review Text, "
        "reply: Reply Text, replied_at: Reply Date}}}\n"
    )
    posts = study.load(tmp_path / "study.yaml").reviews
    assert posts["text"].tolist()[0] == "Quick, call Ann on [phone]"
    told = voice.replies(posts).frame.iloc[0]
    assert (told["estimate"], told["time"]) == (pytest.approx(2 / 3), 2)
    assert len(voice.hear(posts, comment="text", languages=["en"]).text) == 3
    assert "on average, from " in voice.reviews(posts).headline  # no survey stands beside them


def test_the_base_of_stars_is_the_reviews_that_the_sentence_counts():
    days = ["2025-02-03"] * 4 + ["2025-05-03"] * 20 + ["2025-08-03"] * 30
    posts = pd.DataFrame({"rating": 4.0, "posted_at": pd.to_datetime(days)})
    told = voice.reviews(posts, smallest=10)
    assert "from 50 reviews" in told.headline
    assert told.base.startswith(
        "50 reviews with stars and a date, of 54: the others lie in a quarter"
    )
    assert voice.reviews(posts, smallest=1).base == "54 reviews with stars and a date."
