"""Which rows count: the conditions of the study file, and the words a status is known by."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import partial

import numpy as np
import pandas as pd

from cxlab.cleaning.convert import (
    _MISSING,
    LEFT,
    STAYED,
    CleaningError,
    Converted,
    by_value,
    one_of,
    to_currency,
    to_number,
    trimmed,
)
from cxlab.cleaning.dates import to_time
from cxlab.codebook import DOUBT, WHERE, Condition, Table
from cxlab.results import count, listing

# The words a status is known by, as `status_words` folds them, in English, German, French, Spanish,
# Dutch, Portuguese and Italian, and as survey programs code it; `counts` is a record like any
# other, `unfinished` and `not` is none.
_COUNTS = {
    "responses": "complete completed qualified finished submitted full done ip_address imported "
    "adresse_ip ip_adresse direccion_ip indirizzo_ip ip_adres endereco_ip adres_ip "
    "offline_app ex 0 4 16 32 true vollstandig abgeschlossen beendet complet complete termine "
    "completo completa completado completada voltooid concluido concluida completato",
    "orders": "closed_won won paid complete completed shipped delivered fulfilled processing "
    "succeeded success successful captured settled closed approved invoiced awaiting_fulfillment "
    "checked_out checked_in confirmed ok issued emitido emitida sent_for_settle settle "
    "awaiting_shipment awaiting_pickup partially_shipped disputed refunded partially_refunded "
    "partial_refund partially_paid returned chargeback bezahlt abgeschlossen erstattet versendet "
    "versandt geliefert erledigt in_bearbeitung retourniert paye payee termine terminee livre "
    "livree expedie expediee rembourse remboursee en_cours pagado pagada completado completada "
    "enviado enviada entregado entregada reembolsado reembolsada betaald voltooid verzonden "
    "geleverd terugbetaald afgerond pago paga concluido concluida entregue pagato completato "
    "spedito consegnato rimborsato betald betalt levererad skickad leveret levert sendt "
    "zrealizowane zap\u0142acone op\u0142acone wys\u0142ane dostarczone zrealizowano wys\u0142ano "
    "dostarczono toimitettu maksettu valmis dokonceno doruceno zaplaceno vybaveno odeslano "
    "teljesitve kifizetve kiszallitva tamamlandi teslim_edildi odendi gennemført afsendt sendt "
    "fullført slutford verkauf sale sold vente venta vendita verkoop выполнен доставлен оплачен "
    "invoice rechnung facture factura fattura fatura factuur "
    "завершен 交易成功 已完成 已发货 已付款 完了 発送済み 支払済み",
    "interactions": "open opened new pending hold on_hold solved closed resolved "
    "in_progress waiting waiting_on_customer waiting_on_third_party answered snoozed offen neu "
    "geschlossen gelost erledigt in_bearbeitung ouvert ferme resolu en_cours nouveau abierto "
    "cerrado resuelto pendiente gesloten opgelost aberto fechado resolvido",
    "subscriptions": "active canceled cancelled ended expired past_due unpaid paused non_renewing "
    "aktiv gekundigt beendet abgelaufen pausiert actif resilie activa activo cancelada cancelado "
    "actief opgezegd ativa ativo inactive churned live trialing in_trial",
}
_UNFINISHED = {
    "responses": "incomplete partial partially_completed partially_complete in_progress started "
    "suspended dropout drop_out abandoned unvollstandig abgebrochen incompleto partiel "
    "incomplet onvolledig parcial teilweise",
}
_NOT = {
    "responses": "screened screened_out screen_out screenout terminated terminate quotafull "
    "quota_full overquota over_quota disqualified rejected deleted invited not_started "
    "ausgescreent expired bounced opted_out",
    "orders": "quote quotation estimate proforma pro_forma pro_forma_invoice proforma_invoice "
    "angebot kostenvoranschlag devis presupuesto cotizacion offerte preventivo orcamento "
    "closed_lost lost failed cancelled canceled void voided pending pending_payment "
    "awaiting_payment manual_verification_required payment_pending on_hold "
    "not_paid payment_due overdue uncollectible "
    "refused "
    "expired abandoned draft checkout_draft declined denied trash unpaid authorized test rejected "
    "blocked requires_payment_method uncaptured processing_failed payment_failed incomplete error "
    "storniert offen unbezahlt abgebrochen fehlgeschlagen entwurf ausstehend annule annulee echoue "
    "echouee en_attente impaye brouillon cancelado cancelada fallido fallida pendiente "
    "geannuleerd mislukt openstaand cancelado pendente falhado recusado annullato fallito "
    "in_attesa makulerad avbruten annulleret kansellert obetald anulowane nieop\u0142acone",
    "interactions": "deleted spam merged suspended",
    "subscriptions": "incomplete incomplete_expired future",
}
# what words of a status begin with that no list names: 'Cancelled by customer', 'Anulowane przez
# klienta', 'Peruutettu'; cancelled, failed and not paid in some twenty languages
_STEMS = {
    "orders": r"declin|rejected|refused|"
    r"cancel|kansel|anul|annul|geannul|storn|avbr|avbok|avbest|makul|aflys|peru(?:ut|tt)|"
    r"iptal|otkaz|zrus|torol|visszavon|lemond|отмен|скас|відмін|ακυρ|\w*取消|交易关闭|已关闭|\w*キャンセル|\w*취소|\w*ملغ|מבוטל|\w*ยกเลิก|"
    r"fail(?:ed|ure)|fehlgeschlag|mislukt|nieudan|neuspes|sikertelen|unpaid|unbezahlt|impay|onbetaald|"
    r"obetal|nezaplac|nieop[l\u0142]ac|maksamat",
    "responses": r"screen_?(?:ed|out)|quota_?full|over_?quota|disqualif|terminat",
}
_DENIED = r"(?:not|un|non|nicht|no|pas|niet|nie|ikke|inte|never|ei)_"
PREVIEWS = "survey_preview survey_test preview test spam offline_survey_preview 1 2 8 9 17 40 48 "
PREVIEWS += "apercu_de_l_enquete umfragevorschau vista_previa_de_la_encuesta anteprima_sondaggio"
# rows of money given back, by the kind of transaction a row is called: 'Refund', 'Gutschrift'
_GIVES = re.compile(
    r"(?:^|_)(?:(?:partial_|full_)?refund(?!_(?:failed|declined|refused|pending))|credit_(?:note|memo)|return(?:s|ed)?(?:$|_)|chargeback|reversal|gutschrift|"
    r"(?:ruck)?erstattung|ruckzahlung|retoure|rembours|avoir|devoluci|reembols|nota_de_credit|"
    r"devoluc|rimbors|nota_di_credito|reso(?:$|_)|terugbetal|creditnota|zwrot|aterbetal|refusjon|"
    r"tilbagebet|kreditnota|palautus|hyvitys|vraceni|dobropis|iade|возврат|поверн|върнат|返金|返品|退款|退货|환불|반품)"
)
_BACK = "refunded returned chargeback erstattet retourniert rembourse remboursee reembolsado "
_BACK += "reembolsada terugbetaald rimborsato"
GIVEN_BACK = frozenset(_BACK.split())
GIVEN_BACK_IN_PART = frozenset({"partially_refunded", "partial_refund"})


def gives_back(kind: pd.Series) -> np.ndarray:
    """Say which rows a word for their kind calls money given back, such as 'Refund'."""
    codes, words = pd.factorize(kind)
    gives = [bool(_GIVES.search(word)) for word in status_words(pd.Series(words)).fillna("")]
    return np.array([*gives, False])[codes]  # the last is that of a missing word


def uncounted(raw: pd.DataFrame, spec: Table, timezone: str) -> pd.DataFrame:
    """Say which rows the study file leaves out, a column for each of its conditions.

    Args:
        raw: rows as `ingest.read` gives them; each condition's cells under `where:` and heading.
        spec: the table's part of the study file.
        timezone: the study's zone, for conditions on days.

    Returns:
        One column a condition, named as in `raw`; True where the row does not count.
    """
    ours = {theirs: name for name, theirs in spec.sources().items()}
    flags = {}
    for heading, condition in spec.conditions().items():
        cells = _cells(raw, spec, heading, condition)
        _refuse_none(raw, heading, condition, cells)
        form = spec.formats.get(ours.get(heading, ""))
        holds = partial(
            _holding, condition=condition, decimal=spec.decimal, form=form, timezone=timezone
        )
        done = by_value(holds, cells.rename(heading))
        bounds = (condition.at_least, condition.at_most)
        if len(raw) and not done.values.any() and any(bound is not None for bound in bounds):
            _refuse_beyond(raw, heading)
        flags[WHERE + heading] = ~done.values.to_numpy(bool)
    return pd.DataFrame(flags, index=raw.index)


def misspelt(raw: pd.DataFrame, spec: Table) -> list[str]:
    """Doubt words of a condition that no cell holds, where one is much like them.

    Args:
        raw: rows as `ingest.read` gives them.
        spec: the table's part of the study file.
    """
    notes = []
    for heading, condition in spec.conditions().items():
        words = (*condition.one_of, *condition.none_of)
        held = _held(_cells(raw, spec, heading, condition)) if words else {}
        for word in words:
            others = [each for each in held if each not in _alike((word,))]
            near = get_close_matches(_folded(word), others, n=1, cutoff=0.75)
            if _folded(word) not in held and near and near[0] not in _alike(condition.one_of):
                notes.append(
                    f"{DOUBT}`where: {heading}`: '{word}' stands in no row; "
                    f"'{held[near[0]][0]}' does, in {count(held[near[0]][1], 'row')}. Write the "
                    "word as the export has it."
                )
    return notes


def _held(cells: pd.Series) -> dict[str, tuple[str, int]]:
    """List what stands in a column: folded -> as it is written, and in how many rows."""
    counts = cells.value_counts()
    words = trimmed(counts.index.to_series().astype("str"))[0]
    held: dict[str, tuple[str, int]] = {}
    for word, n in zip(words, counts, strict=True):
        if word and n:
            held[_folded(word)] = (word, int(n) + held.get(_folded(word), ("", 0))[1])
    return held


def _cells(raw: pd.DataFrame, spec: Table, heading: str, condition: Condition) -> pd.Series:
    """Give what a condition looks at: of amounts that bear their currency, this one."""
    cells = raw[WHERE + heading]
    bears = heading == spec.columns.get("currency") == spec.columns.get("amount")
    if bears and (condition.one_of or condition.none_of):
        return by_value(to_currency, cells).values.fillna("")
    return cells


def _refuse_none(raw: pd.DataFrame, heading: str, condition: Condition, cells: pd.Series) -> None:
    """Refuse a list of words none of which stands in any row: nothing would count."""
    if not condition.one_of:
        return
    held = _held(cells)
    if not held or _alike(condition.one_of) & set(held):
        return
    shown = listing([f"'{word[:40]}' ({count(n, 'row')})" for word, n in held.values()], 6)
    asked = listing([f"'{word}'" for word in condition.one_of])
    raise CleaningError(
        f"{raw['file'].iloc[0]}: '{heading}' holds {shown}, and no row {asked}, which `where` asks "
        "for: no row would count. Write the words as the export has them.",
        column=heading,
    )


def _refuse_beyond(raw: pd.DataFrame, heading: str) -> None:
    """Refuse a bound that no row keeps to: nothing would count."""
    held = _held(raw[WHERE + heading])
    shown = listing([f"'{word[:40]}'" for word, _ in held.values()], 4)
    raise CleaningError(
        f"{raw['file'].iloc[0]}: '{heading}' holds {shown}, and no row keeps to the bound that "
        "`where` sets: no row would count. A bound is a number or a day, on a column of such.",
        column=heading,
    )


def _holding(
    column: pd.Series, *, condition: Condition, decimal: str | None, form: str | None, timezone: str
) -> Converted:
    text, _ = trimmed(column)
    holds = np.ones(len(text), bool)
    if condition.filled is not None:
        holds &= one_of(text, _MISSING) != condition.filled
    folded = text.map(_folded)
    if condition.one_of:
        holds &= folded.isin(_alike(condition.one_of)).to_numpy()
    if condition.none_of:
        holds &= ~folded.isin(_alike(condition.none_of)).to_numpy()
    for bound, least in ((condition.at_least, True), (condition.at_most, False)):
        if bound is None:
            continue
        if isinstance(bound, str):
            when = to_time(column, timezone=timezone, format=form, name=str(column.name)).values
            day = pd.Timestamp(bound)
            end = day if least or day != day.normalize() else day + pd.Timedelta("1D")
            edge = end.tz_localize(timezone)
            inside = when >= edge if least else (when < edge if end != day else when <= edge)
        else:
            figures = to_number(column, decimal=decimal, currencies=True).values
            inside = figures >= bound if least else figures <= bound
        holds &= inside.fillna(False).to_numpy(bool)
    return Converted(pd.Series(holds, index=column.index))


def _folded(text: str) -> str:
    """Write a cell as it is compared: without case; a number without its form."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split()).casefold()
    try:
        return f"{float(plain):.15g}" if plain[:1] not in "0+in" or plain == "0" else plain
    except ValueError:
        return plain


def _alike(values: Iterable[str]) -> set[str]:
    return {_folded(value) for value in values}


def status_words(status: pd.Series) -> pd.Series:
    """Fold the words of a status: small letters without marks, parted by one underscore."""
    codes, words = pd.factorize(status.astype("str"))
    text = pd.Series(words, dtype="str").str.normalize("NFKD")
    text = text.str.replace(r"[\u0300-\u036f]", "", regex=True)
    text = text.str.replace(r"(?<=[a-z])(?=[A-Z])", "_", regex=True)  # 'SentForRefund'
    text = text.str.casefold().str.replace(r"[\W_]+", "_", regex=True).str.strip("_")
    return pd.Series(text.array.take(codes, allow_fill=True), status.index)


def standing(status: pd.Series, table: str) -> pd.Series:
    """Say of the words of a status what they make of a row.

    Returns:
        `counts`, `unfinished`, `not_counted` or `preview`; `unknown` where no word of the table
        says so, missing where there is none.
    """
    words = status_words(status)
    said = pd.Series("unknown", status.index, dtype=object).where(words.fillna("") != "")
    for name, tables in _KNOWN.items():
        said = said.mask(words.isin(_folded_words(tables.get(table, ""))), name)
    if stem := unicodedata.normalize("NFKD", _STEMS.get(table, "")):
        off = words.str.contains(rf"^(?!.*(?:^|_){_DENIED})(?:.*_)?(?:{stem})", regex=True)
        said = said.mask(said.eq("unknown") & off.fillna(False).astype(bool), "not_counted")
    if table == "subscriptions":  # a spell counts whether it has ended or not
        ended = status.astype("str").str.casefold().isin(LEFT | STAYED)
        said = said.mask(said.eq("unknown") & ended, "counts")
    return said


def _folded_words(listed: str) -> set[str]:
    return set(unicodedata.normalize("NFKD", listed).split())


def by_status(status: pd.Series, *, table: str, strict: bool) -> dict[str, np.ndarray]:
    """Tell by their status which rows are no whole record.

    Args:
        status: what stands in the column, missing allowed.
        table: the table, which knows words of its own.
        strict: whether words that are not known are refused.

    Returns:
        Reason -> rows: `unfinished` and `not_counted`.

    Raises:
        CleaningError: words that are not known to be either; all are listed.
    """
    if table not in _COUNTS:
        return {}
    said = standing(status, table)
    strange = said.eq("unknown").to_numpy(bool)
    if strict and strange.any():
        raise _unknown(status, strange, said.eq("counts").to_numpy(bool), table)
    found = {name: said.eq(name).to_numpy(bool) for name in ("unfinished", "not_counted")}
    return {name: hit for name, hit in found.items() if hit.any()}


_KNOWN = {
    "counts": _COUNTS,
    "unfinished": _UNFINISHED,
    "not_counted": _NOT,
    "preview": {"responses": PREVIEWS},
}


def _unknown(
    status: pd.Series, strange: np.ndarray, counts: np.ndarray, table: str
) -> CleaningError:
    words = status[strange].astype("str").value_counts()
    shown = [f"'{word[:40]}' ({count(n, 'row')})" for word, n in words.items()]
    good = list(status[counts].astype("str").value_counts().index[:4]) or [words.index[0]]
    said = f"{{{status.name}: [{', '.join(good)}]}}"
    return CleaningError(
        f"'{status.name}': it is not known whether rows count whose status is "
        f"{listing(shown, 8)}. Say under tables.{table} which do, such as 'where: {said}'; the "
        "others are then set aside.",
        column=str(status.name),
        shown=tuple(words.index),
    )
