"""Made-up comments of which the themes are known: words, ways to say them, and noise."""

import numpy as np
import pandas as pd

_BOOK = """
bed: bed mattress pillow duvet sheets blanket | soft lumpy sagging comfortable stained creaking
breakfast: breakfast buffet eggs croissants muesli toast | cold delicious stale tasteless burnt
desk: receptionist concierge porter check-in lobby | rude friendly welcoming unhelpful smiling
wifi: wifi internet network router signal streaming | dropping fast unusable patchy stable
pool: pool sauna jacuzzi gym sunbeds treadmill | closed crowded heated green refreshing
parking: parking garage barrier valet carpark | full tight fined jammed signposted
noise: noise traffic nightclub construction neighbours | awake quiet hammering loud peaceful
price: rate price bill deposit surcharge | overcharged bargain hidden doubled fair
bath: shower bathroom towels toilet sink | mouldy blocked sparkling dripping spotless
view: view balcony window terrace sunset | sea breathtaking overlooking mountains dumpsters
lift: lift elevator stairs ramp wheelchair | stuck steep accessible broken narrow
kids: children playground babysitter cot toddlers | bored thrilled games cartoons painting
"""
BOOK = {name: [side.split() for side in told.split("|")]
        for name, told in (line.split(":") for line in _BOOK.strip().splitlines())}  # fmt: skip
WAYS = ["The {a} was {b}.", "{a}: {b}", "We found the {a} {b} again.", "My {a} was {b}, {c}.",
        "Honestly the {a} and the {d}, {b}.", "{b} {a} this time",
        "The {d} was {b}, {a} {c}."]  # fmt: skip
NOISE = ["nothing to add", "all good", "it was what it was", "will see next year", "as always",
         "my sister booked it", "we came on tuesday", "so so", "cannot remember much"]  # fmt: skip


def comments(themes: int, n: int, seed: int) -> pd.DataFrame:
    """Write comments of one theme or two, or of none; `about` holds their names."""
    draw = np.random.default_rng(seed)
    names, share = draw.permutation(list(BOOK))[:themes], draw.dirichlet(np.full(themes, 4.0))
    about = [set(draw.choice(names, draw.choice([0, 1, 2], p=[0.15, 0.6, 0.25]), p=share))
             for _ in range(n)]  # fmt: skip
    text = [
        " ".join(_said(name, draw) for name in sorted(each)) or str(draw.choice(NOISE))
        for each in about
    ]
    return pd.DataFrame({"comment": text, "about": about, "language": "en"})


def _said(name: str, draw: np.random.Generator) -> str:
    (a, d), (b, c) = (draw.choice(side, 2, replace=False) for side in BOOK[name])
    return str(draw.choice(WAYS)).format(a=a, b=b, c=c, d=d).rstrip(".") + "."


_ABROAD = {
    "de": """
bett: bett matratze kissen decke laken | weich durchgelegen bequem fleckig hart
essen: frühstück brötchen rührei buffet marmelade | kalt lecker frisch verbrannt geschmacklos
empfang: rezeption portier schlüssel anmeldung lobby | unhöflich freundlich herzlich langsam
garage: parkplatz garage schranke stellplatz tiefgarage | voll eng teuer kostenlos beleuchtet
""",
    "fr": """
lit: lit matelas oreiller couette draps | mou confortable taché dur grinçant
repas: déjeuner croissants buffet omelette confiture | froid délicieux rassis brûlé fade
accueil: réception concierge clés bagages hall | impoli souriant chaleureux lent
garage: parking garage barrière place sous-sol | complet étroit cher gratuit éclairé
""",
}
_WAYS = {"de": ["{a} {b}.", "Das mit {a} war {b}.", "Wir fanden {a} {b}."],
         "fr": ["{a} {b}.", "Pour {a}, c'était {b}.", "Nous avons trouvé {a} {b}."]}  # fmt: skip


def rated(n: int, seed: int, language: str = "en") -> pd.DataFrame:
    """Write comments on what stood out to people who rated four or six things, with a score."""
    draw = np.random.default_rng(seed)
    book = BOOK if language == "en" else {
        name: [side.split() for side in told.split("|")]
        for name, told in (line.split(":") for line in _ABROAD[language].strip().splitlines())
    }  # fmt: skip
    names = list(draw.permutation(list(book)))[:6]
    mood = draw.normal(0, 0.8, (n, 1))
    given = np.clip(np.round(3.4 + mood + draw.normal(0, 1.0, (n, len(names)))), 1, 5)
    score = np.clip(np.round(2.2 * given.mean(axis=1) - 0.6 + draw.normal(0, 0.9, n)), 0, 10)
    level = np.where(score <= 6, 1.4, np.where(score >= 9, 4.6, 3.8))[:, None]
    loud = -1.1 * np.abs(given - level) + draw.gumbel(0, 0.8, given.shape)
    order, second = np.argsort(-loud, axis=1), draw.random(n) < 0.3
    about, text = [], []
    for row in range(n):
        said = [names[place] for place in order[row, : 1 + second[row]]]
        about.append(set(said))
        parts = []
        for name in said:
            things, words = book[name]
            ways = WAYS if language == "en" else _WAYS[language]
            (a, d), (b, c) = draw.choice(things, 2, False), draw.choice(words, 2, False)
            parts.append(str(draw.choice(ways)).format(a=a, b=b, c=c, d=d).rstrip(".") + ".")
        text.append(" ".join(parts))
    return pd.DataFrame({"comment": text, "about": about, "language": language, "nps": score}
                        | dict(zip(names, given.T, strict=True)))  # fmt: skip
