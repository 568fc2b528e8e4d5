"""Headings of known systems' own exports: which table it is, and which column is which.

What is listed here is what the general words of `lexicon` would get wrong, or could not know.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from cxlab.drafting.profiles import folded


@dataclass(frozen=True)
class Vendor:
    """One kind of export.

    Attributes:
        name: of the system.
        table: which table of ours it is.
        tells: headings, folded, of which all must be there; `|` parts alternatives.
        columns: column of ours -> headings it may have, the best first.
        unused: heading -> why it is not used.
    """

    name: str
    table: str
    tells: tuple[str, ...]
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unused: dict[str, str] = field(default_factory=dict)


VENDORS = (
    Vendor("Shopify orders", "orders", ("name", "financial status", "created at", "total"), {
        "order_id": ("name",), "customer_id": ("email", "phone"), "ordered_at": ("created at",),
        "amount": ("total",), "refunded": ("refunded amount",), "currency": ("currency",),
        "status": ("financial status",), "discount": ("discount amount",),
        "product": ("lineitem name", "lineitem sku")},
        {"lineitem quantity": "a line's quantity; the order's total is read",
         "lineitem price": "a line's price; the order's total is read",
         "subtotal": "part of Total"}),
    Vendor("Shopify customers", "customers", ("accepts email marketing|accepts marketing",
           "total spent", "total orders|orders count"), {
        "customer_id": ("customer id", "email")}),
    Vendor("WooCommerce report", "orders", ("order", "n revenue", "customer type"), {
        "order_id": ("order",), "customer_id": ("customer",), "ordered_at": ("date",),
        "amount": ("n revenue",), "status": ("status",)},
        {"n revenue formatted": "the same as N. Revenue", "items sold": "counted, not priced"}),
    Vendor("WooCommerce orders", "orders", ("order number|order id", "order status",
           "order total|order total amount"), {
        "order_id": ("order number", "order id"),
        "customer_id": ("customer user id", "customer id", "customer user", "email billing",
                        "billing email", "customer email"),
        "ordered_at": ("order date",), "amount": ("order total amount", "order total"),
        "refunded": ("order refund amount", "refund amount"), "status": ("order status",),
        "currency": ("order currency",)}),
    Vendor("Stripe payments", "orders", ("created date utc|created utc", "amount",
           "amount refunded", "currency"), {
        "order_id": ("id",), "customer_id": ("customer id", "customer email"),
        "ordered_at": ("created date utc", "created utc"), "amount": ("amount",),
        "refunded": ("amount refunded",), "currency": ("currency",), "status": ("status",)},
        {"captured": "the status says so"}),
    Vendor("PayPal activity", "orders", ("gross", "net", "fee", "transaction id"), {
        "order_id": ("transaction id",), "customer_id": ("from email address", "name"),
        "ordered_at": ("date",), "amount": ("gross",), "refund_of": ("reference txn id",),
        "status": ("status",), "currency": ("currency",)},
        {"net": "less the fee; Gross is read", "fee": "what the payment cost", "time": "the date "
         "is read", "timezone": "of the time", "time zone": "of the time"}),
    Vendor("Amazon orders", "orders", ("amazon order id", "purchase date", "item price"), {
        "order_id": ("amazon order id",), "customer_id": ("buyer email", "buyer id"),
        "ordered_at": ("purchase date",), "amount": ("item price",), "product": ("sku", "asin"),
        "status": ("order status",), "currency": ("currency",)},
        {"quantity": "the item price is of all its pieces", "merchant order id": "the same order"}),
    Vendor("Jira issues", "interactions", ("issue key", "created", "reporter"), {
        "interaction_id": ("issue key",), "customer_id": ("reporter",), "opened_at": ("created",),
        "closed_at": ("resolved",), "kind": ("issue type",), "agent": ("assignee",),
        "csat": ("satisfaction rating", "satisfaction"),
        "first_reply": ("time to first response",), "resolution": ("time to resolution",)}),
    Vendor("Stripe subscriptions", "subscriptions", ("id", "customer id", "status", "plan",
           "canceled at utc|ended at utc"), {
        "subscription_id": ("id",), "customer_id": ("customer id",),
        "started_at": ("start utc", "start date utc", "created utc"),
        "ended_at": ("ended at utc", "canceled at utc"), "plan": ("plan",)},
        {"current period end utc": "planned", "current period start utc": "of the period alone"}),
    Vendor("Square transactions", "orders", ("gross sales", "net sales", "transaction id",
           "event type"), {
        "order_id": ("transaction id",), "customer_id": ("customer id", "customer reference id"),
        "ordered_at": ("date",), "amount": ("net sales",), "discount": ("discounts",)},
        {"event type": "refunds are negative amounts", "time": "the date is read",
         "total collected": "with tax and tips; Net Sales is read", "gross sales": "before "
         "discounts; Net Sales is read"}),
    Vendor("Chargebee subscriptions", "subscriptions", ("subscription id|subscriptions id|"
           "subscription subscription id", "customer id|customers id|subscription customer id",
           "cancelled at|subscriptions cancelled at|subscription cancelled at"), {
        "subscription_id": ("subscription id", "subscriptions id"),
        "customer_id": ("customer id", "customers id", "subscription customer id"),
        "started_at": ("started at", "subscriptions started at", "activated at",
                       "subscriptions activated at", "created at", "subscriptions created at"),
        "ended_at": ("cancelled at", "subscriptions cancelled at"),
        "plan": ("plan id", "subscriptions plan id", "plan name", "item price id"),
        "amount": ("mrr", "subscriptions mrr", "plan unit price")}),
    Vendor("Zendesk tickets", "interactions", ("id", "requester id|requester|requester email",
           "created at", "solved at|satisfaction score"), {
        "interaction_id": ("id",), "customer_id": ("requester external id", "requester id",
                                                   "requester email", "requester"),
        "opened_at": ("created at",), "closed_at": ("solved at",), "channel": ("via",),
        "agent": ("assignee",), "csat": ("satisfaction score",), "kind": ("ticket type", "type"),
        "first_reply": ("first reply time in minutes",),
        "resolution": ("full resolution time in minutes",)},
        {"updated at": "not when it was opened or closed"}),
    Vendor("Freshdesk tickets", "interactions", ("ticket id", "created time",
           "resolved time|closed time"), {
        "interaction_id": ("ticket id",),
        "customer_id": ("unique external id", "contact id", "email", "full name"),
        "opened_at": ("created time",), "closed_at": ("resolved time", "closed time"),
        "first_reply_at": ("initial response time",), "channel": ("source",), "kind": ("type",),
        "agent": ("agent",), "csat": ("survey results", "survey result"),
        "first_reply": ("first response time in hrs",), "resolution": ("resolution time in hrs",)},
        {"due by time": "planned", "last update time": "not when it was opened or closed"}),
    Vendor("HubSpot tickets", "interactions", ("ticket id", "create date", "ticket status"), {
        "interaction_id": ("ticket id",), "customer_id": ("associated contact ids",
        "associated contact", "contact id", "associated company"), "opened_at": ("create date",),
        "closed_at": ("close date",), "channel": ("source",), "kind": ("category",),
        "agent": ("ticket owner",), "first_reply": ("time to first agent reply hh mm ss",),
        "resolution": ("time to close hh mm ss",)}),
    Vendor("HubSpot contacts", "customers", ("record id", "create date",
           "lifecycle stage|lead status|contact owner|became a customer date"), {
        "customer_id": ("record id",), "signed_up_at": ("became a customer date", "create date"),
        "acquired_via": ("original source",), "first_name": ("first name",),
        "surname": ("last name",)}),
    Vendor("HubSpot deals", "orders", ("record id", "deal name", "amount", "close date"), {
        "order_id": ("record id",), "customer_id": ("associated company ids",
        "associated contact ids", "associated company", "associated contact"),
        "ordered_at": ("close date",), "amount": ("amount in company currency", "amount"),
        "status": ("deal stage",), "currency": ("currency",)}),
    Vendor("Pipedrive deals", "orders", ("deal id", "deal value", "deal status"), {
        "order_id": ("deal id",), "customer_id": ("organization id", "deal organization",
        "person id", "deal contact person", "deal person"),
        "ordered_at": ("deal won time", "deal deal closed on", "deal deal created"),
        "amount": ("deal value",), "status": ("deal status",),
        "currency": ("deal currency of value",)},
        {"deal lost time": "of deals that were not won"}),
    Vendor("Zoho deals", "orders", ("deal name", "stage", "closing date", "amount"), {
        "order_id": ("record id", "deal id"), "customer_id": ("contact name id", "account name id",
        "account name", "contact name"), "ordered_at": ("closing date",), "amount": ("amount",),
        "status": ("stage",), "currency": ("currency",)}),
    Vendor("Zoho contacts", "customers", ("record id", "contact owner|lead owner|account owner",
           "created time"), {
        "customer_id": ("record id",), "signed_up_at": ("created time",),
        "acquired_via": ("lead source",), "first_name": ("first name",),
        "surname": ("last name",)},
        {"modified time": "when the record was last touched"}),
    Vendor("AskNicely", "responses", ("answer|score", "responded", "sent", "opened|question type"),
        {
        "response_id": ("response id",), "customer_id": ("person id", "contact id", "email"),
        "nps": ("score", "answer"), "comment": ("comment",), "answered_at": ("responded",)},
        {"sent": "not when it was answered", "opened": "not when it was answered"}),
    Vendor("HubSpot feedback", "responses", ("survey name", "rating|score", "submitted at|"
           "submission date|response date"), {
        "response_id": ("record id", "submission id"), "customer_id": ("contact id",
        "associated contact ids", "contact email", "email"),
        "answered_at": ("submitted at", "submission date", "response date"),
        "comment": ("response", "follow up", "feedback")}),
    Vendor("Intercom conversations", "interactions", ("conversation id",
           "conversation started at|started at|created at|conversation created at"), {
        "interaction_id": ("conversation id",), "customer_id": ("user id", "user external id",
        "contact id", "email", "user email"), "closed_at": ("conversation closed at",
        "closed at", "last closed at"), "agent": ("teammate currently assigned", "teammate"),
        "channel": ("channel", "conversation channel"), "csat": ("conversation rating",
        "cx rating", "rating"), "first_reply": ("first response time seconds",
        "first response time", "time to first response"),
        "resolution": ("time to close seconds", "time to close", "time to first close")}),
    Vendor("Salesforce cases", "interactions", ("case number", "date time opened|opened date|"
           "created date|createddate"), {
        "interaction_id": ("case number",), "customer_id": ("account id", "contact id",
        "account name", "contact name"), "opened_at": ("date time opened", "opened date",
        "created date"), "closed_at": ("date time closed", "closed date"),
        "channel": ("case origin",), "kind": ("type", "case reason"), "agent": ("case owner",)},
        {"age": "of the case, on the day of the report", "age hours": "of the case"}),
    Vendor("Salesforce opportunities", "orders", ("opportunity name", "close date", "amount"), {
        "order_id": ("opportunity id", "opportunity name"), "customer_id": ("account id",
        "account name"), "ordered_at": ("close date",), "amount": ("amount", "amount converted"),
        "status": ("stage",), "currency": ("amount currency",)}),
    Vendor("Salesforce accounts", "customers", ("account id|account name", "created date|"
           "account created date|customer since", "account owner|type|industry|billing country"),
        {"customer_id": ("account id", "account number", "account name")}),
    Vendor("Delighted", "responses", ("score", "comment", "survey responded at|response id|"
           "survey sent at|delighted source|survey type"), {
        "response_id": ("response id", "survey response id"),
        "customer_id": ("customer id", "person id", "email", "person email"), "nps": ("score",),
        "comment": ("comment",), "answered_at": ("survey responded at", "responded at",
                                                 "created at", "response received at")}),
    Vendor("LimeSurvey", "responses", ("submitdate|date submitted|datum abgeschickt|"
           "date de soumission|fecha de envio", "lastpage|last page|letzte seite|derniere page|"
           "ultima pagina"), {
        "response_id": ("id", "response id", "antwort id", "id de la reponse", "id de respuesta"),
        "customer_id": ("token", "access code", "zugangscode", "zugangsschlussel"),
        "answered_at": ("submitdate", "date submitted", "datum abgeschickt", "date de soumission",
                        "fecha de envio"),
        "started_at": ("startdate", "date started", "datum gestartet", "date de lancement",
                       "fecha de inicio"),
        "language": ("startlanguage", "start language", "start sprache", "langue de depart",
                     "lenguaje inicial"),
        "duration_s": ("interviewtime", "total time", "gesamtzeit", "temps total",
                       "tiempo total")},
        {"datestamp": "last action; the day of sending is read",
         "date last action": "the day of sending is read"}),
    Vendor("Microsoft Forms", "responses", ("id|identyfikator", "start time|startzeit|heure de "
           "debut|hora de inicio|begintijd|ora di inizio|godzina rozpoczecia", "completion time|"
           "fertigstellungszeit|heure de fin|hora de finalizacion|tijd van voltooien|"
           "ora di completamento|hora de conclusao|godzina ukonczenia"), {
        "response_id": ("id", "identyfikator"),
        "answered_at": ("completion time", "fertigstellungszeit", "heure de fin",
                        "hora de finalizacion", "tijd van voltooien", "ora di completamento",
                        "hora de conclusao", "godzina ukonczenia")},
        {"last modified time": "the time of sending is read"}),
    Vendor("Google Forms", "responses", ("timestamp|zeitstempel|horodateur|marca temporal|"
           "informazioni cronologiche|carimbo de data hora|tijdstempel|sygnatura czasowa|"
           "tidsstempel|tidstampel",), {
        "answered_at": ("timestamp", "zeitstempel", "horodateur", "marca temporal",
                        "informazioni cronologiche", "carimbo de data hora", "tijdstempel",
                        "sygnatura czasowa", "tidsstempel", "tidstampel")}),
    Vendor("Typeform", "responses", ("network id|start date utc", "submit date utc|submitted at"), {
        "response_id": ("token", ""), "answered_at": ("submit date utc", "submitted at"),
        "started_at": ("start date utc",)},
        {"network id": "names a device, not a customer", "stage date utc": "the day of sending is "
         "read"}),
    Vendor("Decipher", "responses", ("record", "uuid", "status"), {
        "response_id": ("uuid", "record"), "answered_at": ("date",), "started_at": ("start date",),
        "duration_s": ("qtime",), "status": ("status",)}, {"markers": "quota cells"}),
    Vendor("Forsta", "responses", ("respid|responseid", "status", "interview end|interview start"),
        {"response_id": ("respid", "responseid"), "answered_at": ("interview end",),
         "started_at": ("interview start",), "status": ("status",)}),
)  # fmt: skip


def aliases(name: str) -> tuple[str, ...]:
    """Give the forms of a heading: whole, and its code alone ('id. Response ID' of LimeSurvey)."""
    code, dot, _ = name.partition(". ")
    return (folded(name), folded(code)) if dot and code.isidentifier() else (folded(name),)


def vendor_of(names: Iterable[str]) -> Vendor | None:
    """Name the system whose headings these are: the one of which most are there.

    Args:
        names: headings of an export.
    """
    held = {alias for name in names for alias in aliases(name)}
    fits = [
        (len(vendor.tells), sum(any(each in held for each in may) for may in
                                vendor.columns.values()), -at)
        for at, vendor in enumerate(VENDORS)
        if all(held & set(tell.split("|")) for tell in vendor.tells)
        and not (vendor.name == "Google Forms" and len(held) < 3)
    ]  # fmt: skip
    return VENDORS[-max(fits)[2]] if fits else None
