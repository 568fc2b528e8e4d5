"""What tells a person in a text: the patterns of addresses, numbers, dates and names."""

import re

_AT = r"(?:@|[(\[{<]\s?(?:at|ät|arroba|chez)\s?[)\]}>])"
_DOT = r"(?:\.|\s?[(\[{<]\s?(?:dot|punkt|punto|point)\s?[)\]}>]\s?|\s(?:dot|punkt|punto|point)\s)"
_SPOKEN = r"\s(?:dot|punkt|punto|point)\s"
_LOCAL = rf"(?<![\w.+'-])[\w.+'-]+(?:{_SPOKEN}[\w.+'-]+){{0,3}}"
_ENDS = (
    r"com|net|org|info|eu|io|(?:co|org|ac)\s?\.\s?uk|uk|de|at|ch|fr|be|es|it|nl|pt|se|no|dk|pl|ie"
)
_POST = (
    r"(?:gmail|googlemail|hotmail|outlook|yahoo|icloud|gmx|web|proton(?:mail)?|live|msn|aol|t-online"
    r"|freenet|orange|laposte|wanadoo|free|sfr|libero|ziggo|kpnmail)"
)
AT_POST = rf"\s(?:at|ät|chez|bei|arroba)\s{_POST}\."
EMAIL = re.compile(
    rf"{_LOCAL}\s?{_AT}\s?[\w-]+(?:{_DOT}[\w-]+)+"
    rf"|{_LOCAL}\s(?:at|ät|arroba|chez)\s[\w-]+(?:{_SPOKEN}[\w-]+)+"
    # anna @ web . de; tim at gmail.com, but not 'bought at amazon.com'
    rf"|{_LOCAL}\s?@\s?[\w-]+(?:(?:\s\.\s|\.)[\w-]+)*?(?:\s\.\s|\.)(?:{_ENDS})\b"
    rf"|{_LOCAL}\s(?:at|ät|arroba|chez|bei)\s{_POST}\.[a-z]{{2,3}}\b",
    re.IGNORECASE,
)
_NETWORK = r"(?:linkedin|facebook|instagram|twitter|tiktok|xing|github|threads)\.\w{2,3}/|\bt\.me/"
HANDLE = re.compile(
    r"(?<![\w.@/])@[^\W\d][\w.]{1,}\w"
    rf"|(?i:{_NETWORK})(?i:in/|profile/|u/|@)?([\w.%-]*\w)"
)
PROFILE = _NETWORK
IP = re.compile(
    r"\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b"
    r"|\b(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}\b",
    re.IGNORECASE,
)
CARD = re.compile(r"(?<![\d.,])\d(?:[ -]?\d){12,18}(?![\d.,]?\d)")
IBAN = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,3})?(?!\w)")
PHONE = re.compile(r"(?<![\w.,£$€/-])(?:\+|\(\+?)?\d(?:[\s().\-/]{0,3}\d){6,14}(?![\w/])")
ID = re.compile(
    r"(?<![\w.,£$€])(?:\d{3}-\d{2}-\d{4}|[A-Z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]|"
    r"\d{6,}(?:-\d{2,})+|\d{4}-\d{5,}|\d{7,}|[A-Za-z]{1,5}[-_/]?\d{5,}[\w-]*"
    r"|(?=[A-Z0-9]*[A-Z])(?=[A-Z0-9]*\d{5})[A-Z0-9]{10,})(?![\w%])"
)
DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:\s+\d{1,2}[:.]\d{2})?|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}"
)
YEARS = re.compile(r"(?:19|20)\d{2}\s?[-/–]\s?(?:19|20)\d{2}")
DAY_FIRST = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)")
# what comes before the number of an order, a case, a parcel: it is no telephone
NUMBERED = re.compile(
    r"(?i:order|ref|reference|invoice|ticket|case|tracking|parcel|booking|contract|policy|account"
    r"|customer|bestellung|bestellnummer|auftrag|rechnung|kundennummer|vorgang|sendung"
    r"|commande|facture|dossier|pedido|factura|albar[aá]n)[\s.:#=]{0,3}(?i:no|nr|number|n[º°o])?"
    r"[\s.:#=]{0,3}$"
)

# what stands with a capital after 'I am' and 'this is', and is no name
_TELLS = (
    r"great|good|bad|best|worst|excellent|perfect|amazing|awful|terrible|poor|super|fantastic|fine|ok"
    r"|okay|really|quite|too|much|more|most|always|never|again|back|currently|extremely|completely"
    r"|totally|absolutely|fully|simply|truly|only|even|yet|ever|well|sure|certain|afraid|aware|angry"
    r"|upset|satisfied|dissatisfied|content|unable|able|new|old|done|ready|impressed|grateful"
    r"|thankful|confused|frustrated|annoyed|shocked|surprised|interested|waiting|looking|writing"
    r"|calling|using|trying|having|getting|hoping|thinking|retired|disabled|blind|deaf|pregnant"
    r"|english|british|scottish|irish|welsh|german|french|spanish|italian|dutch|polish|swedish"
    r"|danish|norwegian|american|canadian|australian|indian|chinese|japanese|muslim|christian"
    r"|jewish|catholic|sehr|zufrieden|unzufrieden|froh|kunde|kundin|mitglied|rentner(?:in)?|student"
    r"(?:in)?|mutter|vater|nederland\w*|belg|tr[eè]s|muy|molto|muito|everything|nothing|all|what|why"
    r"|how|where|when|because|but|if|as|than|to|of|by|about|over|under"
)
_NOT_NAME = (
    r"(?!(?i:the|customer|service|support|sales|billing|technical|team|your|you|his|her"
    r"|my|our|their"
    r"|someone|somebody|nobody|anyone|no|not|a|an|i|it|this|that|one|two|three|several"
    r"|many|head|very"
    r"|dr|prof|kunden\w*|service\w*|frau|herrn?|damen|und|and|or|y|et|from|in|on|at|for|so|sorry|happy|glad"
    rf"|going|still|now|unhappy|delighted|disappointed|pleased|tired|here|just|also|{_TELLS})\b)"
)
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][^\W\d_]*(?:['’-][^\W\d_]+)*"
_PARTS = "van|von|de|del|della|der|den|di|da|dos|das|du|la|le|ter|ten|bin|ibn|zu|af|av|el|al"
PARTICLES = frozenset(_PARTS.split("|"))
_NAME = rf"{_NOT_NAME}{_CAPITAL}(?:\s(?:(?:{_PARTS})\s){{0,2}}{_NOT_NAME}{_CAPITAL}){{0,2}}"
_TITLE = (
    r"mr|mrs|ms|miss|mx|dr|prof|herrn?|frau|mme|mlle|monsieur|madame|se[ñn]or(?:a|ita)?|sra?"
    r"|mevrouw|meneer"
)
_SAYS = (
    r"my name(?: is|'s|:)|mijn naam is|mein name ist|ich hei(?:ß|ss)e|je m'appelle|mon nom est"
    r"|me llamo|mi nombre es|mi chiamo|il mio nome è|ik heet|(?:o )?meu nome é|chamo-me"
    r"|jag heter|mit(?:t)? navn er|mitt namn är|nimeni on|jmenuji se|zovem se|benim adım"
    r"|mam na imię|moje imię to|a nevem|nazywam się|(?:i am|i was) called"
    r"|(?:spoke|spoken|speak|talked|chatted|dealt) (?:to|with)"
    r"|ask for|(?:sprach|gesprochen|telefonierte|telefoniert) mit|parl[eé] (?:à|avec|con)"
    r"|habl[eé] con"
)
CUED = re.compile(
    rf"\b(?i:(?:(?:{_TITLE})\.?\s)*(?:{_TITLE})\.?|(?:{_SAYS})(?:\s(?:{_TITLE})\.?)*)\s+({_NAME})"
)
# who someone is, then two capitals: 'my neighbour Ingrid Sandvik'
_WHO = (
    r"neighbou?r|colleague|husband|wife|partner|friend|agent|advis[eo]r|manager|technician|engineer"
    r"|driver|daughter|son|mother|father|sister|brother|nachbar(?:in)?|kolleg(?:e|in|en)"
    r"|berater(?:in)?"
    r"|mitarbeiter(?:in)?|voisine?|coll[eè]gue|conseill(?:er|[eè]re)|vecin[oa]"
    r"|compa[ñn]er[oa]|called|named"
)
KNOWN_AS = re.compile(
    rf"\b(?i:{_WHO}),?\s+({_NOT_NAME}{_CAPITAL}\s(?:(?:{_PARTS})\s){{0,2}}{_NOT_NAME}{_CAPITAL})"
)
# who signs at the end, or says who is speaking
_SIGNS = (
    r"regards|yours|sincerely|faithfully|cheers|gr(?:u|ü)(?:ß|ss)(?:e|en)?|mfg|cordialement|saludos|atentamente"
    r"|groet(?:en|jes)?|saluti|atenciosamente|cumprimentos"
)
SIGNED = re.compile(rf"\b(?i:{_SIGNS})[\s,!.-]{{1,4}}({_NAME})[\s.!]*$")
SPEAKING = re.compile(
    rf"\b(?i:this is|hier (?:ist|spricht))\s({_NAME})\s(?i:from|speaking|calling|aus|von)\b"
)
# 'my husband Tibor': of kin and friends one capital is enough, where it is theirs
_KIN = (
    r"my|his|her|our|mein(?:e[nrm]?)?|unser(?:e[nrm]?)?|mon|ma|notre|mi|nuestr[oa]|mijn|onze"
    r"|mi[oa]|meu|minha|min|mitt|mein"
)
_RELATED = (
    r"husband|wife|partner|fianc[eé]e?|son|daughter|mother|mum|mom|father|dad|sister|brother|aunt|uncle"
    r"|cousin|nephew|niece|grand(?:son|daughter|mother|father)|friend|colleague|neighbou?r|boss"
    r"|mann|ehemann|sohn|tochter|mutter|vater|bruder|schwester|freund(?:in)?|kolleg(?:e|in|en)"
    r"|nachbar(?:in)?|mari|femme|fils|fille|m[eè]re|p[eè]re|fr[eè]re|s(?:œ|oe)ur|ami[e]?|voisine?"
    r"|espos[oa]|marido|mujer|hij[oa]|madre|padre|herman[oa]|amig[oa]|vecin[oa]|man|vrouw|zoon"
    r"|dochter|moeder|vader|zus|broer|vriend(?:in)?|marito|moglie|figli[oa]|fratello|sorella"
    r"|filh[oa]|m[aã]e|pai|irm[aã]o?"
)
_GIVEN = rf"{_NOT_NAME}[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿœšžāčēģīķļņūąęłńśźżőű]+(?:['’-][^\W\d_]+)*"
# 'our friend Amazon' is a firm
_FIRM = (
    r"(?!(?:Amazon|Google|Alexa|Siri|Apple|Facebook|Meta|Instagram|Whatsapp|Microsoft|Samsung|Ebay|Paypal"
    r"|Klarna|Visa|Netflix|Spotify|Uber|Airbnb|Booking|Ikea|Aldi|Lidl|Tesco|Walmart|Zalando|Hermes"
    r"|Fedex|Yodel|Evri|Vodafone|Telekom|Orange|Allianz|Ryanair|Lufthansa|Tesla|Trustpilot)\b)"
)
KIN = re.compile(rf"\b(?i:{_KIN})\s(?i:{_RELATED}),?\s({_FIRM}{_GIVEN}(?:\s{_GIVEN})?)")
# 'Zoltan here, …' at the beginning of what is said; 'Péter vagyok', 'Det er Sigrid her'
_NOBODY = (
    r"(?!(?i:same|every\w*|new\w*|long|mum|mom|dad|parent|student|user|member|subscriber|fan|guest|owner"
    r"|client|ditto|any\w*|people|staff|food|parking|prices|right|over|out|up|down|wait\w*|stuck|been"
    r"|live|lived|stay\w*|came|come)\b)"
)
HERE = re.compile(
    rf"(?:^|(?<=[.!?\n])\s*|\b(?i:hi|hello|hey|hallo)[,!]?\s)({_NOBODY}{_GIVEN}(?:\s{_GIVEN})?)\s"
    r"(?:here\s?(?:[,.!:;–-]|$|again\b|from\b)|vagyok\b)"
    rf"|\b(?i:det|dette|det h[aä]r)\s(?:er|är)\s({_GIVEN}(?:\s{_GIVEN})?)\s(?:her|här)\b"
)
# who says who he is; in German, where every noun has a capital, by two words, or by one behind an
# article that is none of the nouns that usually stand there ('ich bin die Annegret')
_ROLE = (
    r"(?!(?:Meinung|Ansicht|Auffassung|Überzeugung|Kund\w+|Mieter\w*|Nutzer\w*|Patient\w*|Mutter|Vater"
    r"|Tochter|Sohn|Ehe\w+|Mann|Person|Einzig\w*|Erst\w*|Letzt\w*|Besitzer\w*|Inhaber\w*|Chef\w*"
    r"|Leiter\w*|Geschäfts\w*|Firma|Art|Typ|Schwester|Bruder|Oma|Opa|Nachbar\w*|Freund\w*|Käufer\w*"
    r"|Fahrer\w*|Gast|Neu\w*|Eigentümer\w*|Meinige|Mitarbeiter\w*|Hoffnung|Beste|Leidtragende)\b)"
)
_AM = r"i am|i['’]m|ik ben|je suis|soy|sono|sou"
SELF = re.compile(
    rf"\b(?i:{_AM})\s({_NAME})|\b(?i:ich bin)\s({_NOT_NAME}{_CAPITAL}\s{_NOT_NAME}{_CAPITAL})"
    rf"|\b(?i:(?:ich bin|hier (?:spricht|schreibt)) d(?:ie|er))\s({_ROLE}{_NAME})"
    rf"|\b(?i:ich bin['’]?s|hier (?:spricht|schreibt)),?\s({_ROLE}{_NAME})"
)
_THANKS = r"thanks|thank you|thx|danke|merci|gracias|grazie|obrigad[oa]|bedankt"
THANKED = re.compile(rf"\b(?i:{_THANKS})\s?[,!.\n-]\s?({_NAME})[\s.!]*$")
# number plates: those of Germany, of Britain and of France by their form, others after such words
_PLATED = (
    r"(?:number|licen[cs]e|registration|car)[ -]?(?:plates?|number|no)|plates?|kfz-?kennzeichen"
    r"|kennzeichen|immatriculation|plaque|matr[ií]cula|targa|kenteken"
)
PLATE = re.compile(
    r"(?<![\w-])(?:[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?\d{1,4}[EH]?|[A-Z]{2}\d{2} ?[A-Z]{3}"
    r"|[A-Z]{2}-\d{3}-[A-Z]{2})(?![\w-])"
    rf"|\b(?i:{_PLATED})(?i:[\s:.]|is\b|was\b|number\b){{1,4}}"
    r"((?=[A-Z\d -]*\d)(?=[A-Z\d -]*[A-Z])[A-Z\d]{1,7}(?:[ -]?[A-Z\d]{1,4}){0,2})(?![\w-])"
)
CUES = re.compile(
    rf"\b(?:{_TITLE}|{_SAYS}|{_WHO}|{_SIGNS}|{_AM}|ich bin(?:['’]?s)?|{_THANKS}"
    rf"|this is|hier (?:ist|spricht|schreibt)|here|vagyok|her|här"
    rf"|(?:{_KIN})\s(?:{_RELATED}))(?:\b|[\s,.!-])",
    re.IGNORECASE,
)
# before a known name that is also a word: what follows is a person
BEFORE_NAME = re.compile(
    rf"(?:\b(?:(?:{_TITLE})\.?|{_SAYS}|{_WHO}|i am|i'm|regards,?|thanks,?|thank you,?|dear"
    rf"|hi|hello|cheers,?"
    r"|asked|told|by|with)\s+)$",
    re.IGNORECASE,
)
AFTER_NAME = re.compile(
    r"['’]s\b|\s(?:helped|called|rang|said|told|answered|replied|fixed|solved|explained"
    r"|promised|sorted"
    r"|listened|apologi[sz]ed|who|from|at your|in your|on your)\b",
    re.IGNORECASE,
)
MIDDLE_NAME = re.compile(r"\s(?:is|was|has|had|did|could|would|and)\b", re.IGNORECASE)
# before a word that is a noun or a month: 'the bill', 'in May'
BEFORE_WORD = re.compile(
    r"\b(?:the|a|an|this|that|your|my|our|its|their|no|any|each|every|some|in|since|until"
    r"|till|by|of|last"
    r"|next|early|late|mid|during|from|before|after|der|die|das|den|dem|ein|eine|im|le|la"
    r"|les|un|une|en"
    r"|el|los|las|una|good|bad|best|high|low|fair|great)\s+$",
    re.IGNORECASE,
)

_MONTHS = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|janv|f[ée]v|avr"
    r"|juin|juil|ao[uû]t"
    r"|d[ée]c|ene|abr|ago|dic|maart|mrt|mei|gen|mag|giu|lug|set|ott|fev|out|dez)[^\W\d_]*"
)
BIRTH = re.compile(
    r"\b(?i:born|d\.?o\.?b\.?|date of birth|birth ?(?:date|day)|geboren|geb\."
    r"|geburtsdatum|geburtstag"
    r"|née? le|née?|date de naissance|nac(?:ido|ida|ió|[íi])|fecha de nacimiento|geboortedatum"
    r"|nat[oa]|data di nascita|nascid[oa]|data de nascimento|född|urodzon[ya])"
    r"(?i:\s*(?:on|am|the|is|was|ist|le|el|op|den|in|il|em|a|:|=|,|\())*\s*"
    rf"(\d{{1,4}}[-/. ]{{1,2}}\d{{1,2}}[-/. ]{{1,2}}\d{{2,4}}|(?i:\d{{1,2}}(?:st|nd|rd|th"
    rf"|\.)?\s(?:of |de )?"
    rf"{_MONTHS}\.?,?\s(?:de )?(?:\d{{4}}|\d{{2}}\b)|{_MONTHS}\.?\s\d{{1,2}}(?:st|nd|rd"
    rf"|th)?,?\s\d{{4}}))"
)

_ROAD = (
    r"Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Drive|Dr|Close|Court|Ct|Way|Place|Pl|Crescent"
    r"|Square|Sq|Terrace"
    r"|Gardens|Grove|Hill|Row|Walk|Mews|Boulevard|Blvd|Parkway|Pkwy|Highway|Hwy|Circle"
    r"|Trail|Green|Rise|View"
)
_TOWN = (
    r"[^\W\d_][^\W\d_.'’-]*(?:(?:\s(?:am|an der|sur|upon|de|la|del))?[\s'’-][A-ZÀ-Þ][^\W\d_]+){0,3}"
)
UK_CODE = r"[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}"
# 10115 Berlin, 1012 AB Amsterdam, 114 55 Stockholm, 00-238 Warszawa, 1200-195 Lisboa
_CODE = r"(?:\d{4,5}|\d{3}\s\d{2}|\d{2}-\d{3}|\d{4}-\d{3})(?:\s?[A-Z]{2})?"
_CITY = rf"(?:,|\sin)?\s*(?:[A-Z]-)?{_CODE}\s{_TOWN}"
STREET = re.compile(
    # 14 Willow Lane, Leeds LS1 4DT; 1200 N Main St Apt 4, Springfield, IL 62704
    rf"(?:\b(?:Flat|Apt|Unit|Suite)\s\w{{1,5}},?\s)?"
    rf"\b\d{{1,5}}[a-zA-Z]?,?\s(?:(?:[NSEW]|[A-Z0-9][\w'’-]+)\.?\s){{1,4}}(?:{_ROAD})\b\.?"
    rf"(?:,?\s(?:Apt|Flat|Unit|Suite|Ste|#)\.?\s?\w{{1,5}})?"
    rf"(?:(?:,?\s{_TOWN}){{0,2}},?\s(?:{UK_CODE}|[A-Z]{{2}}\s\d{{5}}(?:-\d{{4}})?)\b)?"
    # Lindenstraße 12a, 10115 Berlin; Am Alten Markt 3, 50667 Köln
    rf"|\b[A-ZÄÖÜ][\w.-]*(?:[ -][A-ZÄÖÜ][\w.-]*){{0,2}}?[ -]?(?:[Ss]tra(?:ß|ss)e|[Ss]tr\."
    rf"|[Ww]eg|[Pp]latz|[Aa]llee"
    rf"|[Gg]asse|[Rr]ing|[Dd]amm|[Uu]fer|[Ss]traat|[Ll]aan"
    rf"|[Pp]lein|gracht|kade|singel|dijk|gatan|vägen|gränd|torget|gade|vej|veien)\s?\d{{1,4}}\s?[a-z]?\b(?:{_CITY})?"
    rf"|\b(?:Am|An der|Im|In der|Auf der?m?|Zum"
    rf"|Zur)(?:\s[A-ZÄÖÜ][\w-]+){{1,2}}\s\d{{1,4}}[a-z]?{_CITY}"
    # 12 rue de la Paix, 75002 Paris
    rf"|\b\d{{1,4}}(?:\s?(?:bis|ter))?,?\s(?i:rue|avenue|av\.|boulevard|bd\.?|place|chemin"
    rf"|all[ée]e|impasse|quai"
    rf"|route|cours)\s[^\d,;.!?]{{2,40}}(?:,?\s\d{{5}}\s{_TOWN}|(?=[,;.!?]|$))"
    # Calle Mayor 5, 28013 Madrid
    rf"|\b(?i:calle|c/|avenida|avda\.?|plaza|paseo|camino)"
    rf"\s?[^\d,;.!?]{{2,40}},?\s?(?:n[º°.]?\s?)?\d{{1,4}}\b(?:{_CITY})?"
    # Via Roma 10, 00184 Roma; ul. Długa 7, but not 'via the website 3 times'
    rf"|\b(?i:v[ií]a|viale|piazza|corso|rua|travessa|ul\.|ulica)\s(?:(?:de|di|da|do|das|dos|dei|"
    rf"degli|della|del|la)\s)*[A-ZÀ-ÖØ-ÞŁŚŻ][^\d,;.!?]{{1,38}},?\s?\d{{1,4}}\b"
    rf"(?:{_CITY}|(?=\s*(?:[,;.!?]|$)))"
    rf"|\b{UK_CODE}\b|\b[ABCEGHJ-NPR-TVXY]\d[A-Z]\s?\d[A-Z]\d\b"
)

# names that are also words: masked only where they stand as names
WORDS = frozenset(
    """
    alt april art august autumn bach baker berg best bill black blanc blanca blanche blum bond
    braun bright brook brown brun bueno busch bush butcher care case chance charity chase church
    clay close cook cooper core cruz dawn day dial drew ease east english faith farmer fein
    field fine fleur flores flower ford forest forever france frank frei french freund froh
    fuchs gale german gift glass gold good grace gracia grand grant gray green grey gros gross
    groß gut guy hand harmony heath herbst herz heute high hill hoch hof holiday holly hope
    house jolie joy june jung kaiser kalt king klein koch kurz könig lane lang law leal leicht
    lieb little long love low luck lunch luz mai mar mark mars may mercy miles miller neu noir
    north olive page park pat patience paz penny pepper petit piper place pleasant pool post
    power price prince queen rain rich richter rico ring rock rose roux roy rush sage sales salt
    sandy sauer savage schmidt schnell school schwarz sharp sharpe short silver skip sky small
    smart snow sol sommer sonntag south spring star stark steel stein stern still stone street
    strong sue summer sweet temple thorn tiny trip wall ward waters way wein weiss weiß wells
    west white whole wild will win winter wise wish wood woods work young zimmer
    """.split()  # noqa: SIM905
)
