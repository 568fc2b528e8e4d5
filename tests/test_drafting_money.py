"""Orders as shops abroad write them: what was called off, given back, or paid in another money."""

import numpy as np
import pytest

from cxlab import study
from cxlab.ingest import IngestError
from tests.test_drafting_strangers import LEFT, PAID, SOLD, N, _comma, _day, _drafted
from tests.test_drafting_vendors import measured

BACK = np.arange(N) % 15 == 4
ABROAD = np.arange(N) % 3 == 1


@pytest.mark.parametrize(
    ("head", "there", "gone"),
    [
        ("Numer;Data;Status zamówienia;Klient;Kwota", "Opłacone", "Anulowano przez sklep"),
        ("Objednávka;Datum;Stav;Zákazník;Cena", "Doručeno", "Zrušeno zákazníkem"),
        ("Tilaus;Päivä;Tila;Asiakas;Summa", "Toimitettu", "Peruttu"),
        ("Ordre;Dato;Tilstand;Kunde;Beløb", "Afsendt", "Aflyst af kunden"),
        ("Sipariş;Tarih;Durum;Müşteri;Tutar", "Teslim edildi", "İptal edildi"),
        ("Заказ;Дата;Статус;Клиент;Сумма", "Доставлен", "Отменён клиентом"),
        ("注文番号;注文日;ステータス;顧客番号;金額", "発送済み", "キャンセル"),
        ("Order;Date;Status;Customer;Total", "Paid", "Cancelled - out of stock"),
    ],
)
def test_orders_called_off_in_any_language_are_left_out_aloud(head, there, gone, tmp_path):
    made, _, opened = _drafted(
        tmp_path,
        head,
        lambda at: (
            f"{at + 70000}",
            _day(at),
            there if SOLD[at] else gone,
            f"K{at % 40:05d}",
            _comma(PAID[at]),
        ),
        mark=";",
    )
    assert measured(opened, "net") == pytest.approx(PAID[SOLD].sum())
    assert any(gone in doubt and "left out" in doubt for doubt in made.doubts)


def test_a_language_nobody_knows_is_doubted_with_the_sum_of_each_word(tmp_path):
    made, _, opened = _drafted(
        tmp_path,
        "Order nu;Dydd;Cyflwr;Prynwr;Swm",
        lambda at: (f"{at + 70000}", _day(at), "Talwyd" if SOLD[at] else "Diddymwyd",
                    f"K{at % 40:05d}", _comma(PAID[at])),
        mark=";",
    )  # fmt: skip
    told = next(doubt for doubt in made.doubts if "Diddymwyd" in doubt)
    assert f"{PAID[~SOLD].sum():,.2f}" in told
    assert "Cyflwr: {not: [Diddymwyd]}" in told
    assert measured(opened, "orders") == N


def test_a_word_for_money_given_back_is_not_asked_whether_it_counts(tmp_path):
    made, _, _ = _drafted(
        tmp_path,
        "Order nu;Dydd;Math;Prynwr;Swm",
        lambda at: (f"{at + 70000}", _day(at), "Talwyd" if SOLD[at] else "Gutschrift",
                    f"K{at % 40:05d}", _comma(PAID[at] if SOLD[at] else -PAID[at])),
        mark=";",
    )  # fmt: skip
    assert any("no heading says outright" in doubt for doubt in made.doubts)
    assert not any("called off or not paid" in doubt for doubt in made.doubts)


@pytest.mark.parametrize(("head", "off"), [("Canceled", "Yes"), ("Storniert am", "2025-08-01")])
def test_a_flag_or_a_day_of_cancelling_leaves_an_order_out(head, off, tmp_path):
    made, _, opened = _drafted(
        tmp_path,
        f"Booking,Booked on,Guest ID,Price,{head}",
        lambda at: (f"B{at}", _day(at), f"G{at % 40:04d}", PAID[at],
                    "" if SOLD[at] and "-" in off else "No" if SOLD[at] else off),
    )  # fmt: skip
    assert measured(opened, "net") == pytest.approx(PAID[SOLD].sum())
    assert any(f"'{head}'" in doubt and "called off" in doubt for doubt in made.doubts)


@pytest.mark.parametrize(
    ("head", "sold", "back"),
    [("Buchungsart", "Verkauf", "Gutschrift"), ("Type", "Charge", "Partial refund"),
     ("Tipo de documento", "Factura", "Nota de crédito"), ("Kind", "Sale", "Return")],
)  # fmt: skip
@pytest.mark.parametrize("same", [True, False], ids=["same number", "own number"])
def test_money_given_back_without_a_minus_is_known_by_its_kind(head, sold, back, same, tmp_path):
    def row(at):
        of = at - N if at >= N else at
        number = f"T{of:05d}" if same or at < N else f"R{of:05d}"
        return number, _day(of + (at >= N)), f"C{of % 40:04d}", back if at >= N else sold, PAID[of]

    head = f"Transaction ID,Date,Customer ID,{head},Amount"
    made, _, opened = _drafted(tmp_path, head, row, n=N + 15)
    assert measured(opened, "net") == pytest.approx(PAID.sum() - PAID[:15].sum())
    told = next(doubt for doubt in made.doubts if "money given back" in doubt)
    assert f"{PAID.sum() + PAID[:15].sum():,.2f}" in told


def _in_two(tmp_path, top="", where="where: {Total: [EUR]}"):
    lines = ["Order,Placed,Customer,Total"]
    for at in range(N):
        money = f"US$ {PAID[at]:.2f}" if ABROAD[at] else f"{PAID[at]:.2f} €"
        lines.append(f"{at},{_day(at)},c{at % 40},{money}")
    (tmp_path / "sales.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = f"study: s\nas_of: 2025-12-31\n{top}tables:\n  orders:\n    files: sales.csv\n"
    text += "    columns: {order_id: Order, customer_id: Customer, ordered_at: Placed, amount: "
    text += f"Total, currency: Total}}\n    {where}\n"
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    return study.load(tmp_path / "study.yaml", cache=False)


def test_currencies_in_the_cells_are_chosen_converted_or_refused(tmp_path):
    own = _in_two(tmp_path).cleaned["orders"].frame["amount"].sum()
    assert own == pytest.approx(PAID[~ABROAD].sum())
    both = _in_two(tmp_path, "currency: EUR\nrates: {USD: 0.5}\n", "").cleaned["orders"].frame
    assert both["amount"].sum() == pytest.approx((PAID * np.where(ABROAD, 0.5, 1)).sum())
    with pytest.raises(study.StudyError, match=r"USD \(50 rows\).*rates: \{USD: …\}"):
        _in_two(tmp_path, "currency: EUR\n", "")


def test_a_draft_counts_one_of_the_currencies_in_the_cells_and_says_so(tmp_path):
    sign = ("€{}", "{} GBP")
    made, _, opened = _drafted(
        tmp_path,
        "Invoice No,Invoice Date,Client,Amount",
        lambda at: (f"I{at}", _day(at), f"c{at % 40}", sign[at % 4 == 1].format(f"{PAID[at]:.2f}")),
    )
    assert measured(opened, "net") == pytest.approx(PAID[np.arange(N) % 4 != 1].sum())
    assert any("GBP" in doubt and "rates:" in doubt for doubt in made.doubts)


@pytest.mark.parametrize("form", ["%m/%Y", "%Y-%m", "%b %Y", "%B %Y", "%Y%m", "%m.%Y"])
def test_months_without_days_are_their_first_day_and_doubted(form, tmp_path):
    made, said, opened = _drafted(
        tmp_path,
        "Member No,Joined date,Left date,Plan",
        lambda at: (f"M{at:04d}", _day(-3 * at, form), _day(at, form) if LEFT[at] else "",
                    "ab"[at % 2]),
    )  # fmt: skip
    people = opened.cleaned["customers"].frame
    assert measured(opened, "left") == LEFT.sum()
    assert (people["signed_up_at"].dt.day == 1).all()
    assert said["customers"]["formats"] == {"signed_up_at": "%m/%Y", "churned_at": "%m/%Y"}
    assert sum("months and no days" in doubt for doubt in made.doubts) == 2


def test_months_that_are_not_declared_are_refused_with_the_line_that_reads_them(tmp_path):
    (tmp_path / "m.csv").write_text("id,since\n" + "".join(f"a{i},03/2024\n" for i in range(9)))
    (tmp_path / "s.yaml").write_text(
        "study: s\nas_of: 2025-12-31\ntables: {customers: {files: m.csv, "
        "columns: {customer_id: id, signed_up_at: since}}}\n"
    )
    with pytest.raises((study.StudyError, IngestError), match='signed_up_at: "%m/%Y"'):
        study.load(tmp_path / "s.yaml", cache=False)


def test_a_rate_that_begins_too_late_names_the_first_row_it_lacks(tmp_path):
    late = "currency: EUR\nrates: {USD: {2025-03-01: 0.9}}\n"
    with pytest.raises(study.StudyError, match=r"sales.csv, line 3: .*19 rows are.*2025-01-04"):
        _in_two(tmp_path, late, "")


@pytest.mark.parametrize(("head", "money"), [("Fare (CHF)", "CHF"), ("Net €", "EUR"),
                                             ("Sum in EUR or USD", None)])  # fmt: skip
def test_a_currency_that_a_heading_names_is_the_study_s(head, money, tmp_path):
    _, _, opened = _drafted(
        tmp_path,
        f"Booking ref,Booked on,Customer,{head}",
        lambda at: (f"B{at:05d}", _day(at), f"K{at % 40:05d}", f"{PAID[at]:.2f}"),
        mark=",",
    )
    assert (opened.mapping.currency or None) == money
