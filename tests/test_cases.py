"""What people reported, each case with its line of `expect.txt`.

Faults of pages (a group all promoters, every week suppressed, id and joining date only) are in
test_lattice.py, of inputs made up there.
"""

import shutil

import pytest
import yaml

from cxlab import study
from cxlab.drafting import draft
from tests.conftest import SHARED, absent
from tests.test_drafting_laws import _exports, _net

CASES = SHARED / "cases"


def _case(name, tmp_path):
    if not (CASES / name).is_dir():
        absent("the folder of reported cases (shared/cases)")
    return shutil.copytree(CASES / name, tmp_path / name)


def _loaded(name, tmp_path):
    return study.load(_case(name, tmp_path) / "study.yaml", cache=False)


def _drafted(name, tmp_path):
    folder = _case(name, tmp_path)
    made = draft(_exports(folder), folder)
    (folder / "study.yaml").write_text(made.text, encoding="utf-8")
    said = yaml.safe_load(made.text)["tables"]
    return made, said, study.load(folder / "study.yaml", cache=False)


def test_neutral_is_the_middle_answer(tmp_path):
    _, said, opened = _drafted("01_googleforms", tmp_path)
    assert "missing" not in said["responses"]["scales"]["ratings"]
    delivery = opened.responses["delivery_was_on_time"]
    assert (delivery.notna().sum(), round(delivery.mean(), 2)) == (150, 3.57)


def test_minus_99_is_no_answer(tmp_path):
    _, said, opened = _drafted("03_qualtrics_minus99", tmp_path)
    assert said["responses"]["scales"]["ratings"] == {"range": "1..5", "missing": [-99]}
    assert opened.responses["nps"].min() >= 0
    told = _loaded("03_qualtrics_minus99", tmp_path / "as it was").doubts
    assert sum("-99" in doubt and "missing: [-99]" in doubt for _, doubt in told) == 4


def test_four_faces_are_no_nps(tmp_path):
    with pytest.raises(study.StudyError, match="the answers run from 1 to 4"):
        _loaded("04_nps_four_faces", tmp_path)
    made, said, _ = _drafted("04_nps_four_faces", tmp_path / "draft")
    assert "nps" not in said["responses"]["columns"]
    assert any("-100.0" in doubt for doubt in made.doubts)


def test_ids_in_powers_without_a_plus_meet_the_list(tmp_path):
    opened = _loaded("06_crm_exponent_ids", tmp_path)
    assert opened.responses["customer_id"].isin(opened.customers["customer_id"]).all()


def test_good_and_bad_of_a_desk(tmp_path):
    with pytest.raises(study.StudyError, match=r"260 of 260.*'Good' \(89\), 'Unoffered'.*'Bad'"):
        _loaded("08_zendesk_csat", tmp_path)
    _, _, opened = _drafted("08_zendesk_csat", tmp_path / "draft")
    good = opened.cleaned["interactions"].frame["csat"].dropna()
    assert (len(good), round(100 * good.mean(), 1)) == (122, 86.9)


def test_line_rows_of_a_shop_make_orders(tmp_path):
    made, said, _ = _drafted("10_shopify_lineitems", tmp_path)
    held = said["orders"]["columns"]
    assert [held[ours] for ours in ("order_id", "customer_id", "ordered_at")] == [
        "Name", "Email", "Created at"]  # fmt: skip
    assert "row_torn" not in made.text
    assert "no date" not in " ".join(made.doubts)
    orders = _loaded("10_shopify_lineitems", tmp_path / "as it was").cleaned["orders"].frame
    assert (len(orders), round(orders["amount"].sum(), 2)) == (520, 33423.57)


@pytest.mark.parametrize(
    ("name", "orders", "net"),
    [("11_woo_refund_rows", 420, 359278.56), ("31_item_rows_own_amount", 300, 17140.04)],
)
def test_rows_of_one_order_are_its_parts_or_its_refund(name, orders, net, tmp_path):
    opened = _loaded(name, tmp_path)
    assert (len(opened.cleaned["orders"].frame), round(_net(opened), 2)) == (orders, net)


def test_currencies_are_not_added_up_and_failed_charges_are_no_sales(tmp_path):
    with pytest.raises(study.StudyError, match="not added up"):
        _loaded("12_stripe_currency_failed", tmp_path)
    made, _, opened = _drafted("12_stripe_currency_failed", tmp_path / "draft")
    assert round(_net(opened), 2) == 11158.27
    assert any("'Failed' (87)" in doubt for doubt in made.doubts)


def test_who_came_back_has_not_left(tmp_path):
    with pytest.raises(study.StudyError, match="46 customers of the list have several rows"):
        _loaded("13_subscriptions_winback", tmp_path)
    _, _, opened = _drafted("13_subscriptions_winback", tmp_path / "draft")
    spells = opened.cleaned["subscriptions"].frame
    assert spells.loc[spells["ended_at"].isna(), "customer_id"].nunique() == 74


def test_returns_are_taken_off_their_purchases(tmp_path):
    opened = _loaded("14_returns_negative_orders", tmp_path)
    bought = opened.cleaned["orders"].frame.query("gross > 0")
    assert round(bought["amount"].mean(), 1) == 29.8


def test_a_list_of_those_alive_at_a_migration_is_doubted(tmp_path):
    ((_, doubt),) = _loaded("15_left_truncated_crm", tmp_path).doubts
    assert "since: 2024-01-01" in doubt
    assert "43% stay a year then, and not 54%" in doubt


def test_codes_and_dates_of_spss_are_found(tmp_path):
    _, said, opened = _drafted("21_spss_user_missing", tmp_path)
    held = said["responses"]
    assert (held["columns"]["answered_at"], held["columns"]["nps"]) == ("intdat", "q1")
    assert {"q2_1", "q2_2"} <= set(held["ratings"].values())
    assert opened.responses["nps"].max() <= 10


def test_names_addresses_and_links_are_masked_and_months_are_not(tmp_path):
    opened = _loaded("23_masking_names", tmp_path)
    said = dict(enumerate(opened.responses.sort_values("answered_at")["comment"], 1))
    assert "[phone]" not in said[1]
    assert said[2].endswith("will be best in May")
    assert said[4] == "[name] on your helpdesk was great"
    assert said[5] == "[name] helped me quickly"
    assert said[8] == "write to [e-mail]"
    assert "Yarrow" not in " ".join(said.values())
    assert any("not looked for" in note for note in opened.notes["responses"])


def test_several_labels_in_a_cell_count_for_each(tmp_path):
    _, said, _ = _drafted("29_multi_label_segment", tmp_path)
    assert said["responses"]["split"] == {"contact_labels": ";"}
    told = _loaded("29_multi_label_segment", tmp_path / "as it was").doubts
    assert any("groups of their own" in doubt for _, doubt in told)


def test_only_complete_interviews_count(tmp_path):
    assert len(_loaded("34_forsta_status", tmp_path).responses) == 167


def test_segment_and_last_day_of_a_drafted_list(tmp_path):
    made, _, opened = _drafted("36_crm_plan_draft", tmp_path)
    assert opened.customers["churned_at"].notna().sum() == 50
    assert yaml.safe_load(made.text)["reports"]["over"]
