"""What do customers write, and what goes with their ratings?

Sentences are spelt out once, with every choice in braces, and drawn by number: no customer's
comment is put together one at a time.
"""

import re
from itertools import product

import numpy as np

from cxlab.sample import company
from cxlab.sample.people import FIRST_NAMES, SURNAMES

POLARITIES = ("negative", "neutral", "positive")
#: Sentences by theme and polarity. ``{a|b}`` is a choice. A leading ``~`` marks a negation that
#: turns the meaning round: praise in words of trouble, or blame in words of praise.
SENTENCES = {
    "delivery": {
        "negative": """
My {last|latest|March|Christmas} {parcel|box|order} {turned up|came|arrived} {three days|a week|nearly two weeks} late.
The {courier|driver} {left it in the rain|threw it over the gate|left it with a neighbour I have never met|marked it as delivered when it wasn't}.
Delivery is {always|often|usually} {late|a guessing game} {these days|where I live|now}.
{Box|Parcel|Package} arrived {crushed|soaked|split open} and half the coffee was {on the doorstep|all over the carton}.
{Second|Third} time this {year|winter} my {coffee|order} has simply {gone missing|not turned up}.
Waited in {all day|all Saturday|two mornings running} and {nobody came|the van never showed up}.
~Delivery is not {great|good enough|as reliable as it used to be}.
~I would not call {the courier|your delivery service} {reliable|dependable|quick}.
~The tracking is no {help|use} at all.
""",
        "neutral": """
Delivery is {fine|OK|all right} most of the time.
The box {usually comes|tends to come} on the day promised, give or take.
A {narrower|better} delivery slot would {help|be useful}.
{Could|Can} you use packaging that fits {through the letterbox|my mailbox}?
""",
        "positive": """
{Always|Every box} {arrives on time|here when you say it will be|delivered on the dot}.
Delivery is {quick|spot on|really fast|like clockwork}.
The {driver|courier|postie} is {friendly|lovely|always cheerful} and the {box|parcel} fits through the letterbox.
Ordered on {Monday|Tuesday|Sunday night}, drinking it by {Wednesday|Thursday}.
~No problems at all with {delivery|the deliveries|my orders}.
~{Never had|I have never had|Haven't had} a {late|missing|damaged} {box|parcel|delivery} {yet|in over a year|so far}.
~Not once has a {box|parcel} been late.
~Can't {fault|complain about} the delivery.
""",
    },
    "website": {
        "negative": """
The {website|site|app} {crashes|freezes|logs me out} {every time I pay|at the checkout|whenever I change my order}.
Impossible to {skip a month|change my address|find past orders|update my card} {online|on the website|in the app}.
The {site|app|website} is {slow|clunky|confusing} {on my phone|on a tablet|since the update}.
{Took|Needed} {four|five|half a dozen} attempts to {log in|check out|reset my password}.
~The new {app|website} is not {easy to use|an improvement|clear at all}.
~Nothing about your {checkout|account page} is {simple|intuitive}.
""",
        "neutral": """
The {website|app} does the job.
{Would be nice|It would help} to {pause the subscription|see past orders|swap beans} in the app.
Website is OK, {a bit plain|a bit slow on my phone}.
""",
        "positive": """
The {website|app} is {easy to use|a doddle|clear and quick|well designed}.
Changing my {order|grind|delivery date} takes {seconds|two clicks|no time} {online|in the app|on the site}.
{Love|Really like} the new {app|brew guides on the site}.
~No {trouble|issues|hassle} {ordering online|with the website|using the app}.
~The {checkout|site} never {crashes|lets me down}.
""",
    },
    "support": {
        "negative": """
Waited {40 minutes|half an hour|ages} on the phone {only to be cut off|and then got passed round|just to be told to send an e-mail}.
{Three|Four|Five} e-mails {and still no answer|before anyone replied|and each reply contradicted the last}.
Customer service {kept passing me from chat to phone|just read from a script|made me explain everything again}.
The {chat|person on chat|agent} {closed my case|ended the conversation} {without solving anything|before I had finished typing}.
~Support was {not helpful|no help|not interested} {at all|in the slightest|when I rang}.
~My {complaint|question|refund} was never {answered|dealt with|sorted out}.
""",
        "neutral": """
Support {answered in the end|was polite but slow|got there eventually}.
Got my {answer|refund}, though I had to {ask twice|chase it}.
""",
        "positive": """
{Customer service|Support|Your team} {sorted it|fixed it|put things right} {within the hour|the same day|in one call|straight away}.
The {lady|chap|person} I spoke to {was brilliant|could not have been kinder|really knew coffee}.
{Quick|Friendly|Very helpful} {reply|answer} {by e-mail|on chat|when I rang}.
~No {quibbles|fuss|arguments}, they just {sent another bag|refunded me|replaced it}.
~Couldn't {ask for better|fault the} {help|service|support team}.
""",
    },
    "product": {
        "negative": """
{Last two bags|The latest beans|My beans} {tasted stale|were burnt|tasted flat}.
The {decaf|espresso blend|house blend|Ethiopian} is {bitter|sour|weak} {lately|compared with last year|and I end up pouring it away}.
{Sent|Got} ground coffee when I {asked for beans|ordered whole bean}, {again|for the second time}.
The {range|choice of beans} has {shrunk|become boring}.
~The coffee is not {as good as|as fresh as|what} it {was|used to be}.
~I am not {happy with|impressed by|enjoying} the {new blend|last few bags|beans}.
""",
        "neutral": """
The coffee is {decent|nice enough|fine}.
Some {months|bags} are better than others.
{Would like|I'd like} more {decaf|single origin|dark roast} {options|choice}.
""",
        "positive": """
{Best|Loveliest|Tastiest} {coffee|beans|cup} I have had {in years|at home|anywhere}.
The {Colombian|Ethiopian|house blend|decaf|Guatemalan} is {gorgeous|delicious|superb|out of this world}.
{Fresh|Freshly roasted}, {full of flavour|smooth|beautifully roasted} {every month|every time|and worth waiting for}.
{My husband|My wife|The whole office|Our whole street|My mum} {is hooked|loves it|won't drink anything else now}.
{Love|Really enjoy} trying {a new roast|different beans} {every month|each time} ☕
Makes my {kitchen|flat|office} smell like a proper café.
~{Never had|I've never had|Haven't had} a bad {bag|cup|brew} {from you|yet|from Kestrel}.
~Nothing to {complain about|dislike}: the coffee is {great|lovely|first class}.
""",
    },
    "price": {
        "negative": """
{Too expensive|Getting expensive|Pricey} {for what it is|for 250g|compared with the supermarket}.
The {price|monthly fee|cost} {keeps going up|has crept up again|is hard to justify}.
{£20|£13|£35} a month {adds up|is a lot|is more than I want to pay} {these days|for coffee|on a pension}.
~It is not {cheap|good value} {any more|by any stretch}.
~I don't {feel|think} I get {value|my money's worth}.
""",
        "neutral": """
{Price|The price} is {about right|fair enough|what you'd expect}.
Not the cheapest, but {fair|OK}.
A {loyalty discount|smaller bag|student rate} would be {welcome|good}.
""",
        "positive": """
{Good|Great|Very good} value {for the quality|compared with the high street|for money}.
Costs {less than|half of} what I {used to spend|spent} in {coffee shops|cafés}.
{Worth|Well worth} {every penny|the money|it}.
~No {complaints|grumbles} about the price.
~Not {expensive|dear} for {what you get|such good coffee}.
""",
    },
    "communication": {
        "negative": """
{Nobody|No one} told me {the date had changed|the blend was out of stock|my card had been declined}.
{Far too|Too} many {e-mails|texts|marketing mails}, {please stop|I have unsubscribed twice|none of them useful}.
{Found out|Only found out} about the {change|delay|new terms} {from my bank statement|by accident|when I rang}.
~You never {let me know|tell me} {when the box is on its way|what is going on|in advance}.
~The e-mails are not {clear|helpful} {at all|in the least}.
""",
        "neutral": """
{E-mails|Messages} are {fine|OK|mostly useful}.
A text {the day before|on the morning} would {help|be handy}.
""",
        "positive": """
{Love|I look forward to|Really enjoy} the {tasting notes|little card in the box|story about the farm|monthly letter}.
They {told me about|warned me of} {a delay|the change} {before I noticed|in good time}{ and apologised| and offered to skip a month|}.
{Always|I'm always} {kept informed|kept up to date|know when it's coming}.
The {handwritten note|birthday card|brewing tips} {made my day|was a lovely surprise|made me smile}.
~Never {pushy|spammy|too many e-mails}, just {useful news|the right amount}.
""",
    },
    "overall": {
        "negative": """
{Very|Really|Bitterly} disappointed{| to be honest| this time}.
{Thinking of|Considering} cancelling.
{Used to be|It was} {so much|far} better{| when I joined| a year ago}.
~Would not {recommend|bother again}.
~Not {happy|impressed|good enough}.
""",
        "neutral": """
{OK|Fine|All right}{ overall| on the whole|, nothing special}.
{Does what it says|It's fine}.
{No comment|Nothing to add}.
It's coffee.
""",
        "positive": """
{Brilliant|Excellent|Fantastic|Great|Lovely} {service|company|little company}{!|.| all round.}
{Keep it up|Keep up the good work|Thank you}{!|.| Kestrel.}
{Very|Really|Thoroughly} happy{| with everything| so far| customer}.
+1 from {me|all of us here}.
~No problems at all{| so far|, very pleased| in two years}.
~{Couldn't be|Could not be} {happier|more pleased}.
~Nothing to {improve|complain about}, {keep going|thank you|really}.
""",
    },
    "failure put right": {
        "neutral": """
A box went missing but {you sent another|the replacement came} {within two days|quickly|the same week}.
One {delivery|parcel} {never came|got lost}, {refunded without fuss|sorted after one call}.
""",
    },
    "failure left": {
        "negative": """
My {box|parcel|order} {never came|went missing} and {I am still waiting for a refund|nobody did anything about it|no one got back to me}.
~Still no {refund|replacement|answer} for the {box|order} that {never arrived|got lost}.
Paid for {coffee|a box} I never got.
""",
    },
}
OPENINGS = np.array(
    ["", "Honest answer: ", "Just to say: ", "In short: ", "My view: ", "As last time: "], object
)
PHONE_ASKS = ("Please ring me on ", "You can reach me on ", "Call me back: ", "My number is ")
EMAIL_ASKS = ("Please reply to ", "My e-mail is ", "Write to me at ", "Not my old address, use ")
SIGN_OFFS = ("Regards, ", "Kind regards, ", "Thanks, ", "Yours, ", "- ")


def _spell_out(line: str) -> list[str]:
    """Return every sentence a line with choices stands for."""
    parts = [part.split("|") for part in re.split(r"[{}]", line)]
    return ["".join(choice) for choice in product(*parts)]


def _phrase_book() -> dict[tuple[str, str], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Map theme and polarity to sentences, their negation marks and their chances.

    Every line is as likely as the next, however many choices it holds.
    """
    book = {}
    for theme, by_polarity in SENTENCES.items():
        for polarity, text in by_polarity.items():
            lines = [line for line in text.splitlines() if line]
            spelt = [_spell_out(line.removeprefix("~")) for line in lines]
            weight = np.concatenate([np.full(len(s), 1 / len(s) / len(lines)) for s in spelt])
            turned = np.concatenate(
                [np.full(len(s), line[0] == "~") for s, line in zip(spelt, lines, strict=True)]
            )
            book[theme, polarity] = (
                np.array(sum(spelt, []), object),
                turned,
                weight / weight.sum(),
            )
    return book


def write_comments(rng: np.random.Generator, answers: dict, people) -> dict:
    """Write a comment for some of the answers, and note what it is about.

    Returns arrays: text, theme, polarity, negated, second_theme, name, phone, email (the last
    three say what there is to mask).
    """
    size = len(answers["nps"])
    theme, polarity, second, second_polarity = _themes(rng, answers)
    text, negated = _sentences(rng, theme, polarity)
    more, more_negated = _sentences(rng, second, second_polarity)
    both = second != ""
    text = _openings(rng, text) + np.where(both, " ", "").astype(object) + more
    text = _handwriting(rng, text)
    writes = rng.random(size) < 0.42 + 0.30 * (answers["nps"] <= 6) + 0.08 * (answers["nps"] >= 9)
    text, personal = _personal(rng, text, answers, people, writes)
    quiet = ~writes
    for column in (text, theme, polarity, second):
        column[quiet] = ""
    negated = (negated | (both & more_negated)) & writes
    return {
        "text": text,
        "theme": theme,
        "polarity": polarity,
        "second_theme": second,
        "negated": negated,
    } | personal


def _themes(rng: np.random.Generator, answers: dict):
    """The touchpoint that stands out is the one written about."""
    ratings, nps = answers["ratings"].astype(float), answers["nps"]
    names = np.array([*company.TOUCHPOINTS, "overall"], object)
    level = np.where(nps <= 6, 1.4, np.where(nps >= 9, 4.6, 3.8))[:, None]
    loud = np.where(ratings > 0, -1.1 * np.abs(ratings - level), -50.0)
    loud = np.column_stack([loud, np.full(len(nps), -1.2)]) + rng.gumbel(0, 0.8, (len(nps), 7))
    order = np.argsort(-loud, axis=1)
    score = np.where(nps <= 6, 2, np.where(nps >= 9, 5, 3))
    levels = np.column_stack([answers["ratings"], score])
    pick = np.arange(len(nps))
    found = []
    for place in (0, 1):
        at = order[:, place]
        told = np.searchsorted(
            [2.5, 3.5], levels[pick, at] - 0.7 * ((nps <= 6) & (rng.random(len(nps)) < 0.5))
        )
        found += [names[at], np.array(POLARITIES, object)[told]]
    theme, polarity, second, second_polarity = found
    second[rng.random(len(nps)) > 0.38] = ""
    remembered = rng.random(len(nps)) < 0.45
    for trouble, label, tone in (
        (1, "failure put right", "neutral"),
        (2, "failure left", "negative"),
    ):
        tells = remembered & (answers["trouble"] == trouble) & (nps <= 8)
        theme[tells], polarity[tells] = label, tone
        second[tells & (second == "delivery")] = ""
    return theme, polarity, second, second_polarity


def _sentences(rng: np.random.Generator, theme: np.ndarray, polarity: np.ndarray):
    """Draw one sentence for each theme and polarity; none where there is no theme."""
    text = np.full(len(theme), "", object)
    negated = np.zeros(len(theme), bool)
    for (about, tone), (sentences, turned, weight) in _phrase_book().items():
        rows = np.flatnonzero((theme == about) & (polarity == tone))
        drawn = rng.choice(len(sentences), len(rows), p=weight)
        text[rows], negated[rows] = sentences[drawn], turned[drawn]
    return text, negated


def _openings(rng: np.random.Generator, text: np.ndarray) -> np.ndarray:
    chance = [0.90, 0.03, 0.02, 0.01, 0.02, 0.02]
    opening = OPENINGS[rng.choice(len(OPENINGS), len(text), p=chance)]
    return opening + text


def _handwriting(rng: np.random.Generator, text: np.ndarray) -> np.ndarray:
    """Some people write all in small letters, some shout, some leave out the full stop."""
    import pandas as pd

    manner = rng.random(len(text))
    series = pd.Series(text, dtype=object)
    series = series.where(manner > 0.12, series.str.lower())
    series = series.where(manner < 0.985, series.str.upper())
    bare = (manner > 0.06) & (manner < 0.30)
    return series.where(~bare, series.str.rstrip(".")).to_numpy(dtype=object, copy=True)


def _personal(rng, text: np.ndarray, answers: dict, people, writes: np.ndarray):
    """A few give a name, a phone number or an e-mail address: all made up, all to be masked."""
    size, who = len(text), answers["customer"]
    first, surname = FIRST_NAMES[people.first[who]], SURNAMES[people.surname[who]]
    spoke = np.array(company.AGENTS, object)[rng.integers(0, len(company.AGENTS), size)]
    lot = rng.random(size)
    phone, email = writes & (lot < 0.018), writes & (lot >= 0.018) & (lot < 0.034)
    signed = writes & (lot >= 0.026) & (lot < 0.050)
    agent = writes & (lot >= 0.050) & (lot < 0.066)
    tail = np.full(size, "", object)
    tail[phone] += " " + _pick(rng, PHONE_ASKS, phone.sum()) + phone_numbers(rng, phone.sum()) + "."
    tail[email] += " " + _pick(rng, EMAIL_ASKS, email.sum())
    tail[email] += email_addresses(people, who[email]) + "."
    tail[agent] += " I spoke to " + spoke[agent] + "."
    gap = np.where(rng.random(size) < 0.3, "\n", " ").astype(object)
    tail[signed] += (
        gap[signed] + _pick(rng, SIGN_OFFS, signed.sum()) + first[signed] + " " + surname[signed]
    )
    return text + tail, {"name": signed | agent, "phone": phone, "email": email}


def _pick(rng: np.random.Generator, choices, size: int) -> np.ndarray:
    return np.array(choices, object)[rng.integers(0, len(choices), size)]


def phone_numbers(rng: np.random.Generator, size: int) -> np.ndarray:
    """Return numbers from the ranges kept free for fiction."""
    last = np.array([f"{n:03d}" for n in range(1000)], object)[rng.integers(0, 1000, size)]
    return _pick(rng, ("07700 900", "01632 960", "07700900", "+44 7700 900"), size) + last


def email_addresses(people, who: np.ndarray) -> np.ndarray:
    """Return each customer's address, in plain letters, at a domain kept free for examples."""
    home = np.where(people.number[who] % 3 == 0, "@example.org", "@example.com").astype(object)
    return (
        _plain(FIRST_NAMES)[people.first[who]] + "." + _plain(SURNAMES)[people.surname[who]] + home
    )


def _plain(names: np.ndarray) -> np.ndarray:
    import unicodedata

    folded = [
        unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() for name in names
    ]
    return np.array([re.sub("[^a-z]", "", name.lower()) for name in folded], object)
