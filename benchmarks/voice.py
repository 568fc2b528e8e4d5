"""Comments: languages, themes with stability, words, and a tone out of fold; beside LDA and NMF.

Usage: python benchmarks/voice.py [--comments 100_000] [--only ours|peer]

Comments of about thirty words are put together from the sentences of the sample company, each
with a score that goes with its tone. The peer is what a user would write with scikit-learn: TF-IDF,
NMF and LDA over the same eight numbers of topics, each fitted on everything and on three halves,
matched by their words; with `--share` of the comments, its time scaled. BERTopic could not be used
offline: it brings torch, and its models come from a hub. Seconds are of the processor.
"""

import argparse
import json
import subprocess
import sys

HEAD = """
import json, resource, sys
import numpy as np, pandas as pd
from cxlab.sample.words import _phrase_book
n = int(sys.argv[1])
draw = np.random.default_rng(0)
book = [(tone, texts, chance) for (_, tone), (texts, _, chance) in _phrase_book().items()]
told = {tone: [(t, c) for k, t, c in book if k == tone] for tone in ("negative", "positive")}
high = draw.random(n) < 0.6
parts = np.empty((n, 3), object)
for tone, who in (("negative", ~high), ("positive", high)):
    rows = np.flatnonzero(who)
    for column in range(3):
        kind = draw.integers(0, len(told[tone]), len(rows))
        for place, (texts, chance) in enumerate(told[tone]):
            mine = rows[kind == place]
            parts[mine, column] = draw.choice(texts, len(mine), p=chance)
rows = pd.DataFrame({"comment": parts[:, 0] + " " + parts[:, 1] + " " + parts[:, 2],
                     "nps": np.where(high, 10, 2), "language": "en"})
def used():
    now = resource.getrusage(resource.RUSAGE_SELF)
    return now.ru_utime + now.ru_stime
begin, times = used(), {}
def lap(name):
    times[name] = round(used() - begin - sum(times.values()), 1)
"""

TAIL = """
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": round(used() - begin, 1), "peak_mb": round(peak), **times}))
"""

OURS = HEAD + """
from cxlab import voice
heard = voice.hear(rows); lap("folded")
themed = voice.themes(heard); lap("themes")
voice.keyness(heard); lap("keyness")
voice.sentiment(voice.tone(heard)); lap("tone")
times["found"] = len(themed.themes)
""" + TAIL  # fmt: skip

PEER = HEAD + """
from sklearn.decomposition import NMF, LatentDirichletAllocation
from sklearn.feature_extraction.text import TfidfVectorizer
table = TfidfVectorizer(stop_words="english", min_df=5).fit_transform(rows["comment"])
for k in (4, 6, 9, 13, 19, 27, 38, 48):
    for kind in (NMF, LatentDirichletAllocation):
        make = lambda: kind(k, random_state=0)
        whole = make().fit(table).components_
        for _ in range(3):
            half = make().fit(table[draw.choice(n, n // 2, replace=False)]).components_
lap("topics")
""" + TAIL  # fmt: skip


def main() -> None:
    """Run each side in a process of its own and print what it took."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--comments", type=lambda text: int(text.replace("_", "")), default=100_000)
    words.add_argument("--share", type=float, default=0.1, help="of the comments, for the peer")
    words.add_argument("--only", choices=("ours", "peer"))
    asked = words.parse_args()
    for name, code, share in (("ours", OURS, 1.0), ("peer", PEER, asked.share)):
        if asked.only in (None, name):
            n = str(int(asked.comments * share))
            done = subprocess.run([sys.executable, "-c", code, n], capture_output=True, text=True)
            if done.returncode:
                sys.exit(done.stderr)
            told = json.loads(done.stdout.splitlines()[-1])
            print(f"{name:5} {int(n):>9,} comments {told}", flush=True)


if __name__ == "__main__":
    main()
