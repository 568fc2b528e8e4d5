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
        " ".join(_said(name, draw) for name in each) or str(draw.choice(NOISE)) for each in about
    ]
    return pd.DataFrame({"comment": text, "about": about, "language": "en"})


def _said(name: str, draw: np.random.Generator) -> str:
    (a, d), (b, c) = (draw.choice(side, 2, replace=False) for side in BOOK[name])
    return str(draw.choice(WAYS)).format(a=a, b=b, c=c, d=d).rstrip(".") + "."
