"""Words of headings, and what they stand for.

In English, German, French, Spanish, Dutch, Portuguese and Italian; the few that a table stands on
also in Polish, Czech, Swedish, Finnish, Turkish, Serbian, Russian, Arabic, Japanese, Chinese and
Korean.

Headings are looked at folded: small letters, no accents, words parted by one blank. The words
are those of the vendors' own exports and of the words people give such columns.
"""

from dataclasses import dataclass

_WHO = (
    r"(?:cust(?:omer)?|consumer|complainant|consommateur|consumidor|verbraucher|"
    r"client|member|account|acct|kunden?|user|person|people|contact|abonne|"
    r"cliente?|socio|adherent|subscriber|guest|patient|mitglieds?|mandant|buyer|shopper|payer|"
    r"workspace|constituent|supporter|rider|passenger|travell?er|booker|patron|borrower|policyholder|holder|"
    r"household|requester|company|usager|usuario|konto|compte|cuenta|klant|lid|leden|gast|utente|"
    r"socio|assinante|kund|kunde|klient[aiy]?|zakazni[ck][ai]?|asiakas|asiakkaan|czlonka?|"
    r"medlems?|"
    r"jasen|ugyfel|societaire|assure|locataire|donateur|beneficiaire|versicherte[rn]?|"
    r"versicherungsnehmer|mieter|spender|huurder|verzekerde|asegurado|paciente|alumno|donante|"
    r"afiliado|inquilino|segurado|assicurato|paziente|iscritto)s?"
)
_PARCEL = (
    r"(?:tracking|shipment|consignment|parcel|waybill|awb|sendungs?|zending|colis|envoi|envio|"
    r"spedizione|przesylki|paket)"
)
EVENT = (
    r"(?:event|ereignis|evenement|evento|gebeurtenis|handelse|hendelse|zdarzenie|udalost|olay|"
    r"scan|milestone|meilenstein)"
)
_ID = r"(?:ids?|no|nr|num|number|nummer|numero|code|codigo|codice|key|ref|reference|uuid|guid|c|sk)"
WHO = (
    rf"^(?:id|no|nr|n|numero|code|codigo|codice)? ?(?:de |du |del |do |de la |d )?(?:l )?{_WHO} "
    rf"?{_ID}(?: c)?$",
    rf"\b{_WHO} ?{_ID}\b(?: c$)?|external (?:data )?reference|prolific pid|(?:panelist|participant|"
    rf"panel|employee|external) ?id|^(?:numero|numer|nr|cislo|n|id|code|codigo|codice|no|num) "
    rf"(?:de |du |d |do |"
    rf"del )?{_WHO}\b|"
    r"vertragsnummer|personnummer|customer external id|unique external id|"
    rf"^(?:insured|policy ?holder|tenant|debtor|debitor|party|student|donor|player|driver) ?"
    rf"{_ID}$",
    rf"^{_WHO}$|^{_WHO} (?:unique )?ident\w*$|customer email|^record id$|^[ckmu]id$|^kd ?nr$",
    r"^(?:id|ids|key|guid|uuid)$",
    r"^(?:お客様|顧客|会員|客户|客戶|顾客|会员|會員|用户|고객|회원)(?:id|番号|コード|编号|編號|"
    r"号|번호|코드)?$|"
    r"^(?:id|номер|код) (?:клиента|покупателя|пользователя|абонента)$|^клиент$|^покупатель$|"
    r"^(?:müşteri|musteri|uye|abone) (?:no|id|kodu|numarası)$|^(?:musteri|müşteri)$|"
    r"^(?:sifra|id|broj) (?:kupca|klijenta|korisnika)$|^kupac$",
    r"^(?:panell?ist|participant|panel ?member|panelmitglied|teilnehmer|deelnemer)"
    r"(?: (?:no|nr|number|code))?$",
    r"^msisdn(?: hash\w*)?$|^mrn$|"
    r"^(?:medical record|chart)(?: (?:no|nr|number|id))?$|^auftraggeber$|^debitor$|"
    r"^kaufer$|^\w{3,}(?:kunden?|klant(?:en)?)(?: ?(?:nr|nummer|id))?$",
    r"^(?:nif|cpf|cnpj|dni|nie|pesel|codice fiscale|ssn)\b|^vat (?:no|number|id)$|"
    r"^(?:pas|bibliotheekpas|ausweis|leser|lezer)s? ?(?:nr|nummer)$|^library card\b",
    r"^(?:firm(?:a|en)?|organi[sz]ation|entreprise|empresa|bedrijf|azienda)$",
    rf"(?:loyalty|club|bonus|kunden|fidelite|fidelidad|fedelta|klanten) ?"
    rf"(?:card|karten?|carte|tarjeta|carta|kaart) ?{_ID}?$|^(?:card|karten?|carte|tarjeta|kaart)"
    rf" ?{_ID}$",
)
WHO_ALONE = rf"(?:{_WHO}|besucher|visitors?|adults|erwachsene|kinder|teilnehmer)"
ENDED = (
    r"cancel|churn|\bleft\b|date de sortie|\bauszug\b|disconnect|deregist|ported? ?out|"
    r"kundig|austritt|ausgetreten|ausgeschieden|vertragsende|resili|"
    r"\bdepart\b|date de fin|\bbaja\b|cancelacion|terminat|deactivat|\bexit|lapsed|abgemeldet|"
    r"\blapse|clos(?:ed?|ing) (?:dt|date|on|at)|date closed|opgezegd|opzeg|beeindigd|"
    r"uitgeschreven|"
    r"zakoncz|wypowiedz|rezygnac|ukoncen|vypoved|slutdat|oppsagt|uppsag|opsagt|paatty|megszun|"
    r"einddatum|cancelamento|encerra|disdetta|cessazione|recesso|unsub|\bcxl\b|\bcncl|"
    r"退会日|解約日|契約終了日|注销(?:日期|时间)|탈퇴일|해지일|iptal tarihi|ayrılma tarihi|"
    r"bitis tarihi|"
    r"дата (?:ухода|отключения|расторжения|закрытия)|تاريخ (?:الإلغاء|المغادرة|الانسحاب)|"
    r"\bterm d(?:t|ate)\b|inactive (?:dt|date|on|at|since)|inactivat"
)
_STARTED = (
    r"sign(?:ed)? ?up|souscri|suscripcion|subscri(?:bed|ption date)|\bjoin|(?:member|customer|"
    r"client|active|subscriber) since|became a customer|"
    r"attivazion|activacion|ativacao|aktivier|first visit|erstbesuch|premiere visite|"
    r"primera visita|入会日|登録日|加入日|契約(?:開始)?日|注册(?:时间|日期)|开户日期|가입일|"
    r"kayıt tarihi|uyelik tarihi|"
    r"дата (?:регистрации|подключения|вступления)|تاريخ (?:التسجيل|الانضمام|الاشتراك)|regist|"
    r"beitritt|eintritt|(?:kunde|mitglied) seit|anmeld|vertragsbeginn|"
    r"inscription|"
    r"adhesion|client depuis|membre depuis|fecha (?:de )?alta|\balta\b|(?:cliente|socio) desde|"
    r"inscripcion|activat|enrol|onboard|opening date|open date|opened|first (?:order|purchase)|"
    r"lid sinds|klant sinds|ingeschreven|aanmeld|cadastro|cliente desde|adesao|iscri(?:zione|"
    r"tto)|cliente dal|opt(?:ed)? ?in (?:time|date|at|on)|confirm(?:ed)? (?:time|date|at)"
)
_STARTED_TOO = (
    r"\bstart|created|create date|creation|\bsince\b|\bseit\b|beginn|\bdebut|\binicio|anlage|"
    r"poczatek|zacatek|rozpocz|zahajen|rejestrac|startdat|alka(?:mis|nut)|kezdet|ingangsdat|"
    r"inception|\beffective|erstellt|angelegt|begin|^(?:date|datum|fecha|data)$"
)


@dataclass(frozen=True)
class Word:
    """How one column of ours is called elsewhere.

    Attributes:
        ours: our name.
        kinds: what its values may look like.
        tiers: patterns of the heading, the surest first.
        never: pattern of headings that are something else.
        worded: whether the wording of the question counts beside the heading.
    """

    ours: str
    kinds: tuple[str, ...]
    tiers: tuple[str, ...]
    never: str = r"(?!)"
    worded: bool = True


_UNIT = r"(?: (?:ms|s|secs?|seconds|mins?|minutes|h|hours))?"
_TIP = r"\b(?:tips?|trinkgeld|pourboire|gorjeta|propina|mancia|fooi|dricks)\b"
_OVERALL = r"(?:ukupn|ogoln|celkov|samlet|samlad|kokonais|altalanos|genel|general|alt i alt)\w*"
_FELT = r"\w*(?:zadovolj|zadowol|satysfak|spokojen|tilfreds|forn[øo]yd|nojd|tyytyv|eleged|memnun|"
_FELT += r"satisfac)\w*"

_TIME = ("time", "unclear time")
_REPLY = r"repl(?:y|ied)|respon[sd]|antwort|reponse|respuesta|risposta|antwoord|resposta"
_IDS = ("id", "number", "scale", "category", "text", "email", "flag")
_MONEY = ("number", "unclear number", "scale", "id")
_SHORT = ("category", "flag", "text")

# asked in this order; what one has taken, the next does not get
WORDS: dict[str, tuple[Word, ...]] = {
    "responses": (
        Word("nps", ("scale", "number", "category"), (
            r"(?:\b|\d)nps\b|\bltr\b|net ?promoter|\bnet ?pro\b|likel\w* (?:.* )?recommend|"
            r"recommend .*(?:friend|colleague|family)|"
            r"\bindicaria|weiterempfehl|wahrscheinlich.*empfehl|recommand|recomend|recomien|"
            r"aanbeve|"
            r"consiglier|raccomand|rekommender|anbefal|polec[ia]|suositel|doporuc|tavsiye|"
            r"рекоменд|порекоменд|preporuc|odporuc|勧め|薦め|すすめ|お勧|推奨|推荐|推薦|추천|"
            r"توصي|تنصح|"
            r"המליץ|ajanl|rekomend|soovita|ieteik|recomand|συστη|συνιστ|แนะนำ|gioi thieu",
            r"recommend|empfehl|\breco(?:m{1,2})?\b",
            r"^(?:score|rating|note|bewertung|puntuacion|punteggio)(?: \(?0 (?:to |bis |a |tot "
            r")?10)?$"),
            r"\b(?:group|category|segment|type|why|reason|grund|warum|pourquoi|por que|"
            r"comment)\b"),
        Word("csat", ("scale", "category", "flag", "number"), (
            r"\bcsat\b|\bosat\b|overall.*satisf|satisf.*overall|gesamtzufrieden|"
            r"zufrieden.*(?:insgesamt|"
            r"gesamt)|insgesamt.*zufrieden|satisfaction (?:globale|generale|general)|"
            r"(?:globalement|dans l ensemble).*satisf|en general.*satisf|satisf.*en general|"
            r"algemene tevreden|in het algemeen.*tevreden|satisfacao geral|soddisfazione "
            r"(?:generale|complessiva)|(?:総合|全体).*満足|満足度?(?:総合|全体)|(?:总体|整体|"
            r"總體|整體)"
            r".*[满滿]意|전반적.*만족|전체 ?만족|(?:общ|в целом).*удовлетвор|genel memnuniyet|"
            rf"\b{_OVERALL} (?:.* )?{_FELT}|\b{_FELT}\w* (?:.* )?{_OVERALL}",
            r"^satisf|^満足度?$|^满意度?$|^滿意度?$|^만족도?$|^memnuniyet$|^zadovoljstvo$|"
            r"^(?:оценка|удовлетворенность)$|^zufriedenheit$|^tevredenheid$|^soddisfazione$|"
            r"how satisfied .*(?:overall|"
            r"with us\b)|^overall\b|\boverall$|"
            rf"^{_OVERALL} (?:ocena|hodnoceni|vurdering|betyg|arvosana|ertekeles|degerlendirme|"
            r"puan)\w*|helhets(?:betyg|bedomning|inntrykk|intryck)|valutazione (?:complessiva|"
            r"generale)|avaliacao (?:geral|global)|globale? (?:beoordeling|bewertung)|"
            r"algehele beoordeling|"
            r"q7all|as a whole|^gesamt(?:urteil|note|bewertung|eindruck)|^note globale|"
            r"^(?:nota|valoracion) (?:global|general)|^voto complessivo|^(?:eind|rapport)cijfer",
            r"how satisfied (?:are|were) you(?: today| overall| in general)?$|"
            r"wie zufrieden (?:sind|waren) sie(?: insgesamt)?$|"
            r"(?:a quel point )?etes vous satisfaite?s?$|que tan satisfech[oa] esta(?: usted)?$|"
            r"hoe tevreden bent u$|quanto e soddisfatt[oa]$|quao satisfeit[oa] esta$"),
            r"\b(?:why|reason|comment|warum|pourquoi)\b"),
        Word("ces", ("scale", "category", "number"), (
            r"\bces\b|effort score|how easy|ma(?:de|kes?) it easy|easy (?:was it|for me) |"
            r"wie (?:einfach|leicht)|facil\w* (?:etait|fue|a t il|de resoudre)|how much effort|"
            r"\bease\b|^facilite\b|^facilidad\b|^facilidade\b|^gemak\b|"
            r"hoe makkelijk|quao facil|quanto e stato facile",
            r"\beffort\b|aufwand|esfuerzo"),
            r"\b(?:why|reason|comment)\b"),
        Word("answered_at", _TIME, (
            r"^(?:end ?date|recorded ?date|submit ?date|date ?submitted|completion time|completed"
            r"(?: at| on| date)?|survey responded at|survey completed|date survey completed|"
            r"respon(?:ded|se) ?(?:at|date|received|time|timestamp)|answered(?: at| on)?|"
            r"submit(?:ted)?(?: ?(?:at|on|date|time))?|interview ?(?:end|date)|int ?dat(?:e|um)?|"
            r"datum abgeschickt|abgeschickt am|fertigstellungszeit|zeitstempel|heure de fin|"
            r"befragungstag|horodateur|date de (?:soumission|reponse)|marca temporal|"
            r"fecha de (?:envio|respuesta)"
            r"|hora de finalizacion|timestamp|survey date|customer response date|befragungsdatum|"
            r"interviewdatum|submit date utc|date|datum|fecha|data|when|invuldatum|datum ingevuld|"
            r"(?:ご)?回答(?:日時?|日付|完了日時|時刻)|送信日時|タイムスタンプ|提交(?:答卷)?时间|"
            r"答题时间|填写时间|"
            r"填寫時間|提交時間|응답 ?(?:일시|일자|날짜|시간)|제출 ?(?:일시|시간)|"
            r"дата(?: ответа| заполнения)?|"
            r"время ответа|yanıt tarihi|cevap tarihi|tamamlanma(?: tarihi| zamanı)?|تاريخ (?:الرد|"
            r"الإجابة)|anket tarihi|tarih|datum odgovora|"
            r"data wypelnienia|"
            r"data odpowiedzi|data ankiety|datum vyplneni|paivamaara|svarsdatum|"
            r"ingevuld op|data (?:da |di |de )?(?:resposta|risposta|compilazione|envio))$",
            r"submit|respon|answered|completed|interview ?(?:end|date)|abgeschickt|"
            r"soumission|envio",
            r"\bdate|datum|fecha|\bdata\b|timestamp|created|time$|zeit"),
            r"birth|nascimento|nascita|geboorte|geburt|naiss|nacim|start|begin|due|expire|sent\b|"
            r"renew|"
            r"last action|purchase|order|"
            r"debut|inicio|sign ?up|member|customer since|stage date|modified|visit date"),
        Word("started_at", _TIME, (
            r"^start|^başlangıç|^baslangıc|start ?(?:date|time|zeit)|interview ?start|"
            r"date started|heure de debut|"
            r"hora de inicio|datum gestartet|startzeit|debut",), r"language|sprache|sign"),
        Word("response_id", ("id", "number", "scale"), (
            r"^(?:survey |feedback )?(?:response|respondent|submission|antwort|questionnaire|"
            r"interview|entry|submit|feedback|fragebogen)s? ?(?:id|no|nr|number|nummer|uuid)$|"
            r"^resp(?:id|num|"
            r"nr| id| no|ondent)?$|^(?:network id|token|uuid|rid|lfdn|lfdnr|lfd nr|caseid|case id|"
            r"record|respondent serial|response|survey response id|survey id)$|"
            r"^id de (?:la )?(?:reponse|respuesta)$|^回答(?:者)?(?:id|番号)$|^答卷(?:编号|id)$|"
            r"^序号$|"
            r"^응답 ?(?:번호|id)$|^(?:номер|id) (?:ответа|анкеты)$|^yanıt (?:no|id|numarası)$|"
            r"^antwort$|^respondentnummer$|^id da "
            r"resposta$|^id risposta$",
            r"^(?:id|row id|uid)$")),
        Word("customer_id", _IDS, (*WHO, r"^e ?mail(?: address)?$|email|adresse (?:de messagerie|"
             r"e mail)|correo electronico"),
             r"\b(?:date|since|type|name|group|segment|email)\b|status|satisf"),
        Word("comment", ("text", "category"), (
            r"ご意見|コメント|自由(?:記述|回答)|意见|建议|评论|意見|評論|의견|코멘트|комментари|"
            r"отзыв|"
            r"yorum|gorus|goruş|komentar|uwagi|pripomink|comment|verbatim|kommentar|comentario|"
            r"opmerking|toelichting|anything else|"
            r"open.?end|^text\b|free ?text|freitext|"
            r"anmerkung|bemerkung|remarque|\bremarks?\b|observaci[oó]n|observa[cç][aã]o|"
            r"osservazion",
            r"feedback|\bwhy\b|reason|grund|warum|pourquoi|porque|por que|tell us|improve|"
            r"verbesser|gefehlt|vermisst|manque|ameliorer|mejorar|sugeren|"
            r"opinion|suggestion|^response$|primary reason"),
            r"consent|einwilligung|\btags?\b|sentiment|\btopics?\b|^(?:company|account|firm)"),
        Word("channel", ("category", "flag"), (
            r"^(?:channel|method|kanal|canal)$|distribution ?channel|response channel|"
            r"survey method|respondent channel",)),
        Word("language", ("category", "flag"), (
            r"user language|^lang(?:uage)?$|start ?language|start sprache|langue|idioma|"
            r"sprache",)),
        Word("duration_s", ("number", "duration"), (
            r"duration (?:in )?sec|duration$|interview ?time|^qtime$|time taken|total time|"
            r"seconds|bearbeitungszeit|zeit ?summe|dauer",)),
        Word("touchpoint", ("category",), (r"touch ?point|survey sub ?type|kontaktpunkt",)),
        Word("weight", ("number",), (
            r"^(?:weight|wgt|wt|wtg|gewicht|poids|ponderacion|peso|waga|vikt|gewichtung|"
            r"weights?)\b|"
            r"(?:design|survey|final) ?weight|^w_?gew",), r"kg|pound|parcel|paket"),
        Word("consent", ("flag",), (
            r"consent|einwilligung|(?:may|can) (?:we |i )?(?:quote|publish)|"
            r"quote (?:me|you|ok|allowed)|"
            r"(?:ok|happy|agreed?|allowed|permission|willing) to (?:be )?(?:quote|publish)|"
            r"^(?:quot(?:e|ed|able)|publish(?:ed|able)?)$|zitier|veroffentlich|"
            r"\bcit(?:er|able|ar|eren)\b|toestemming",
        )),
    ),
    "customers": (
        Word("customer_id", _IDS, WHO,
             r"\b(?:date|since|type|name|group|segment|status|owner|phone|manager|reason)\b"
             r"|referred|source"),
        Word("churned_at", _TIME, (
            ENDED, r"^(?:end|ende|fin|until|bis)$|end ?date|ended|closed|inactive since|date to$",
            r"opt(?:ed)? ?out"),
            r"birth|trial|reason|score|value|risk|prob|label|status"),
        Word("signed_up_at", _TIME, (_STARTED, _STARTED_TOO),
             rf"birth|geburt|naiss|nacim|last|updated|modified|trial|renew|{ENDED}"),
        Word("churned", ("flag",), (
            r"churn|exited|attrition|^left\b|cancel+ed|gekundigt|resilie|has left|is lost|"
            r"ausgetreten|\bbaja\b|inactive$|lapsed$",), r"date|reason|score|risk|prob|predict"),
        Word("tenure", ("number", "scale"), (
            r"^tenure|months? (?:with|active|as)|vertragsdauer|anciennete|antiguedad|"
            r"kundendauer",)),
        Word("churn_reason", ("category", "text"), (
            rf"(?:{ENDED}|leav).*(?:reason|grund|motif|motivo)|(?:reason|grund|motif|motivo).*"
            rf"(?:{ENDED}|leav)|^reason$|(?:{ENDED})\w* syy$",)),
        Word("first_name", ("text", "category"), (
            r"first ?name|given name|vorname|prenom|voornaam|primeiro nome|^nombre$|^first$|"
            r"^forename$",)),
        Word("surname", ("text", "category"), (
            r"surname|last ?name|family name|nachname|nom de famille|apellido|achternaam|"
            r"sobrenome|cognome|^last$",)),
        Word("email", ("email",), (r"mail|courriel|correo",)),
        Word("phone", ("text", "id", "number", "category"), (
            r"^phone$|phone ?(?:no|number)|mobile|telephone|telefon|telefono",), r"service"),
        Word("monthly_fee", ("number", "unclear number", "scale"), (
            r"monthly ?(?:fee|charge|price|amount|payment|premium|dues|rate|cost)|"
            r"\bmr[cr]\b|recurring|fee\b|"
            r"monatsbeitrag|"
            r"grundgebuhr|beitrag|cotisation|mensualite|prime mensuelle|\bcuota|mensualidad|"
            r"kuukausimaksu|manadsavgift|manedspris|月会費|月額|月额|月费|월회비|aylık ucret|"
            r"mensalidade|maandbedrag|contributie|\bcanone\b|skladka|abonament|kontingent",),
             r"annual|year|jahr|annuel|anual|jaar"),
        Word("referred_by", ("id", "number", "category"), (
            r"referred ?by|referrer|referral (?:id|customer)|geworben von|parrain",)),
        Word("acquired_via", ("category",), (
            r"acqui|lead ?source|original source|^source$|herkunft|kanal|origine|"
            r"marketing ?channel"
            r"|signup channel",)),
    ),
    "subscriptions": (
        Word("subscription_id", ("id", "number", "category"), (
            r"(?:subscription|contract|policy|lease|membership|poliza|polizza|apolice|"
            r"abo|abonnement|vertrags?|"
            r"suscripcion|spell)s? ?"
            rf"{_ID}$|^(?:subscription|contract|policy|lease|vertrag|contrat|contrato)$|"
            r"^subscriptions? id$|^(?:nr|numer|cislo) (?:polisy|umowy|smlouvy)$", r"^id$")),
        Word("customer_id", _IDS, WHO, r"\b(?:date|since|type|name|group|segment|status|email)\b"),
        Word("ended_at", _TIME, (
            ENDED, r"ended?(?: ?(?:at|date|on))?\b|end ?date|\bende?\b|\bfin\b|until|expire|"
            r"\bkoniec\b|\bkonec\b|^(?:to|till|hasta|tot|au|bis|al)$|lapse|surrender|move ?out"),
            r"trial|current|period|next|renew|expir"),
        Word("started_at", _TIME, (
            r"start|^date d entree|^einzug|"
            r"activat|attivazion|activacion|ativacao|aktivier|begin|debut|inicio|poczatek|"
            r"zacatek|inception|"
            r"effective|commence|move ?in|"
            r"\bab\b|from|^(?:von|desde|du|da)$|^inizio|^ingangsdatum|^vanaf$",
            r"created|creation|since"),
            r"trial|current|period|next|renew|cancel"),
        Word("plan", _SHORT, (r"\bplan\b|product|price id|tarif|package|paket|formule|item",),
             r"amount|price$|quantity"),
        Word("amount", _MONEY, (
            r"\bmrr\b|amount|price|fee|betrag|preis|montant|importe|premium|\brent\b|canone|"
            r"^(?:monthly|monatlich|per month|pro monat)$|"
            r"\b(?:quota|cuota) |skladka|\bprima\b|premie|mensil|mensual|mensuel",), r"motiv"),
        Word("status", _SHORT, (r"status|state|etat|estado",)),
    ),
    "orders": (
        Word("order_id", ("id", "number", "category", "text", "scale"), (
            r"^(?:order|purchase|sales ?order|booking|reservation) ?(?:id|no|nr|number|name|num|"
            r"ref|"
            r"reference|code)?$|bestelnummer|ordernummer|factuurnummer|^numero ordine$|^ordine$|"
            r"invoice ?(?:id|no|nr|number|num)?$|^doc(?:ument)? ?(?:id|no|nr|number|num)$|"
            r"^voucher ?(?:id|no|nr|number)$|(?:bestell|buchungs|spenden?|auftrags?|rechnungs?|"
            r"beleg)"
            r"(?:nummer|nr|id| nummer| nr)?$|^(?:numero|n|no|id) (?:de )?(?:la )?(?:commande|"
            r"facture|pedido|factura)$|^(?:commande|facture|pedido|factura)$|^(?:numero|n) do "
            r"pedido$",
            r"^(?:注文(?:番号|id)|订单(?:编号|号)|訂單(?:編號|號碼)|주문 ?번호|номер заказа|"
            r"заказ|siparis (?:no|numarası|id)|"
            r"broj (?:narudzbine|narudzbe|racuna)|numer zamowienia|nr zamowienia|"
            r"cislo objednavky)$",
            r"^faktura(?: ?(?:nr|nummer|no))?$|^(?:trip|ride|journey|fahrt) ?(?:id|no|number)$|"
            r"^(?:n o|n|no|nr|num|numero) (?:do |de |del )?(?:documento|recibo|fatura|boleta)$|"
            r"^(?:transaction|txn|trx|payment|receipt|charge|sale|ticket|basket|booking|"
            r"reservation|top ?up|recharge|check|bill|bon|kassenbon)s? ?"
            r"(?:id|no|number|key|ref(?:erence)?)?$|transaction ?id|receipt ?(?:id|no|number)",
            r"order|invoice|bestell|commande|pedido", r"^id$"),
            r"date|status|amount|total|value|type|note|item|line|quantity|count|source|channel|"
            r"discount|currency|owner|datum|fecha|customer|parent"),
        Word("customer_id", _IDS, (*WHO, r"^e ?mail|customer email|email"),
             r"\b(?:date|since|type|group|segment|status|total|amount)\b|(?<!mail )address|phone"),
        Word("ordered_at", _TIME, (
            r"(?:order|purchase|invoice|sale|transaction|payment|booking)s? ?(?:date|time|"
            r"timestamp|at|created)|ordered|purchased|\bplaced\b|"
            r"\bsold (?:at|on)\b|(?:recharge|top ?up) (?:ts|date|time|timestamp)|"
            r"(?:wertstellung|buchungs(?:tag|datum)|valuta(?:datum)?)$|bestell\w* ?(?:datum|am|"
            r"zeit)|bestelldatum|"
            r"rechnungsdatum|kaufdatum|date (?:de |d )?(?:commande|achat|facture)|fecha "
            r"(?:de |del )?(?:pedido|compra|factura)|data (?:do |da |di |dell )?(?:pedido|compra|"
            r"ordine|acquisto|fattura)|besteldatum|orderdatum|factuurdatum|"
            r"^注文(?:日時?|日付)$|^(?:下单|订单|付款)(?:时间|日期)$|^訂單日期$|^주문 ?(?:일시|"
            r"일자|날짜)$|"
            r"^дата (?:заказа|покупки)$|^siparis tarihi$|^datum narudzb(?:ine|e)$|"
            r"^data zamowienia$|"
            r"^booked (?:on|at)$|booking date|reservation date|^created(?: ?(?:at|date|on|"
            r"time))?(?: utc)?$",
            r"^(?:date|datum|fecha|data|day|tag|time|timestamp|when|completed(?: at| date)?)$",
            r"paid|close ?date|created|date|datum|fecha"),
            r"cancel|return|refund|ship|deliver|fulfil|due|birth|updated|modified|expir|process|"
            r"lapse"),
        Word("refunded", _MONEY, (
            r"退款金额|返金額|환불금액|"
            r"amount refunded|refund(?:ed)?(?: amount| total| value)?$|erstatt|rembours|reembols|"
            r"partial refunds?",), r"date|reason|converted|status|id$|reference"),
        Word("quantity", ("number", "scale"), (
            r"数量|수량|количество|quantity|\bqty\b|menge|anzahl|stuckzahl|quantite|cantidad|aantal|quantidade|"
            r"quantita|"
            r"items? sold|^units$"
            r"|number of (?:cds|items|units)|^pieces$",), r"refund"),
        Word("unit_price", _MONEY, (
            r"単価|单价|단가|цена за|"
            r"unit ?price|price (?:each|per)|lineitem price|(?:stuck|einzel)preis|prix unitaire|"
            r"precio unitario|preco unitario|prezzo unitario|stuksprijs|item price",), r"compare|"
            r"list"),
        Word("discount", _MONEY, (r"discount|rabatt|remise|descuento|korting|desconto|sconto",),
        r"code|reason|name"),
        Word("list_price", _MONEY, (r"list ?price|regular price|listenpreis|compare at",)),
        Word("amount", _MONEY, (
            r"^(?:(?:net |gross |total |txn |sales? )?amt|total|amount|"
            r"net ?amount|order ?total|grand total|total ?(?:amount|price|paid|"
            r"collected|value|sales|ttc)|order ?(?:amount|value)|n revenue|net ?(?:revenue|sales|"
            r"total)|betrag|gesamt(?:betrag|summe|preis)?|sum(?:me)?|umsatz|netto(?:betrag)?|brutto"
            r"(?:betrag)?|montant(?: total| ttc| ht)?|total commande|importe(?: total)?|monto|"
            r"item total|line total|amount paid|fares?(?: [a-z]{3})?|total (?:c|com|con|incl?|"
            r"inkl|mit|"
            r"with|avec) (?:iva|vat|mwst|tva|tax|btw)|denom(?:ination)?|(?:top ?up|recharge) value|"
            r"dollars|price paid|sales|gross|totaal(?:bedrag)?|"
            r"row ?total|belopp|belob|belop|kwota(?: brutto)?|wartosc(?: brutto)?|suma|"
            r"bedrag|totale(?: ordine)?|importo|valor(?: total)?|room revenue|"
            r"(?:合計|注文|支払)?金額(?:\(円\)|円)?|合計|小計|小计|소계|(?:订单|实付|支付)?金额|訂單金額|"
            r"(?:결제|주문|총) ?금액|сумма(?: заказа)?|"
            r"(?:toplam|siparis)? ?tutarı?|(?:ukupan )?iznos)$",
            r"amount|revenue|sales|dollar|betrag|umsatz|montant|importe|bedrag|omzet|importo|"
            r"valor total|\btotal\b|spend|turnover",
            r"entgelt|value|\w{2,}wert\b|\bwert\b|price|preis|prix|precio|paid|valeur|valor"),
            r"claim|schade|sinist|commission|provision|\brat(?:ing|ed)\b|bewertung|score|refund|discount|"
            r"(?<!inc )(?<!incl )\btax|fee|shipping|"
            r"" + _TIP + r"|"
            r"unit|list|formatted|"
            r"converted|subtotal|"
            r"quantity|outstanding|lineitem|item price|gift|rabatt|steuer|versand|coupon|status|"
            r"paid at|method|count|(?<!with )(?<!incl )(?<!inc )(?<!mit )(?<!inkl )(?<!c )(?<!com )"
            r"(?<!con )(?<!avec )(?<!incluye )(?<!inclusief )\b(?:vat|mwst|tva|iva|btw)\b|compare|"
            r"before|record|number$"),
        Word("currency", _SHORT, (
            r"currency|wahrung|devise|moneda|^moeda$|^valuta$|^(?:ccy|crcy|curr?|waers|whg)$",),
        r"converted"),
        Word("status", _SHORT, (
            r"^(?:order |payment |financial )?(?:status|state)$|zahlungsstatus|statut|estado|"
            r"event type|status|^stato", ), r"fulfil|lineitem|shipping|delivery|date"),
        Word("returned_at", ("time",), (r"return|refund(?:ed)? (?:date|at|on)|retoure|retour",)),
        Word("refund_of", ("id", "number", "category"), (
            r"refund (?:of|for)|original (?:order|transaction|invoice)|parent (?:order|id)|"
            r"^applies to (?:doc(?:ument)? ?)?(?:no|id)?$|"
            r"stornierte",)),
        Word("product", ("category", "id", "text", "number"), (
            r"stock ?code|\bsku\b|(?:product|item|article|artikel|produkt|produit|articulo)s? ?"
            r"(?:id|no|nr|number|nummer|code|sku)$|lineitem sku|asin|\bean\b|referencia",
            r"^(?:product|item|article|artikel|produkt|produit|producto|articulo)s?(?: ?name)?$|"
            r"^produto$|^prodotto$|"
            r"lineitem name|bezeichnung|designation|^description$"),),
        Word("channel", ("category",), (r"^(?:sales )?(?:channel|kanal|canal)$",)),
        Word("kind", ("category",), (r"order ?type|^kind$|transaction ?type",)),
        Word("delivery_failed", ("flag",), (r"delivery fail|failed delivery|late delivery",)),
    ),
    "interactions": (
        Word("interaction_id", ("id", "number", "category"), (
            r"^(?:ticket|case|complaint|reclamation|reklamations?|beschwerde|queja|klacht|reclamo|"
            r"interaction|call|conversation|chat|incident|contact|vorgangs?|"
            rf"anfrage|fall|request|demande|caso|visit|event|issue)s? ?{_ID}?$|fallnummer|"
            r"vorgangsnummer|^melding(?:snummer)?$|^chamado$",
            r"^id$"), r"customer|kunden?"),
        Word("customer_id", _IDS, (
            r"requester id|requester (?:external )?id|^(?:ani|cli)$|^calling (?:number|party)$|"
            r"^(?:from|originating) number$", *WHO,
            r"^caller(?: (?:no|nr|id|number|phone))?$|^reporter$|^(?:anrufer|appelant|llamante)$",
            r"requester email|e ?mail|"
            r"requester$|account name|contact name|full name"),
            r"\b(?:date|since|type|group|segment|owner|domain|wait|phone|tracker)\b|case|ticket"),
        Word("first_reply_at", _TIME, (
            r"first (?:agent )?(?:reply|response)|initial response|erste antwort|"
            r"premiere reponse|primera respuesta",), r"due|target|sla"),
        Word("opened_at", _TIME, (
            r"date time opened|opened|conversation (?:started|created)|^created?(?: ?(?:at|date|"
            r"time|on))?(?: utc)?$|create date|received|eroffnet|angelegt|erstellt|"
            r"date de creation"
            r"|ouvert|fecha de (?:creacion|apertura)|ticket created",
            r"open|created|start|eingang|aangeme?ld|aangemaakt|abertura|^(?:date|datum|data|"
            r"fecha|at|when|"
            r"time|timestamp)$",
            r"date|datum|fecha|day|timestamp",
            r"^(?:visit(?:ed)?|besuch|visite|visita|bezoek|appointment|termin|"
            r"check ?in)(?: (?:on|at))?$"),
            r"clos|solv|resol|updat|due|birth|assign|last|\bend|inlever|retour"),
        Word("closed_at", _TIME, (
            r"solved at|closed|close date|resolved (?:at|time|date)|resolution (?:date|at)|"
            r"geschlossen|gelost|erledigt|cloture|ferme|resolu|cerrado|fecha de cierre|gesloten|"
            r"opgelost|fechamento|resolvido|^resolved$|^ratkaistu$",
            r"clos|resolved|solved|\bend"), r"due|target|sla"),
        Word("first_reply", ("duration", "number", "scale"), (
            r"first (?:agent )?(?:reply|response) ?(?:time)?|time to first (?:agent )?"
            r"(?:reply|response)|first response|erst(?:reaktions|antwort)zeit|reaktionszeit|"
            r"ilk yanıt suresi|reactietijd|(?:delai|temps) de (?:la )?premiere reponse|"
            r"tiempo de primera respuesta|"
            r"tempo (?:da |di |de )?(?:primeira resposta|prima risposta)|"
            r"^svarstid|^svartid|"
            r"erste (?:antwort|reaktion)|premiere reponse|primera respuesta|eerste reactie",
            rf"\bwait(?:ing)?(?: ?time)?{_UNIT}$|queue time|time in queue|speed of answer|\basa\b|"
            r"wartezeit|temps d attente|tiempo de espera|wachttijd|tempo (?:di |d )?attesa|"
            r"tempo de espera"),
            r"business|status|due"),
        Word("resolution", ("duration", "number", "scale"), (
            r"full resolution time|resol(?:ution|ve) time|time to (?:close|solve|fix|resol\w*)|"
            rf"handl(?:e|ing) time|^handl(?:e|ing){_UNIT}$|"
            r"(?:losungs|bearbeitungs)(?:zeit|dauer)|oplostijd|"
            r"(?:delai|temps) de (?:la )?resolution|"
            r"tiempo de resolucion|tempo .*resolucao|\baht\b|"
            r"(?:closed|solved|resolved|gelost|geschlossen|erledigt|resolue?|cloturee?|resuelto|"
            r"cerrado|opgelost|gesloten|risolto) (?:after|in|within|nach|innerhalb|apres|en|tras|"
            r"na|binnen|dopo)\b",
            r"talk ?time|(?:call|chat) (?:duration|length)|gesprachs(?:dauer|zeit)|"
            r"^duration|^dauer|^duree|^duracion|^durata|^duur"),
            r"business|status|first"),
        Word("channel", ("category",), (
            r"^media ?type$|^(?:channel|via|case origin|source|kanal|kanaal|canal|canale|origin|"
            r"medium|"
            r"queue)$",)),
        Word("kind", ("category",), (
            r"^(?:kind|type|category|(?:ticket|issue) ?type|case type|case reason|typ|art|"
            r"kategorie|"
            r"categorie|motif|reason|topic|tipo|event)$", r"kind|type|category"),
            r"association|contact|customer|account"),
        Word("stage", ("category",), (r"^stage$|journey stage",)),
        Word("touchpoint", ("category",), (r"touch ?point",)),
        Word("resolved", ("flag",), (r"resolved|solved|erledigt|gelost|resolu",)),
        Word("reopened", ("flag",), (r"reopen",)),
        Word("agent", ("category", "text", "id", "email"), (
            r"^(?:agent|assignee|case owner|ticket owner|owner|teammate|bearbeiter|agente?)"
            r"(?: name| id)?$|agent|assignee|teammate",),
            r"interactions|wait|stations|reply|replies|group|email|first"),
        Word("csat", ("scale", "number", "category"), (
            rf"^{_FELT}|満足度?$|满意度?$|만족도?$|csat|satisf|survey result|conversation rating|"
            rf"\brating$|zufrieden|tevreden|soddisf|"
            r"happiness",
            r"^(?:bewertung|note|nota|voto|valoracion|beoordeling|evaluation|calificacion)\b"),
            r"reason|comment|date|remark|\btext\b|datum"),
        Word("cost", ("number", "scale"), (r"\bcosts?\b|kosten|cout|coste",)),
        Word("handled_by", ("category",), (
            r"^(?:handled|contained|served|bearbeitet|traite|atendido) (?:by|von|par|por)$|"
            r"^(?:handled by|handler|resolver|handling) ?type$",)),
        Word("personalised", ("flag",), (
            r"personali[sz]ed|personalisiert|personnalise|personalizad",)),
    ),
    "reviews": (
        Word("review_id", ("id", "number"), (
            r"(?:review|mention|post|message|comment) ?id|^id$|bewertungs ?(?:id|nr|nummer)",)),
        Word("replied_at", _TIME, (
            rf"(?:{_REPLY}).*(?:date|time|datum|fecha|\bat\b|created|updated)|"
            rf"(?:date|datum|fecha|data).*(?:{_REPLY})",)),
        Word("posted_at", _TIME, (
            r"작성일|投稿日|评论时间|评价时间|дата отзыва|posted|(?:review|bewertung|avis|resena|"
            r"opinion)\w* ?(?:submit |created ?)?(?:date|"
            r"time|created|datum|sdatum)|submit date|create time|published|veroffentlicht|"
            r"publie|publica|pubblica",
            r"date|datum|fecha|data\b|time|created|\bsent\b|gesendet|envoye|enviado"),
             rf"{_REPLY}|updat|epoch|experience|visit|stay|travel|estancia|sejour|"
             r"soggiorno|aufenthalt"),
        Word("rating", ("scale", "number", "category"), (
            r"별점|평점|評価|评分|星级|星評価|star ?rating|\bstars?\b|sterne|etoiles|estrellas|"
            r"stelle|sterren|estrelas",
            r"^(?:overall|rating|score|note|bewertung|puntuacion|voto|nota|waardering)$",
            r"rating|score|bewertung|note|puntuacion"), r"count|average|mean|helpful"),
        Word("text", ("text", "category"), (
            r"(?:review|full|post|mention) ?(?:text|body|content|comment)|^text$|body|"
            r"verified reviews|bewertungstext|(?:texte|contenu) de l avis",
            r"^(?:내용|본문|리뷰|本文|内容|评论内容|评价内容|текст)$|^(?:review|comment|content|"
            r"kommentar|commentaire|comentario|resena|opinion|avis|"
            r"recensione|bewertung|beoordeling|avaliacao|recenzja|opinia)s?$",
            r"review|comment|content|kommentar|avis|snippet",
            r"^(?:message|nachricht|mensaje|mensagem|messaggio|bericht|utterance)(?: text)?$"),
            rf"title|titel|titre|titulo|titolo|summary|link|url|language|source|{_REPLY}"),
        Word("source", ("category",), (r"source|site|platform|\bportal|quelle|plateforme|^bron$|"
                                       r"^fonte$|^fuente$|^zrodlo$",)),
        Word("reply", ("text", "category"), (_REPLY,), r"date|time|epoch|\bat\b"),
    ),
    "visits": (
        Word("session_id", _IDS, (
            rf"(?:session|sitzungs?|sesion|sessao|sessie|visit|\bvisita?)s? ?{_ID}\b|^session$|"
            r"^id ?(?:visit|session)$", rf"^{_PARCEL} ?{_ID}$"), r"count|start|session number"),
        Word("visitor_id", _IDS, (
            r"visitor|besucher|visiteur|visitante|bezoeker|anonymous|pseudo|distinct id|cookie|"
            r"device id|amplitude id|app ?instance ?id|"
            r"domain ?user ?id|client ?id|client ?uuid|mcvisid|"
            r"ga client|browser id|\bcid\b|fingerprint",), r"type|count|session"),
        Word("customer_id", _IDS, WHO, r"date|since|type|name|group|agent"),
        Word("at", _TIME, (
            r"time ?stamp|event ?(?:date ?)?time|tstamp|zeitstempel|horodatage|\bts\b|"
            r"marca de tiempo|server ?time|occurred|^(?:time|when|at|zeit|uhrzeit|zeitpunkt|"
            r"tijdstip|"
            r"tidpunkt|tidspunkt|data e hora|data e ora|horario)$",
            r"date ?time|created|\btime\b|zeit|heure|hora",
            r"date|datum|fecha|data"), r"first|last|previous|server ?upload|processed|received"),
        Word("event", ("category", "flag", "text", "id"), (
            rf"^(?:{EVENT}|action|aktion|accion)s?"
            r"(?: ?(?:name|type|typ|action))?$|hit ?type|activity",
            r"event|ereignis|evenement|evento|action|step\b|schritt"),
            r"\bid\b|time|date|value|count|propert|param|categor|label"),
        Word("page", ("category", "text", "id"), (
            r"^(?:page|seite|pagina|screen|url|path|pfad)(?: ?(?:path|location|url|name|title))?$",
            r"page|url|\bpath\b|screen|seite|pagina"), r"refer|previous|exit|landing|size|count"),
        Word("source", ("category",), (
            r"traffic ?source|utm ?source|^(?:source|channel|quelle|canal)$|refer+er|"
            r"source medium|acquisition",)),
        Word("device", ("category",), (r"device(?: ?(?:category|type|class))?$|gerat|appareil|"
                                       r"dispositivo|apparaat|^platform$",)),
    ),
}  # fmt: skip

# what says of which table a file is: points a pattern found in a heading gives
TELLS: dict[str, tuple[tuple[str, int], ...]] = {
    "responses": (
        (r"recommend|empfehl|recommand|recomend|aanbeve|consiglier|rekommender|anbefal|polec[ia]|"
         r"preporuc|odporuc|tavsiye|рекоменд|勧め|薦め|すすめ|推奨|推荐|推薦|추천|توصي|تنصح|"
         r"suositel|doporuc|\bnps\b|net ?pro\b|promoter", 3),
        (r"satisf|zufrieden|csat\b|how (?:likely|easy)|\bces\b|survey|respon|answer|rating", 1),
        (r"^respondent|survey id|アンケート|回答|答卷|응답", 3),
        (r"満足|满意|滿意|만족|удовлетвор|memnun|zadovolj|zadowol|satysfak|spokojen|tilfreds|nojd|"
         r"tyytyv|eleged", 1),
        (r"comment|verbatim|feedback|interview|questionnaire|^q\d", 1),
    ),
    "customers": (
        (r"会員|入会|退会|会员|회원|uyelik", 2),
        (r"churn|exited|attrition|tenure|surname|first ?name|last ?name|vorname|nachname", 2),
        (rf"{_STARTED}|cancel|contract|kundig|austritt|resili|\bbaja\b|opgezegd|disdetta|"
         r"lifecycle|lidnummer", 2),
        (r"\bplan\b|tarif|lead ?status|owner|company|phone|address|city|referred", 1),
    ),
    "orders": (
        (r"注文|订单|訂單|주문|заказ|siparis|narudzb|zamowien|objednav|"
         r"order|ordine|invoice|bestel|rechnung|commande|facture|factuur|fattura|pedido|factura|"
         r"purchase|basket|booking|reservation|\bdeals?\b|opportunit", 2),
        (r"\btop ?ups?\b|recharge|\b(?:txn|trx)\b", 2),
        (r"quantity|\bqty\b|amount|dollar|discount|price|preis|prix|precio|betrag|umsatz|montant|"
         r"importe|bedrag|aantal|quantidade|preco|totale|stock ?code|\bsku\b|refund|total|"
         r"payment|transaction|revenue|sales", 1),
    ),
    "interactions": (
        (r"\b(?:kund)?arende|henvendelse|\bsaksn|ticket|complain|beschwerde|reklamation|plainte|\bquejas?\b|klacht|reclamo|ligacao|chamada|atendimento|llamada|\bappels?\b|\banrufe?s?\b|\bcase\b|"
        r"\bcasos?\b|conversation|requester|assignee|reopen|"
         r"first (?:reply|response)|\bdemande\b|reclamation|premiere reponse|delai de|ouvert le|"
         r"temsilci|sohbet|ilk yanıt|"
         r"apertura|tiempo de (?:resolucion|respuesta)|reactietijd|oplostijd|vorgang|"
         r"reaktionszeit|"
         r"erstantwort|tempo de (?:resposta|resolucao)|"
         r"\bcall\b|incident|issue (?:key|type)|reporter|\bcaller\b|chamado|melding", 2),
        (r"agent|resolved|opened|solved|priority|\bvia\b|subject|closed", 1),
    ),
    "subscriptions": ((r"subscription|\babo\b|abonnement|suscripcion|\bmrr\b", 3),
                      (r"\bpolis[ya]\b|\bpoliza|polizza|apolice|\bumowy\b|smlouvy", 3),
                      (r"\bpolic(?:y|en?) ?(?:no|nr|number|id|nummer)|\binception|"
                       r"\blapse|\blease|tenan|\bbail\b|\bloyer|locataire|\bmieter|huurder|"
                       r"premium", 2),
                      (r"\bplan\b|renew|current term|billing", 1)),
    "reviews": ((r"리뷰|후기|별점|レビュー|口コミ|评价|评论|отзыв|\bopinion(?:es|i)?\b|\bstars?\b|"
    r"star ?rating|review|sterne|etoiles|estrellas|resena|recensione|"
                 r"\bavis\b|sterren|estrelas|\bstelle\b|gwiazd|beoordelings?tekst|tekst recenz", 2),
                (r"\bmentions?\b|\breach\b|impressions|followers|snippet|\bupvotes\b", 2),
                (r"helpful|verified|product|\btitle\b|reply|app version|thumbs", 1)),
    "visits": (
        (r"visitor|besucher|visiteur|visitante|anonymous ?id|pseudo ?id|distinct id|session|"
         r"sitzung|amplitude|client uuid|page ?(?:view|path|url|location|title)|screen name|"
         rf"^event(?: ?(?:name|type|time|timestamp|date|action))?$|^{EVENT}|"
         rf"utm |referrer|hit type|^{_PARCEL} ?{_ID}$", 2),
        (r"^(?:page|url|path|seite|pagina|device(?: ?category| ?type)?|browser|os|screen)$|"
         r"traffic source", 1)),
}  # fmt: skip

NO_RATING = (
    r"\bage\b|alter\b|\bedad\b|gender|geschlecht|sexe?\b|income|einkommen|revenu|ingreso|educat\w*$|"
    r"bildung$|children$|kinder$|household|haushalt|how many|how often|number of|anzahl|\bcount|"
    r"frequen|haufig|years?\b|jahr|month|monat|\bzip\b|postal|plz|\brank|visits?\b|times\b|"
    r"\bday\b|\bhour|\bquarter|\bqtr|\bwave\b|welle|\bid\b|passengers|delay|distance|reopens?\b|"
    r"\bunits?\b|quantity|\bqty\b|\bmenge|\bstuck|pieces|cantidad|quantite|aantal|"
    r"replies|stations|quota|version|gruppe|segment|region|bundesland|marital|occupation|beruf"
)
_MAIL = r"e ?mail(?! ?(?:marketing|consent|opt|subscri|suppress|status|list))|"
PERSONAL = (
    rf"{_MAIL}"
    r"\bphone(?: ?(?:no|nr|number))?$|telefon|telephone|\bip\b|ip ?address|"
    r"adresse|\baddress|first ?name|"
    r"last ?name|surname|full ?name|vorname|nachname|prenom|apellido|^(?:name|nom|nombre)$|"
    r"^(?:billing|shipping|customer|contact|account|person|requester|user|recipient|guest|host|"
    r"patient|donor|member|visitor|client|passenger|travell?er|buyer|kunden?|gast|huesped|ospite) ?"
    r"name$|"
    r"\b(?:consumer|reviewer|author|user|display|nick|screen) ?(?:user ?)?(?:name|handle)$|"
    r"username$|"
    r"^(?:reviewer|author|poster|posted by|reviewed by|auteur|verfasser|autor)$|"
    r"^(?:氏名|お名前|名前|姓名|이름|성명|имя|фио|ad soyad|الاسم)$|"
    r"latitude|longitude|street|strasse|\bzip\b|postcode|plz|birth|geburt|naiss|nacim|"
    r"twitter|user ?agent|\burl\b|refer?r?er url|custom data"
)
STATUS = (
    r"^(?:(?:customer|account|member|client|contract|subscription|kunden) ?)?(?:status|state)$|"
    r"^estado$|^statut$|^stato$|situacao"
)
NO_SEGMENT = (
    rf"{PERSONAL}|status|finished|progress|location|recipient|consent|attention|distribution|"
    r"\blang|\bcity|stadt|ville|ciudad|postal|collector|response type|ending|tags?\b|seed|"
    r"lastpage|"
    r"last page|owner|subject|currency|\bsku\b|lineitem|product s|item\b|description"
)
# what people looked at the form with says least of who they are
TECHNICAL = r"browser|\bdevice|\bos\b|operating system|user agent|resolution|screen|gerat\b"
# words of a question that tell nothing of what it is about
_SMALL = (
    "a all an and any apply are as at be been by can check choose could did do does during "
    "following for from had has have how i if in is it its many me much my of on or our please "
    "select than that the their them there these they this those to was we were what when where "
    "which who why will with would you your yourself aber als am auf aus bei bitte das dem den "
    "der des die ein eine einem einen einer es fur hat haben ich ihr ihre ihrem ihren ihrer im "
    "ist kann mit oder sich sie sind uns und viele viel von war waren welche welchem welchen "
    "welcher welches wenn werden wie wir wo wurden zu zum zur au aux avec avez ce ces comment "
    "dans de du elle en est et etes il la le les leur lesquelles lesquels ou par pour quel quelle "
    "quelles quels que qui sont sur un une vos votre vous como con cual cuales del el esta estan "
    "ha han las lo los para por se son su sus una usted y che cosa dei della delle di e gli hai "
    "lei nel per quale quali quanto si sono suo bij deze dit een heeft het hoe hoeveel met naar "
    "om op te uw van voor wat welk welke wordt zijn"
)
SMALL_WORDS = frozenset(_SMALL.split())
PLANNED = (
    r"contract ?end|end of contract|expir|renew|next|due|planned|geplant|current (?:term|period)|"
    r"valid (?:to|until)|gultig bis|laufzeit|vertragsende|scheduled|prevu|vencimiento|commitment"
)
TOUCHED = (
    r"\blast (?:changed|updated|modified|login|seen|action|activity|order|purchase|visit|gift|"
    r"booking|payment|transaction|txn|invoice|contact|stay)|"
    r"updat|modifi|geander|letzte (?:anderung|bestellung)|derniere (?:modif|commande)|"
    r"ultima (?:modif|compra)|laatst (?:gewijzigd|besteld)"
)
# the day on which a list was written
LISTED = (
    r"snapshot|stichtag|\bas of\b|\breport(?:ing)? (?:date|day|month)\b|"
    r"\bextract(?:ed|ion)? (?:date|day|on)\b"
)
NO_WHEN = (
    rf"{TOUCHED}|birth|geburt|naiss|nacim|nascimento|nascita|geboorte|\blast\b|letzte|dernier|ultim|"
    r"laatste|chang|login|\bseen\b|sent\b|verschickt|export|sync|import"
)
NO_WHO = (
    rf"{PERSONAL.replace(_MAIL, '')}|product|artik|article|\bitem|\bsku\b|\bean\b|store|shop|"
    r"filiale|magasin|tienda|agent|assign|owner|seller|session|campaign|kampagne|device|version|"
    r"batch|quota|percent|\barr\b|\bmrr\b|revenue|umsatz|salary|income|\bfax|phone|telef|amount|price|betrag|montant|importe|total|\btags?\b|"
    r"priority|score|order|invoice"
)
IN_CENTS = r"\bcents?\b|\bpence\b|\bcentimes?\b|\bcentimos\b|minor units?|smallest unit"
NO_SUM = (
    r"claim|schade|sinist|boete|\bfines?\b|amende|discount|rabatt|remise|descuento|korting|\btax\b|\bvat\b|\b[ghp]st\b|\bmoms\b|\bbtw\b|mwst|"
    r"steuer|\btva\b|\biva\b|shipping|"
    rf"versand|\bfee\b(?! (?:received|paid|collected))|{_TIP}|"
    r"weight|gewicht|rate\b|latitude|longitude|distance|score|margin|"
    r"cost|kosten|\b(?:k?wh|mwh|kg|km|mb|gb|m2|m3|litros?|lit(?:er|re)s?|minutes?|minuten)\b"
)
# sentences that no customer wrote
NO_TEXT = (
    r"title|titel|titre|titulo|titolo|subject|betreff|objet|asunto|oggetto|repl(?:y|ies)|answer by|"
    r"management|agent|internal|notes?\b|url|link|product|artik|description|tags?\b|summary|"
    r"question|consent"
)
# names of firms and customers, in lists where no id stands
FIRM = (
    r"^(?:account|company|customer|client|business|organi[sz]ation|firm|firmen?|kunden?|"
    r"unternehmen|"
    r"bedrijfs?|klant|societe|entreprise|raison sociale|empresa|razon social|azienda|"
    r"ragione sociale)(?: ?naa?me?| ?nombre)?$"
)
