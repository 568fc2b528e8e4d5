"""Toplines, banner tables, letters: by hand, by another road, by golden file, by chance."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from cxlab import questions
from cxlab.questionnaire import Asked, Questionnaire
from cxlab.questions import QuestionsError
from cxlab.questions.association import independence
from cxlab.questions.workings.cells import Cells
from cxlab.questions.workings.columns import Columns
from cxlab.questions.workings.held import held
from cxlab.results import Misuse

GOLD = Path(__file__).parent / "golden"
GOLDEN = json.loads((GOLD / "questions_survey.json").read_text())


def _single(codes, name="q", answers=("yes", "no", "maybe")):
    codes = np.asarray(codes)[None]
    k = int(codes.max()) + 1
    return Asked(name, "single", name, ("",), answers[:k] if k <= len(answers) else
                 tuple(map(str, range(k))), (float("nan"),) * k, codes)  # fmt: skip


def _chosen(table, name="m"):
    return Asked(name, "choose all", name, tuple("abcdefgh"[: len(table)]), (), (), np.array(table))


def _asked(*asked, smallest=1, **people):
    frame = pd.DataFrame(people)
    segments = tuple(name for name in frame if name not in ("w", "who"))
    return Questionnaire(asked, frame, segments, "w" if "w" in frame else None,
                         "who" if "who" in frame else None, smallest)  # fmt: skip


def _cell(result, group, answer="yes", **more):
    rows = result.frame[(result.frame["group"] == group) & (result.frame["answer"] == answer)]
    for name, value in more.items():
        rows = rows[rows[name] == value]
    return rows.iloc[0]


def test_letters_of_a_table_by_hand():
    # A 60 of 100, B 45 of 100, C 48 of 100. A-B: pooled 0.525, z = 0.15 / sqrt(0.525 * 0.475 / 50)
    # = 2.124, p 0.034, capital. A-C: 0.12 / sqrt(0.54 * 0.46 / 50) = 1.703, p 0.089, small.
    codes = [0] * 60 + [1] * 40 + [0] * 45 + [1] * 55 + [0] * 48 + [1] * 52
    asked = _asked(_single(codes), s=np.repeat(["A", "B", "C"], 100))
    told = questions.banner(asked)
    assert [_cell(told, group)["above"] for group in "ABC"] == ["Bc", "", ""]
    pairs = questions.differences(asked, row="q", column="s").frame
    assert pairs["statistic"].iloc[0] == pytest.approx(0.15 / np.sqrt(0.525 * 0.475 / 50))
    assert _cell(told, "A")["rest"] == "above"


def test_weights_of_one_are_no_weights_to_the_last_digit():
    rng = np.random.default_rng(2)
    codes, seg = rng.integers(0, 3, 500), rng.choice(["x", "y", "z"], 500)
    plain = questions.banner(_asked(_single(codes), s=seg))
    ones = questions.banner(_asked(_single(codes), s=seg, w=np.ones(500)))
    pd.testing.assert_frame_equal(plain.frame, ones.frame, check_exact=True)
    top = [questions.topline(_asked(_single(codes), s=seg, **w)) for w in ({}, {"w": np.ones(500)})]
    pd.testing.assert_frame_equal(top[0].frame, top[1].frame, check_exact=True)


def test_weights_twice_as_large_change_nothing_but_their_sums():
    rng = np.random.default_rng(3)
    codes, w = rng.integers(0, 3, 300), rng.uniform(0.2, 3, 300)
    seg = rng.choice(["x", "y"], 300)
    one, two = (questions.banner(_asked(_single(codes), s=seg, w=w * k)).frame for k in (1, 2))
    np.testing.assert_allclose(one["share"], two["share"], rtol=1e-12)
    np.testing.assert_allclose(one["p_rest"], two["p_rest"], rtol=1e-9)


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: case["name"])
def test_rao_scott_agrees_with_r_survey(case):
    frame = pd.DataFrame(case["data"])
    cluster = frame["dnum"].to_numpy() if "dnum" in frame else None
    codes = [pd.factorize(frame[name])[0] for name in ("sch.wide", "stype")]
    found = independence(*codes, weight=frame["pw"].to_numpy(), cluster=cluster)
    told = (found.statistic, found.df, found.df_error, found.p_value)
    np.testing.assert_allclose(told, case["svychisq"], rtol=1e-9)


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: case["name"])
def test_shares_and_means_agree_with_r_survey(case):
    frame = pd.DataFrame(case["data"])
    people = {"w": frame["pw"]} | ({"who": frame["dnum"]} if "dnum" in frame else {})
    share = _single(np.where(frame["stype"] == "E", 0, 1))
    number = Asked("api", "number", "", ("",), (), (), np.zeros((1, len(frame)), int),
                   frame["api00"].to_numpy(float)[None])  # fmt: skip
    told = questions.topline(_asked(share, number, **people), interval="logit").frame
    np.testing.assert_allclose(told.loc[0, ["share", "conf_low", "conf_high"]].astype(float),
                               case["svyciprop"], rtol=1e-8)  # fmt: skip
    np.testing.assert_allclose(told.iloc[-1][["estimate", "conf_low", "conf_high"]].astype(float),
                               case["svymean"], rtol=1e-8)  # fmt: skip


def test_unweighted_association_is_pearson_by_hand():
    # 2 x 3: rows 30 20 10 / 10 20 30, expected 20 throughout: chi-square = 4 * 100 / 20 = 20
    row, column = np.repeat([0, 1], 60), np.repeat([0, 1, 2, 0, 1, 2], [30, 20, 10, 10, 20, 30])
    found = independence(row, column)
    assert (found.statistic, found.df) == (pytest.approx(20.0), 2)
    assert found.v == pytest.approx(np.sqrt(20 / 120))


def test_rare_answers_do_not_make_an_association():
    rng, p_values = np.random.default_rng(12), []
    for _ in range(120):  # 21 answers by 7 groups of 300 people: most cells are empty
        row = rng.choice(21, 300, p=[0.9, *[0.005] * 20])
        found = independence(row, rng.integers(0, 7, 300), weight=rng.uniform(0.3, 3, 300))
        p_values.append(found.p_value)
    assert np.mean(np.array(p_values) < 0.05) < 0.15


def test_a_weighted_question_goes_wholly_with_itself():
    rng = np.random.default_rng(13)
    codes, w = rng.integers(0, 7, 300), rng.uniform(0.3, 3, 300)
    found = independence(codes, codes, weight=w)  # all cells beside the diagonal are empty
    assert found.v == pytest.approx(1)
    assert found.p_value < 1e-9


@pytest.mark.parametrize("by", ["q", "same", "q+other"])
def test_a_question_is_not_broken_down_by_itself(by):
    codes = np.random.default_rng(14).integers(0, 3, 200)
    people = {"same": np.array(["u", "v", "w"])[codes], "other": np.tile(["x", "y"], 100)}
    told = questions.banner(_asked(_single(codes), **people), columns=["other", by])
    own = told.frame[told.frame["breakdown"] == by]
    assert own[["share", "n", "p_rest"]].isna().all(axis=None)
    assert (own["above"] == "").all()
    assert told.frame.query("breakdown == 'other'")["share"].notna().all()
    assert f"Left empty: 'q' by '{by}'. A question is not broken down by itself." in told.notes


def test_means_are_compared_by_welch():
    from scipy import stats

    rng = np.random.default_rng(4)
    scores, seg = rng.integers(1, 6, 200), np.repeat(["a", "b"], [60, 140])
    asked = Asked("s", "scale", "", ("",), tuple("12345"), (1.0, 2, 3, 4, 5), scores[None] - 1)
    pairs = questions.differences(_asked(asked, g=seg), row="s", column="g").frame
    mean = pairs[pairs["part"] == "mean"].iloc[0]
    known = stats.ttest_ind(scores[:60], scores[60:], equal_var=False)
    np.testing.assert_allclose([mean["statistic"], mean["p_value"]], known, rtol=1e-10)


def test_columns_that_share_people_are_compared_as_pairs():
    # the mean of u = x (a/na - b/nb) over the same people, by another road
    rng = np.random.default_rng(5)
    x, table = rng.integers(0, 2, 400), rng.integers(0, 2, (2, 400))
    pairs = questions.differences(
        _asked(_single(x), _chosen(table), s=x), row="q", column="m"
    ).frame
    a, b = table
    p, q = x[a == 1].mean(), x[b == 1].mean()
    score = a / a.sum() * (1 - x - (1 - p)) - b / b.sum() * (1 - x - (1 - q))
    simple = p * (1 - p) / (a.sum() - 1) + q * (1 - q) / (b.sum() - 1)
    pooled = (x[a == 1].sum() + x[b == 1].sum()) / (a.sum() + b.sum())
    wide = pooled * (1 - pooled) * (1 / a.sum() + 1 / b.sum())
    expected = np.sqrt(wide * (score**2).sum() / simple)
    assert pairs["std_error"].iloc[0] == pytest.approx(expected, rel=0.01)


def test_rows_repeated_in_clusters_say_no_more_than_once():
    rng = np.random.default_rng(6)
    codes, seg = rng.integers(0, 2, 200), rng.choice(["x", "y"], 200)
    once = questions.differences(_asked(_single(codes), s=seg), row="q", column="s").frame
    who, thrice = np.tile(np.arange(200), 3), np.tile
    many = _asked(_single(thrice(codes, 3)), s=thrice(seg, 3), who=who)
    again = questions.differences(many, row="q", column="s").frame
    np.testing.assert_allclose(again["std_error"], once["std_error"], rtol=0.01)


@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
def test_without_differences_letters_come_at_their_rate(weighted):
    # 40 tables of 20 rows and 6 columns: 12,000 comparisons; a rate of 0.05 has an error of 0.005,
    # as the 15 pairs of a row share their columns
    rng, found = np.random.default_rng(7), []
    for _ in range(40):
        table = (rng.random((20, 2400)) < np.linspace(0.2, 0.8, 20)[:, None]).astype(np.int8)
        people = {"w": rng.choice([0.3, 1.0, 2.5], 2400)} if weighted else {}
        asked = _asked(_chosen_many(table), s=rng.choice(list("abcdef"), 2400), **people)
        found.append(questions.banner(asked).frame["above"].str.cat())
    marks = "".join(found)
    sure, some = sum(map(str.isupper, marks)), len(marks)
    assert sure / 12_000 == pytest.approx(0.05, abs=0.012)
    assert some / 12_000 == pytest.approx(0.10, abs=0.016)


def test_letters_of_overlapping_columns_come_at_their_rate():
    # three columns that share most of their people, and rows that have nothing to do with them:
    # taken for strangers, they would hardly ever differ by chance
    rng, rate = np.random.default_rng(17), []
    for _ in range(10):
        inside = rng.random(600) < 0.7
        table = (inside & (rng.random((3, 600)) < 0.8)).astype(np.int8)
        rows = _chosen_many(rng.integers(0, 2, (40, 600)).astype(np.int8), "rows")
        told = questions.differences(_asked(rows, _chosen(table), s=inside), row="rows", column="m")
        rate += (told.frame["p_value"] <= 0.05).tolist()
    assert np.mean(rate) == pytest.approx(0.05, abs=0.02)


@pytest.mark.parametrize("percent", ["column", "row", "cell"])
def test_tables_agree_with_pspp(percent):
    told = json.loads((GOLD / "questions_pspp.json").read_text())
    counts = np.array(list(told["counts"].values()))
    codes, side = (np.repeat(x.ravel(), counts.ravel()) for x in np.indices(counts.shape))
    codes = np.r_[codes, [-1] * told["missing"]]
    side = np.array(told["groups"])[np.r_[side, [0] * told["missing"]]]
    asked = _asked(_single(codes, answers=tuple("ABCD")), s=side)
    table = questions.banner(asked, percent=percent).frame
    for answer, known in told[percent].items():
        mine = [_cell_of(table, group, answer) for group in told["groups"]]
        np.testing.assert_allclose(np.round(100 * np.array(mine), 1), known[:3])
    chi = questions.association(asked, row="q", column="s").frame.iloc[0]
    assert [round(chi["statistic"], 2), chi["df"]] == [told["chi_square"], told["df"]]
    assert round(chi["estimate"], 2) == told["cramers_v"]


def _cell_of(table, group, answer):
    return table.loc[(table["group"] == group) & (table["answer"] == answer), "share"].iloc[0]


def _chosen_many(table, name="m"):
    items = tuple(f"i{at}" for at in range(len(table)))
    return Asked(name, "choose all", name, items, (), (), table)


def test_correction_takes_letters_away_never_adds():
    rng = np.random.default_rng(8)
    asked = _asked(_chosen_many(rng.integers(0, 2, (20, 900))), s=rng.choice(list("abcdef"), 900))
    plain, strict = (questions.banner(asked, correct=c).frame["above"] for c in (False, True))
    assert plain.str.len().sum() > strict.str.len().sum()


def test_small_bases_are_flagged_and_withheld_with_their_neighbour():
    seg = np.repeat(["big", "mid", "few", "tiny"], [100, 40, 20, 4])
    told = questions.banner(_asked(_single(np.arange(164) % 2), s=seg, smallest=10))
    verdict = {group: _cell(told, group)["verdict"] for group in ("big", "mid", "few", "tiny")}
    assert verdict == {"big": "", "mid": "", "few": "withheld", "tiny": "withheld"}
    gone = told.frame[told.frame["verdict"] == "withheld"]
    assert gone[["share", "count", "n", "weighted", "p_rest"]].isna().all(axis=None)
    assert "Withheld in some tables: 'few' and 'tiny'" in told.notes[-1]


def test_nested_columns_cannot_be_worked_out_from_either_total():
    rng = np.random.default_rng(9)
    inside = tuple((a, b) for a in "xyz" for b in "123")
    for _ in range(200):
        n = rng.integers(1, 40, 9)
        layout = Columns(("all", *["n"] * 9), ("all", *map(str, range(9))), ("",) * 10, np.empty(0),
                         {"n": tuple(range(1, 10))}, frozenset(), {"n": inside})  # fmt: skip
        base = np.array([n.sum(), *n], float)
        done = Cells(base, base, base, base, *[base[None]] * 4)
        gone = held(done, layout, smallest=10)[1:].reshape(3, 3)
        for line in (*gone, *gone.T):
            assert line.sum() != 1


def test_who_answers_more_than_once_is_one_person_in_nested_columns_too():
    rng, some = np.random.default_rng(6), 0
    for _ in range(40):
        n = int(rng.integers(60, 160))
        rows = {"a": rng.choice([*"xyz"], n, p=[0.6, 0.3, 0.1]), "b": rng.choice([*"12"], n),
                "who": rng.integers(0, n // 2, n)}  # fmt: skip
        asked = _asked(_single(np.arange(n) % 2), **rows, smallest=10)
        told = questions.banner(asked, columns=["a", "a+b"]).frame
        gone = told[told["answer"] == "yes"].set_index("group")["n"].isna()
        people = pd.DataFrame(rows)
        people["gone"] = (people["a"] + " × " + people["b"]).map(gone)
        for by in ("a", "b"):  # of a sum that is told; 'b' may be told elsewhere
            behind = people[people["gone"]].groupby(by)["who"].nunique()
            assert (behind[~gone.reindex(behind.index, fill_value=False)] >= 10).all(), behind
        shown = people[~people["gone"]].groupby(["a", "b"])["who"].nunique()
        assert (shown >= 10).all()
        some += int(people["gone"].any() and not people["gone"].all())
    assert some > 10


@pytest.mark.parametrize("by", [["region", "branch"], ["branch", "site", "region"]])
def test_branches_held_back_do_not_follow_from_their_region_nor_from_another_name(by):
    rng, some = np.random.default_rng(5), 0
    for _ in range(20):
        n = rng.integers(1, 40, 6) + 30 * (rng.random(6) < 0.5)
        people = {
            name: np.repeat(groups, n)
            for name, groups in {
                "branch": [*"abcdef"],
                "site": [*"fedcba"],
                "region": [*"NNNSSS"],
            }.items()
        }
        asked = _asked(_single(np.arange(n.sum()) % 2), **people, smallest=10)
        told = questions.banner(asked, columns=by).frame
        gone = told[told["answer"] == "yes"].set_index(["breakdown", "group"])["n"].isna()
        alone = gone.loc[("branch", [*"abcdef"])].to_numpy().reshape(2, 3).sum(axis=1) == 1
        assert not (alone & ~gone.loc[("region", [*"NS"])].to_numpy()).any()
        if "site" in by:  # under its other name a branch is held back as well
            assert (gone["branch"][[*"abcdef"]].to_numpy() == gone["site"][[*"fedcba"]]).all()
        some += int(gone["branch"].any() and not gone["region"].all())
    assert some > 5


def test_no_held_cell_follows_from_the_sums_that_are_shown():
    # every cell held back is solved for, twice: the largest and the smallest it could be
    rng = np.random.default_rng(10)
    fewest = []
    for _ in range(20):
        n = rng.integers(0, 30, (3, 4)) + rng.choice([0, 60], (3, 4))
        side, plan = (
            np.repeat(names, n.ravel()) for names in (np.repeat([*"xyz"], 4), [*"abcd"] * 3)
        )
        asked = _asked(_single(np.arange(len(side)) % 2), side=side, plan=plan, smallest=10)
        told = questions.banner(asked, columns=["side", "plan", "side+plan"]).frame
        told = told[told["answer"] == "yes"].set_index("group")
        gone = np.flatnonzero(told["verdict"] == "withheld")
        sums, right = _told_sums(told)
        for at in gone:
            c = np.zeros(len(told))
            c[at] = 1
            low, high = (optimize.linprog(c * way, A_eq=sums, b_eq=right).x[at] for way in (1, -1))
            fewest.append(high - low)
    assert len(fewest) > 50
    assert min(fewest) >= 1


def _told_sums(told):
    """Write down all that a reader of the table knows: the cells shown, and what adds up."""
    names, n = list(told.index), told["n"].to_numpy()
    lines = [(np.eye(len(n))[at], n[at]) for at in np.flatnonzero(~np.isnan(n))]
    for whole, parts in {
        "all": [each for each in "xyz" if each in names],
        **{each: [p for p in names if p.startswith(f"{each} ")] for each in "xyz"},
        **{each: [p for p in names if p.endswith(f" {each}")] for each in "abcd"},
    }.items():
        if parts and whole in names:
            line = np.isin(names, parts).astype(float)
            line[names.index(whole)] = -1
            lines.append((line, 0.0))
    return np.array([line for line, _ in lines]), np.array([right for _, right in lines])


def test_percentages_of_columns_rows_and_all():
    seg = np.repeat(["a", "b"], [40, 60])
    codes = np.r_[np.zeros(10), np.ones(30), np.zeros(30), np.ones(30)].astype(int)
    told = {how: _cell(questions.banner(_asked(_single(codes), s=seg), percent=how), "a")["share"]
            for how in ("column", "row", "cell")}  # fmt: skip
    assert told == {"column": 0.25, "row": 0.25, "cell": 0.1}


def test_who_has_no_weight_counts_nowhere():
    asked = _asked(_single([0, 1, 1, 0]), s=list("aabb"), w=[1.0, np.nan, 1.0, 2.0])
    assert questions.topline(asked).frame["n"].tolist() == [3, 3]


@pytest.mark.parametrize(
    ("words", "why"),
    [({"columns": "regoin"}, "Did you mean 'region'"), ({"rows": "Q"}, "no question 'Q'"),
     ({"percent": "rows"}, "not 'rows'"), ({"rows": []}, "no question is named")],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(words, why):
    asked = _asked(_single(np.arange(100) % 2), region=["x", "y"] * 50, many=np.arange(100))
    with pytest.raises(Misuse, match=why):
        questions.banner(asked, **words)


def test_a_breakdown_of_too_many_values_names_itself_and_what_to_do():
    asked = _asked(_single(np.arange(5000) % 2), many=np.arange(5000), region=["x", "y"] * 2500)
    for ask in (lambda a: questions.banner(a, columns="many"),
                lambda a: questions.apart(a, by="many"),
                lambda a: questions.association(a, row="q", column="many")):  # fmt: skip
        with pytest.raises(QuestionsError, match=r"'many' has 5,000 values.* by 'region'\."):
            ask(asked)
    told = questions.banner(asked)
    assert set(told.frame["breakdown"]) == {"all", "region"}
    assert told.notes[-1].startswith("Not broken down by 'many' (5,000)")


def test_without_a_breakdown_everyone_is_tabulated():
    told = questions.banner(_asked(_single([0, 0, 1]), w=[1.0, 1.0, 2.0]))
    assert told.frame["share"].tolist() == [0.5, 0.5]
    assert told.headline == "1 question for everyone; nothing breaks them down."
    assert told.frame[["letter", "above", "rest"]].eq("").all(axis=None)


def test_many_places_and_kinds_of_answer_are_summed_as_pandas_sums_them():
    # 12,000 rows of choices by 100 places are more than every pair has a number for
    rng, n = np.random.default_rng(6), 12_000
    s, t, w = rng.integers(0, 50, n), rng.integers(0, 50, n), rng.uniform(0.5, 2, n)
    chosen = rng.integers(0, 2, (3, n))
    asked = _asked(_chosen(chosen), _single(chosen[0]), s=s, t=t, w=w)
    told = questions.banner(asked).frame.query("breakdown == 't'")
    share = pd.Series(chosen[0] * w).groupby(t).sum() / pd.Series(w).groupby(t).sum()
    for question, answer in (("m", "a"), ("q", "no")):
        of_answer = (told["question"] == question) & (told["answer"] == answer)
        found = told[of_answer].set_index(told["group"][of_answer].astype(int))["share"]
        assert found.sort_index().to_numpy() == pytest.approx(share.to_numpy())


@pytest.mark.parametrize("order", [
    ["Monday", "Tuesday", "Friday", "Sunday"], ["Mo", "Mi", "Sa"], ["lunes", "miércoles", "sábado"],
    ["Jan", "Mar", "Sept", "Dec"], ["Nov 2024", "Jan 2025"], ["août", "décembre"],
    ["under 5", "5 to 9", "10 to 20"], ["2", "10", "100"],
])  # fmt: skip
def test_groups_that_have_an_order_stand_in_it(order):
    rng = np.random.default_rng(4)
    day = rng.choice(order, 400)
    told = questions.banner(_asked(_single(rng.integers(0, 3, 400)), s=day)).frame
    assert [*told.loc[told["breakdown"] == "s", "group"].unique()] == order
