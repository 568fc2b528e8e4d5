"""Do rows become orders, and is money given back taken off them, however it is written?"""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlab import events, study
from cxlab.study import StudyError
from tests import small

SHOP = {"order_id": "o", "customer_id": "c", "ordered_at": "d", "amount": "a"}
WHOLE = {"currency": "EUR"}


def load(folder, text: str, columns=None, **said) -> study.Study:
    said = {"whole": WHOLE, **said}
    return small.load(folder, text, table="orders", columns=columns or SHOP, **said)


def orders(folder, text: str, columns=None, **said) -> pd.DataFrame:
    return load(folder, text, columns, **said).cleaned["orders"].frame


def notes(opened: study.Study) -> str:
    return " ".join(opened.notes["orders"])


# ---------------------------------------------------------------- parts


def test_rows_of_one_order_are_parts_and_a_row_repeated_throughout_is_not(tmp_path):
    text = "o,c,d,a\n1,x,2025-01-01,5\n1,x,2025-01-01,7\n1,x,2025-01-01,7\n2,y,2025-01-02,3\n"
    got = load(tmp_path, text)
    assert got.cleaned["orders"].frame["amount"].tolist() == [12, 3]
    assert small.reasons(got, "orders") == {"duplicate_order": 1}
    table = study.account_of(got)["tables"]["orders"]
    assert (table["rows_in"], table["kept"], table["set_aside"]) == (4, 3, 1)
    assert "2 rows are parts of 1 order and added up: 3 rows make 2 orders." in notes(got)


def test_what_only_the_first_row_of_an_order_says_holds_for_all_of_it(tmp_path):
    text = "o,c,d,a,i\n1,x,2025-01-01,20,pen\n1,,,,ink\n1,,,,cap\n2,y,2025-01-03,4,pen\n"
    got = load(tmp_path, text, SHOP | {"product": "i"})
    frame = got.cleaned["orders"].frame
    assert frame[["customer_id", "amount", "product"]].to_numpy().tolist() == [
        ["x", 20, "pen"],
        ["y", 4, "pen"],
    ]
    assert small.repairs(got, "orders")["customer_id:from_its_order"] == 2


def test_an_amount_is_quantity_times_price_where_the_export_has_none(tmp_path):
    text = "o,c,d,q,p\n1,x,2025-01-01,2,1.50\n1,x,2025-01-01,1,4.00\n2,y,2025-01-01,,9.99\n"
    columns = {"order_id": "o", "customer_id": "c", "ordered_at": "d"}
    frame = orders(tmp_path, text, columns | {"quantity": "q", "unit_price": "p"})
    assert frame["amount"].tolist() == [7.0, 9.99]
    assert frame["quantity"].tolist()[0] == 3
    assert frame["unit_price"].tolist() == pytest.approx([7 / 3, 9.99])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "1,z,2025-01-01,7",
            "line 2, and survey.csv, line 3: order '1' is of two customers, x and",
        ),
        ("1,x,2025-03-01,7", "is of two days, 2025-01-01 and 2025-03-01"),
    ],
)
def test_an_order_of_two_customers_or_days_is_refused(tmp_path, row, said):
    with pytest.raises(StudyError, match=said) as refused:
        load(tmp_path, f"o,c,d,a\n1,x,2025-01-01,5\n{row}\n")
    assert refused.value.errors[0]["line"] == 2


def test_a_total_that_each_row_of_an_order_repeats_is_refused(tmp_path):
    rows = "".join(f"{n},x,2025-01-01,{10 + n},{i}\n" for n in range(12) for i in "ab")
    with pytest.raises(StudyError, match="each row seems to repeat the order's total"):
        load(tmp_path, "o,c,d,a,i\n" + rows, SHOP | {"product": "i"})
    assert orders(tmp_path, "o,c,d,a,i\n" + rows)["amount"].sum() == sum(range(10, 22))


# ---------------------------------------------------------------- money given back

PAID = "1,x,2025-01-01,50\n2,x,2025-02-01,30\n3,y,2025-02-03,20\n"
WAYS = {
    "by its number": ("o,c,d,a\n" + PAID + "2,x,2025-03-01,-30\n", SHOP),
    "by a row of its own": ("o,c,d,a\n" + PAID + "9,x,2025-03-01,-30\n", SHOP),
    "by name": (
        "o,c,d,a,r\n" + PAID.replace("\n", ",\n") + "9,x,2025-03-01,30,2\n",
        SHOP | {"refund_of": "r"},
    ),
    "by a column": (
        "o,c,d,a,r\n1,x,2025-01-01,50,0\n2,x,2025-02-01,30,30\n3,y,2025-02-03,20,\n",
        SHOP | {"refunded": "r"},
    ),
    "by status": (
        "o,c,d,a,s\n" + PAID.replace("\n", ",paid\n").replace("30,paid", "30,refunded"),
        SHOP | {"status": "s"},
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_money_given_back_counts_the_same_however_it_is_written(tmp_path, way):
    frame = orders(tmp_path, *WAYS[way])
    assert frame["order_id"].tolist() == ["1", "2", "3"]
    net = frame["amount"] - (frame["refunded"].fillna(0) if "refunded" in frame else 0)
    assert net.tolist() == [50, 0, 20]


def test_what_was_given_back_is_told_with_counts_and_sums(tmp_path):
    said = notes(load(tmp_path, *WAYS["by its number"]))
    assert "1 row of money given back (30.00) is taken off the orders paid for" in said
    assert "charged 100.00, net 70.00" in said


def test_a_return_goes_with_the_order_of_its_amount_else_with_the_latest_before(tmp_path):
    rows = "1,x,2025-01-01,50\n2,x,2025-02-01,30\n3,x,2025-06-01,99\n"
    exact = orders(tmp_path, f"o,c,d,a\n{rows}8,x,2025-03-01,-50\n")
    assert exact["amount"].tolist() == [0, 30, 99]
    assert f"{exact['credited_at'].iloc[0]:%Y-%m-%d}" == "2025-03-01"
    spread = orders(tmp_path, f"o,c,d,a\n{rows}8,x,2025-03-01,-40\n")
    assert spread["amount"].tolist() == [40, 0, 99]


def test_returns_without_a_purchase_stay_and_are_no_purchase(tmp_path):
    text = "o,c,d,a\n1,x,2025-01-05,50\n2,y,2025-01-01,-30\n3,x,2025-01-02,-10\n"
    got = load(tmp_path, text)
    frame = got.cleaned["orders"].frame
    assert frame["amount"].tolist() == [50, -30, -10]
    assert "2 rows (40.00) found no order" in notes(got)


def test_a_gross_amount_is_known_before_it_is_given_back(tmp_path):

    opened = load(tmp_path, *WAYS["by its number"])
    before, after = (
        events.as_of(opened, day, "365D").set_index("customer_id").loc["x"]
        for day in ("2025-02-15", "2025-03-15")
    )
    assert (before.spend_ever, after.spend_ever, after.credits) == (80, 50, 1)


# ---------------------------------------------------------------- which rows count


def test_rows_that_the_study_file_leaves_out_are_booked_under_their_heading(tmp_path):
    text = "o,c,d,a,State,Kind\n1,x,2025-01-01,5,PAID,\n2,x,2025-01-01,?,failed,\n3,x,2025-01-01,4"
    where = {"State": ["paid", "complete"], "Kind": {"not": ["test"]}, "amount": {"at least": 1}}
    got = load(tmp_path, text + ",paid ,Test\n4,x,2025-01-01,0.5,paid,\n", where=where)
    gone = got.cleaned["orders"].set_aside
    assert gone[["line", "column", "reason", "value"]].to_numpy().tolist() == [
        [3, "State", "not_counted", "failed"],
        [4, "Kind", "not_counted", "Test"],
        [5, "a", "not_counted", "0.5"],
    ]


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ({"filled": True}, [1, 2, 3]),
        ({"filled": False}, [4]),
        ({"at least": "2025-01-02"}, [2, 3]),
        ({"at most": "2025-01-02"}, [1, 2]),
        ({"at least": "2025-01-02", "at most": "2025-01-02"}, [2]),
        ({"not": ["2025-01-01"]}, [2, 3, 4]),
    ],
)
def test_conditions_hold_together_and_know_days_and_empty_cells(tmp_path, condition, kept):
    text = "o,c,d,a,u\n1,x,2025-01-01,1,2025-01-01\n2,x,2025-01-01,2,2025-01-02\n"
    text += "3,x,2025-01-01,3,2025-01-03\n4,x,2025-01-01,4,\n"
    assert orders(tmp_path, text, where={"u": condition})["amount"].tolist() == kept


def test_a_heading_that_is_not_there_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(StudyError, match=r"no column 'Stat' \(wanted for 'where'\)\. Did you mean"):
        load(tmp_path, "o,c,d,a,State\n1,x,2025-01-01,5,paid\n", where={"Stat": "paid"})


def test_a_status_that_is_not_known_is_refused_with_its_counts(tmp_path):
    text = "o,c,d,a,s\n1,x,2025-01-01,5,paid\n2,x,2025-01-01,5,foo\n3,x,2025-01-01,5,foo\n"
    said = r"line 3: 's': .*'foo' \(2 rows\)\. .*'where: \{s: \[paid\]\}'"
    with pytest.raises(StudyError, match=said):
        load(tmp_path, text, SHOP | {"status": "s"})
    got = load(tmp_path, text, SHOP | {"status": "s"}, where={"status": ["paid", "foo"]})
    assert len(got.cleaned["orders"].frame) == 3


def test_failed_and_open_payments_are_no_orders(tmp_path):
    text = (
        "o,c,d,a,s\n1,x,2025-01-01,5,Paid\n2,x,2025-01-01,oops,Failed\n3,x,2025-01-01,5,pending\n"
    )
    got = load(tmp_path, text, SHOP | {"status": "s"})
    assert small.reasons(got, "orders") == {"not_counted": 2}


# ---------------------------------------------------------------- currencies

TILL = "o,c,d,a,k\n1,x,2025-01-10,10,eur\n2,y,2025-02-10,100,USD\n3,y,2025-07-10,100,usd\n"


def test_several_currencies_are_never_added_up(tmp_path):
    said = r"survey.csv, line 3: 'k': amounts are in USD \(2 rows\) and EUR \(1 row\)"
    with pytest.raises(StudyError, match=said):
        load(tmp_path, TILL, SHOP | {"currency": "k"})
    got = load(tmp_path, TILL, SHOP | {"currency": "k"}, where={"k": "EUR"})
    assert got.cleaned["orders"].frame["amount"].tolist() == [10]


def test_amounts_are_converted_at_the_rate_of_their_day(tmp_path):
    rates = {"USD": {"2025-01-01": 0.9, "2025-07-01": 0.8}}
    got = load(tmp_path, TILL, SHOP | {"currency": "k"}, whole=WHOLE | {"rates": rates})
    assert got.cleaned["orders"].frame["amount"].tolist() == [10, 90, 80]
    assert small.repairs(got, "orders")["amount:converted"] == 2
    assert "Converted to EUR by the rates of the study file: 2 rows in USD." in notes(got)


def test_one_currency_that_is_not_the_studys_is_refused(tmp_path):
    text = "o,c,d,a,k\n1,x,2025-01-10,10,USD\n"
    with pytest.raises(StudyError, match="and the study's currency is EUR"):
        load(tmp_path, text, SHOP | {"currency": "k"})


# ---------------------------------------------------------------- turned over


def _rows(seed: int) -> pd.DataFrame:
    """Make orders of one to three lines, a return now and then, over four months."""
    rng = pd.Series(range(40)).sample(frac=1, random_state=seed).to_numpy()
    rows = [
        (
            f"N{n}",
            f"c{n % 7}",
            f"2025-{n % 4 + 1:02d}-{n % 27 + 1:02d}",
            5 + (n * 7 + i * 3) % 23,
            i,
        )
        for n in rng
        for i in range(n % 3 + 1)
    ]
    backs = [(f"R{n}", f"c{n % 7}", "2025-04-28", -(5 + (n * 7) % 23), 0) for n in rng[:6]]
    return pd.DataFrame(rows + backs, columns=["o", "c", "d", "a", "i"])


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(["order_id"], ignore_index=True)[sorted(frame)]


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), data=st.randoms(use_true_random=False))
def test_shuffling_more_columns_or_a_file_a_month_change_nothing(tmp_path_factory, seed, data):
    folder, rows = tmp_path_factory.mktemp("orders"), _rows(3)
    columns = SHOP | {"product": "i"}
    usual = _sorted(orders(folder, rows.to_csv(index=False), columns))
    names = [*rows.columns, "unused"]
    data.shuffle(names)
    shuffled = rows.assign(unused="x;y").sample(frac=1, random_state=seed)[names]
    for month, part in shuffled.groupby(shuffled["d"].str[:7]):
        (folder / f"part_{month}.csv").write_text(part.to_csv(index=False))
    path = small.write(folder, "", table="orders", columns=columns, name="part_2025-01.csv")
    (folder / "part_2025-01.csv").write_text(
        shuffled[shuffled["d"] < "2025-02"].to_csv(index=False)
    )
    path.write_text(path.read_text().replace("part_2025-01.csv", "part_*.csv"))
    split = study.load(path, cache=False).cleaned["orders"].frame
    pd.testing.assert_frame_equal(_sorted(split), usual)


def test_lines_alike_without_an_article_are_doubted_with_their_sum(tmp_path):
    lines = [f"{at},x,2025-01-{at + 1:02d},{n},{n + 4}" for at in range(20) for n in (1, 3)]
    columns = {"order_id": "o", "customer_id": "c", "ordered_at": "d"}
    columns |= {"quantity": "q", "unit_price": "p"}
    text = "\n".join(["o,c,d,q,p", *lines, "3,x,2025-01-04,3,7"])
    ((_, doubt),) = load(tmp_path, text, columns).doubts
    assert "1 row of orders in several rows, worth 21.00, repeat" in doubt


def test_a_tenth_of_the_rows_lost_is_said_first(tmp_path):
    rows = "".join(f"{at},{'x' if at % 4 else ''},2025-01-{1 + at % 9:02d},5\n" for at in range(40))
    ((_, doubt),) = load(tmp_path, f"o,c,d,a\n{rows}").doubts
    assert doubt == "Doubtful: 10 of 40 rows of the orders (25%) are set aside: the id is empty."


def test_words_that_no_row_holds_are_refused_or_doubted(tmp_path):
    text = "o,c,d,a,State\n" + "".join(
        f"{at},x{at},2025-01-{at + 1:02d},5,{('paid', 'open')[at % 2]}\n" for at in range(20)
    )
    with pytest.raises(
        StudyError, match=r"'paid' \(10 rows\) and 'open' \(10 rows\), and no row 'pai"
    ):
        load(tmp_path, text, where={"State": ["paied"]})
    got = load(tmp_path, text, where={"State": {"not": ["opne"]}})
    assert len(got.cleaned["orders"].frame) == 20
    assert "'opne' stands in no row; 'open' does, in 10 rows" in got.doubts[0][1]
    assert not load(tmp_path, text, where={"State": ["paid", "shipped"]}).doubts
