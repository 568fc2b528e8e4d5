"""Which sentences do customers write about what, and in which tone?"""

#: Sentences by theme and polarity. ``{a|b}`` is a choice. A leading ``~`` marks a negation that
#: turns the meaning round: praise in words of trouble, or blame in words of praise.
SENTENCES = {
    "delivery": {
        "negative": """
I moved to {a flat|the country} and {the boxes still go to my old address|half my boxes get lost}, although I {changed it twice|told you in May}.
{Tracking|The text} said {Tuesday|8 to 9 in the morning}, it came {on Friday|at ten at night}.
{Card said|Note said} "{sorry we missed you|left in a safe place}" and I was {in the kitchen the whole time|at home all day}.
My {last|latest|March|Christmas} {parcel|box|order} {turned up|came|arrived} {three days|a week|nearly two weeks} late.
The {courier|driver} {left it in the rain|threw it over the gate|left it with a neighbour I have never met|marked it as delivered when it wasn't}.
Delivery is {always|often|usually} {late|a guessing game} {these days|where I live|now}.
{Box|Parcel|Package} arrived {crushed|soaked|split open} and half the coffee was {on the doorstep|all over the carton}.
{Second|Third} time this {year|winter} my {coffee|order} has simply {gone missing|not turned up}.
Waited in {all day|all Saturday|two mornings running} and {nobody came|the van never showed up}.
~Delivery is not {great|good enough|as reliable as it used to be}.
~I would not call {the courier|your delivery service} {reliable|dependable|quick}.
~The tracking is no {help|use} at all.
""",  # noqa: E501
        "neutral": """
{One late box|A dented box once}, otherwise {fine|all good|nothing to report}.
Delivery is {fine|OK|all right} most of the time.
The box {usually comes|tends to come} on the day promised, give or take.
A {narrower|better} delivery slot would {help|be useful}.
{Could|Can} you use packaging that fits {through my letterbox|an ordinary letterbox}?
""",
        "positive": """
We live {up a farm track|on an island|on the fourth floor} and it still {gets here|arrives} {in good shape|within two days}.
{Careful|Sturdy} packaging, {nothing ever broken|beans always intact} and all of it {recyclable|goes in the paper bin}.
~{Even in the snow|Even over Christmas} it was not {late|a day late}.
{Always|Every box} {arrives on time|here when you say it will be|delivered on the dot}.
Delivery is {quick|spot on|really fast|like clockwork}.
The {driver|courier|postie} is {friendly|lovely|always cheerful} and the {box|parcel} fits through the letterbox.
Ordered on {Monday|Tuesday|Sunday night}, drinking it by {Wednesday|Thursday}.
~No problems at all with {delivery|the deliveries|my orders}.
~{Never had|I have never had|Haven't had} a {late|missing|damaged} {box|parcel|delivery} {yet|in over a year|so far}.
~Not once has a {box|parcel} been late.
~Can't {fault|complain about} the delivery.
""",  # noqa: E501
    },
    "website": {
        "negative": """
I {gave up|nearly gave up} trying to {add a gift|use my voucher|buy a second bag} {and rang instead|on the website}.
Your {site|app} {forgot|keeps losing} my {basket|grind setting|address} {again|every single time}.
~I could not {find|work out} how to {pause|cancel one box|change the card} {online|anywhere on the site}.
The {website|site|app} {crashes|freezes|logs me out} {every time I pay|at the checkout|whenever I change my order}.
Impossible to {skip a month|change my address|find past orders|update my card} {online|on the website|in the app}.
The {site|app|website} is {slow|clunky|confusing} {on my phone|on a tablet|since the update}.
{Took|Needed} {four|five|half a dozen} attempts to {log in|check out|reset my password}.
~The new {app|website} is not {easy to use|an improvement|clear at all}.
~Nothing about your {checkout|account page} is {simple|intuitive}.
""",  # noqa: E501
        "neutral": """
{Search|The search box} could be {better|smarter}, {otherwise fine|rest is OK}.
The {website|app} does the job.
{Would be nice|It would help} to {pause the subscription|see past orders|swap beans} in the app.
Website is OK, {a bit plain|a bit slow on my phone}.
""",
        "positive": """
{Paused|Skipped} two months {while we were away|over the summer} {in the app|online}, {nothing simpler|took a minute}.
My {dad|mother} is {78|over eighty} and {orders|does it all} {online by himself|on the tablet|without my help}.
The {website|app} is {easy to use|a doddle|clear and quick|well designed}.
Changing my {order|grind|delivery date} takes {seconds|two clicks|no time} {online|in the app|on the site}.
{Love|Really like} the new {app|brew guides on the site}.
~No {trouble|issues|hassle} {ordering online|with the website|using the app}.
~The {checkout|site} never {crashes|lets me down}.
""",  # noqa: E501
    },
    "support": {
        "negative": """
{Different|A different} person each time, {nobody reads the notes|I had to start from the beginning}.
{Promised a call back|They said someone would ring} {within 24 hours|by Friday}. {Nothing|Still waiting}.
{Bot|The chatbot} {going round in circles|does not understand a thing}, {could not reach a person|no way to reach a human}.
Waited {40 minutes|half an hour|ages} on the phone {only to be cut off|and then got passed round|just to be told to send an e-mail}.
{Three|Four|Five} e-mails {and still no answer|before anyone replied|and each reply contradicted the last}.
Customer service {kept passing me from chat to phone|just read from a script|made me explain everything again}.
The {chat|person on chat|agent} {closed my case|ended the conversation} {without solving anything|before I had finished typing}.
~Support was {not helpful|no help|not interested} {at all|in the slightest|when I rang}.
~My {complaint|question|refund} was never {answered|dealt with|sorted out}.
""",  # noqa: E501
        "neutral": """
{Polite|Friendly} enough, {but it took three days|though they could not do much}.
Support {answered in the end|was polite but slow|got there eventually}.
Got my {answer|refund}, though I had to {ask twice|chase it}.
""",
        "positive": """
{Rang|E-mailed|Wrote} about {the wrong grind|a torn bag|my invoice}, {new one came next day|answer within ten minutes|sorted before lunch}.
{A real person|Somebody} {answers|picks up} {straight away|after two rings}, {rare these days|what a relief}.
{Customer service|Support|Your team} {sorted it|fixed it|put things right} {within the hour|the same day|in one call|straight away}.
The {lady|chap|person} I spoke to {was brilliant|could not have been kinder|really knew coffee}.
{Quick|Friendly|Very helpful} {reply|answer} {by e-mail|on chat|when I rang}.
~No {quibbles|fuss|arguments}, they just {sent another bag|refunded me|replaced it}.
~Couldn't {ask for better|fault the} {help|service|support team}.
""",  # noqa: E501
    },
    "product": {
        "negative": """
{Roast date|Date on the bag} was {six weeks|two months} {ago|old}, that is not {fresh|what I pay for}.
{Every blend|Everything} is {roasted darker|more acidic} than {it used to be|last year}, {a pity|what happened?}
{Last two bags|The latest beans|My beans} {tasted stale|were burnt|tasted flat}.
The {decaf|espresso blend|house blend|Ethiopian} is {bitter|sour|weak} {lately|compared with last year|and I end up pouring it away}.
{Sent|Got} ground coffee when I {asked for beans|ordered whole bean}, {again|for the second time}.
The {range|choice of beans} has {shrunk|become boring}.
~The coffee is not {as good as|as fresh as|what} it {was|used to be}.
~I am not {happy with|impressed by|enjoying} the {new blend|last few bags|beans}.
""",  # noqa: E501
        "neutral": """
{Good|Nice} coffee, though {the bags do not reseal|I prefer a darker roast|not every month}.
The coffee is {decent|nice enough|fine}.
Some {months|bags} are better than others.
{Would like|I'd like} more {decaf|single origin|dark roast} {options|choice}.
""",
        "positive": """
I {have tried|tried} {three|four|several} other {roasters|subscriptions} and {always come back|yours is the best by far}.
The {filter|espresso|Christmas} {roast|blend} {was|is} {a revelation|something special}, {chocolate and cherries|like a good Burgundy|sweet without sugar}.
{Even|And even} {my teenage son|my tea-drinking mother|the builders} {asked for a second cup|noticed the difference}.
{Best|Loveliest|Tastiest} {coffee|beans|cup} I have had {in years|at home|anywhere}.
The {Colombian|Ethiopian|house blend|decaf|Guatemalan} is {gorgeous|delicious|superb|out of this world}.
{Fresh|Freshly roasted}, {full of flavour|smooth|beautifully roasted} {every month|every time|and worth waiting for}.
{My husband|My wife|The whole office|Our whole street|My mum} {is hooked|loves it|won't drink anything else now}.
{Love|Really enjoy} trying {a new roast|different beans} {every month|each time} ☕
Makes my {kitchen|flat|office} smell like a proper café.
~{Never had|I've never had|Haven't had} a bad {bag|cup|brew} {from you|yet|from Kestrel}.
~Nothing to {complain about|dislike}: the coffee is {great|lovely|first class}.
""",  # noqa: E501
    },
    "price": {
        "negative": """
{Up|It went up} {again|by two pounds} and {no better for it|the bags are no bigger}.
{New customers|Newcomers} get {half price|a free cafetière}, {loyal ones|the rest of us} {pay full whack|get nothing}.
{Too expensive|Getting expensive|Pricey} {for what it is|for 250g|compared with the supermarket}.
The {price|monthly fee|cost} {keeps going up|has crept up again|is hard to justify}.
{£20|£13|£35} a month {adds up|is a lot|is more than I want to pay} {these days|for coffee|on a pension}.
~It is not {cheap|good value} {any more|by any stretch}.
~I don't {feel|think} I get {value|my money's worth}.
""",  # noqa: E501
        "neutral": """
{Price|The price} is {about right|fair enough|what you'd expect}.
Not the cheapest, but {fair|OK}.
A {loyalty discount|smaller bag|student rate} would be {welcome|good}.
""",
        "positive": """
{Three|Two} cups a day for {less than a pound|pennies}, {can't argue with that|you do the sums}.
{Good|Great|Very good} value {for the quality|compared with the high street|for money}.
Costs {less than|half of} what I {used to spend|spent} in {coffee shops|cafés}.
{Worth|Well worth} {every penny|the money|it}.
~No {complaints|grumbles} about the price.
~Not {expensive|dear} for {what you get|such good coffee}.
""",
    },
    "communication": {
        "negative": """
{The price|My plan|The blend} changed and {there was no word of it|not a word from you}.
{Three|Four} e-mails {a week|in five days} about {offers|a sale} and {none about my missing box|not one about my order}.
{Nobody|No one} told me {the date had changed|the blend was out of stock|my card had been declined}.
{Far too|Too} many {e-mails|texts|marketing mails}, {please stop|I have unsubscribed twice|none of them useful}.
{Found out|Only found out} about the {change|delay|new terms} {from my bank statement|by accident|when I rang}.
~You never {let me know|tell me} {when the box is on its way|what is going on|in advance}.
~The e-mails are not {clear|helpful} {at all|in the least}.
""",  # noqa: E501
        "neutral": """
{E-mails|Messages} are {fine|OK|mostly useful}.
A text {the day before|on the morning} would {help|be handy}.
""",
        "positive": """
{Love|I look forward to|Really enjoy} the {tasting notes|little card in the box|story about the farm|monthly letter}.
They {told me about|warned me of} {a delay|the change} {before I noticed|in good time}{ and apologised| and offered to skip a month|}.
{Always|I am always|I feel} {kept informed|kept up to date|in the picture}.
{I always know|You always know|Always know} {when it's coming|what is in the next box|where my order is}.
The {reminder|text} before each box is {so handy|a great idea|really useful}, I can {skip|swap} if I am away.
The {handwritten note|birthday card|brewing tips} {made my day|was a lovely surprise|made me smile}.
~Never {pushy|spammy|too many e-mails}, just {useful news|the right amount}.
""",  # noqa: E501
    },
    "overall": {
        "negative": """
{After|I have been with you} {a year|eighteen months}{, | and }{I expected more|I am looking elsewhere}.
{Very|Really|Bitterly} disappointed{| to be honest| this time}.
{Thinking of|Considering} cancelling.
{Used to be|It was} {so much|far} better{| when I joined| a year ago}.
~Would not {recommend|bother again}.
~Not {happy|impressed|good enough}.
""",  # noqa: E501
        "neutral": """
{OK|Fine|All right}{ overall| on the whole|, nothing special}.
{Does what it says|It's fine}.
{No comment|Nothing to add}.
It's coffee.
""",
        "positive": """
{Have recommended you|I keep recommending you} to {half the office|all my neighbours|my sister}.
{Been with you|Customer} since {the start|2024} and {still pleased|would not go back}.
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
{Lost parcel|Missing box} {put right|made good} {after one e-mail|within a day or two}, {would rather it had come first time|fair enough}.
{You lost|The courier lost} one of my boxes, to be fair the {refund|new one} was {quick|there in no time}.
""",  # noqa: E501
    },
    "failure left": {
        "negative": """
My {box|parcel|order} {never came|went missing} and {I am still waiting for a refund|nobody did anything about it|no one got back to me}.
~Still no {refund|replacement|answer} for the {box|order} that {never arrived|got lost}.
Paid for {coffee|a box} I never got.
{Driver|The courier} says it was delivered, {it was not|I was at home}, and {you just close the case|nobody will take my word for it}.
The {box|parcel} went {astray|missing} {three weeks|a month} ago, {I have chased it twice|two calls later} and {still no coffee|nobody has put it right}.
""",  # noqa: E501
    },
}
