"""Experience and leaving: how likely is leaving next month after this score, after this failure?

Time is cut at the ends of months. Each customer has a row for each month they were there at its
start, with the exposure as it stood then; nobody is counted as exposed before the exposure came
about, so that surviving long enough to have it lends no one a better outlook.
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd
from scipy.stats import norm

from cxlab import events, stats
from cxlab.churn.definition import FLAG, SILENCE, ChurnError, definition
from cxlab.churn.snapshots import Snapshot, days_of, judged_by
from cxlab.churn.workings.asking import question
from cxlab.results import Result, count, listing, number, percent

FEWEST_EVENTS = 5
TENURES = (-np.inf, 90, 365, np.inf)
#: Kinds of contact that tell of a failure, where the study does not name them.
FAILURE_WORDS = ("complain", "problem", "fail", "fault", "claim", "damage")


@question
def hazard_by_score(
    study,
    *,
    score: str = "nps",
    lookback: str = "90D",
    level: float = 0.95,
) -> Result:
    """Compare the monthly hazard of leaving by the last score given.

    Who never answered is a group of its own, and who is known never to have been asked another.

    Args:
        study: a study with end dates and dated answers.
        score: `nps` (detractors, passives, promoters), or another score, cut in thirds.
        lookback: stretch in which spend counts towards value.

    Returns:
        A `Result` with `group`, `share` (leaving a month), `estimate` (hazard ratio against the
        first group, adjusted for tenure, value and month), `conf_low`, `conf_high`, `p_value`,
        `p_adjusted`, `events`, `n` (customer-months).
    """
    column = f"last_{score}"
    months = _months(study, lookback, (column, "asked", "spend"))
    if column not in months.features:
        raise ChurnError(f"score: no dated answers to '{score}'; declare them under 'responses'.")
    group = _bands(months.features[column], score)
    silent = months.features["asked"].where(months.features[column].isna(), None)
    group = group.where(group.notna(), silent.replace("answered", "never answered this one"))
    order = ["promoter", "high", "passive", "middle", "detractor", "low"]
    return _compare(months, group, order, f"hazard by {events.describe(column)}", level)


@question
def hazard_by_failure(
    study,
    *,
    kinds: tuple[str, ...] | None = None,
    lookback: str = "90D",
    level: float = 0.95,
) -> Result:
    """Compare the monthly hazard of leaving after failures put right, and not put right.

    Args:
        study: a study with end dates and dated contacts.
        kinds: kinds of contact that tell of a failure; None takes those whose name says so.
        lookback: how long a failure counts.

    Returns:
        As `hazard_by_score`, with the groups no failure, failure put right, failure not put right.
    """
    if study.interactions is None or "kind" not in study.interactions.columns:
        raise ChurnError("failures: no contacts with their kind are known; declare 'interactions'.")
    found = study.interactions.select("kind").distinct().to_pyarrow()["kind"].to_pylist()
    named = sorted(kind for kind in found if kind)
    if not named:
        raise ChurnError("failures: no contact says of which kind it is.")
    wanted = [k for k in named if kinds and k in kinds]
    if kinds is None:
        wanted = [k for k in named if any(word in k.lower() for word in FAILURE_WORDS)]
    if not wanted:
        raise ChurnError(f"failures: none of the kinds {listing(named, 12)} is one; name some.")
    failures = study.interactions.filter(study.interactions.kind.isin(wanted))
    part = SimpleNamespace(
        customers=study.customers,
        responses=None,
        orders=study.orders,
        interactions=failures,
        mapping=study.mapping,
    )
    months = _months(part, lookback, ("solved", "unsolved", "open_cases", "spend"))
    facts = months.features
    if not {"solved", "unsolved"} <= set(facts):
        raise ChurnError("failures: whether they were put right is not known; map 'resolved'.")
    open_or_not = (facts["unsolved"] > 0) | (facts.get("open_cases", 0) > 0)
    group = pd.Series("no failure", index=facts.index)
    group[facts["solved"] > 0] = "failure put right"
    group[open_or_not] = "failure not put right"
    order = ["no failure", "failure put right", "failure not put right"]
    return _compare(months, group, order, "hazard by failure", level, kinds=wanted)


# ---------------------------------------------------------------- months


def _months(study, lookback: str, only: tuple[str, ...]) -> Snapshot:
    """Take every month's end the study can judge, with the facts that are asked for."""
    known = definition(study, lookback=lookback, gap="0D", horizon="1M")
    if known.kind in (FLAG, SILENCE):
        raise ChurnError("hazards need end dates; declare 'churned_at' in the customer list.")
    zone = known.timezone
    if "signed_up_at" not in study.customers:
        raise ChurnError("hazards need to know since when; declare 'signed_up_at' of customers.")
    first = events.utc(study.customers["signed_up_at"], zone).min().tz_convert(zone)
    if known.until is None:
        raise ChurnError("hazards need to know until when leaving is known; declare 'as_of'.")
    # the first three months have no past to judge from
    start = (events.local_moment(first) + pd.Timedelta(lookback)).normalize()
    if "watched_since" in study.customers:
        start = max(start, events.local_moment(study.customers["watched_since"].iloc[0], zone))
    days = pd.date_range(start, known.until.tz_convert(zone).tz_localize(None), freq="ME")
    inside = [d for d in days if known.window(events.moment(d, zone))[1] <= known.until]
    if len(inside) < 3:
        raise ChurnError("hazards need at least three whole months; the study is too short.")
    ends = days_of(inside, known)
    return judged_by(
        known, study, events.as_of(study, ends, lookback, only=only), ends, None
    ).judged()


def _bands(values: pd.Series, score: str) -> pd.Series:
    if score == "nps":
        cuts, names = (-np.inf, 6, 8, np.inf), ("detractor", "passive", "promoter")
    else:
        thirds = values.quantile([1 / 3, 2 / 3]).to_numpy()
        thirds = np.unique(thirds[thirds < values.max()])
        cuts, names = (-np.inf, *thirds, np.inf), ("low", "middle", "high")
        names = names if len(cuts) == 4 else ("low", "high")
    return pd.cut(values, list(cuts), labels=list(names)).astype("object")


# ---------------------------------------------------------------- comparing


def _compare(months, group, order, name, level, kinds=()) -> Result:
    found = group.value_counts()
    order = [word for word in order if word in found] + sorted(set(found.index) - set(order))
    y = months.label.to_numpy(dtype=float)
    table = pd.DataFrame({"group": group, "y": y}).groupby("group")["y"].agg(["sum", "size"])
    shown = [word for word in order if table.loc[word, "sum"] >= FEWEST_EVENTS]
    if len(shown) < 2:
        raise ChurnError(
            f"{name}: fewer than two groups with {FEWEST_EVENTS} leavers; nothing to compare."
        )
    kept = group.isin(shown).to_numpy()
    fitted = _fit(months.rows(kept), group[kept].reset_index(drop=True), shown)
    frame = _table(table.loc[shown], fitted, level)
    small = [word for word in order if word not in shown]
    notes = ["A hazard that goes with an experience need not be brought about by it."]
    if small:
        notes.append(f"Not compared, fewer than {FEWEST_EVENTS} leavers: {listing(small)}.")
    if kinds:
        notes.append(f"Failures are contacts of these kinds: {listing(kinds, 12)}.")
    return Result(
        name=name,
        frame=frame,
        headline=_headline(frame),
        method=(
            "Monthly landmarks; complementary log-log hazard model adjusted for tenure, value and "
            f"calendar month, errors by customer, level {level:g}; p adjusted by Holm."
        ),
        base=(
            f"{count(len(y), 'customer-month')} of {count(months.customer.nunique(), 'customer')}, "
            f"{count(int(y.sum()))} left. Compared with '{shown[0]}'."
        ),
        notes=tuple(notes),
        unit="times the hazard",
    )


def _fit(months: Snapshot, group: pd.Series, shown: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Fit the hazard model; give coefficients and errors of the groups after the first."""
    columns = [(group == word).to_numpy(float) for word in shown[1:]]
    tenure = pd.cut(months.features["tenure_days"], list(TENURES), labels=False)
    columns += [(tenure == band).to_numpy(float) for band in (1, 2)]
    if "spend" in months.features:
        columns.append(spent(months.features["spend"]))
    for day in sorted(months.day.unique())[1:]:
        columns.append((months.day == day).to_numpy(float))
    # a column that never varies, or only where nobody left, has no coefficient of its own
    y = months.label.to_numpy(dtype=float)
    own, rest = columns[: len(shown) - 1], columns[len(shown) - 1 :]
    rest = [c for c in rest if c.std() > 0 and (len(np.unique(c)) > 2 or y[c == 1].sum() > 0)]
    design = np.column_stack([np.ones(len(y)), *own, *rest])
    beta, error = hazard_model(_independent(design), y, months.customer)
    places = slice(1, len(shown))
    return beta[places], error[places]


def spent(money: pd.Series) -> np.ndarray:
    """Give the log of money, zeros told apart, on one scale whatever the currency."""
    paid = money.clip(lower=0).to_numpy(float)
    # a hundredth of what is usual is next to nothing, in any currency
    nothing = np.median(paid[paid > 0]) / 100 if (paid > 0).any() else 1.0
    value = np.log1p(paid / nothing)
    return (value - value.mean()) / (value.std() or 1.0)


def hazard_model(x: np.ndarray, y: np.ndarray, customer) -> tuple[np.ndarray, np.ndarray]:
    """Fit a discrete hazard: P = 1 − exp(−exp(x b)), by Fisher scoring, errors by customer.

    Returns:
        Coefficients (log hazard ratios) and their standard errors.
    """
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(-np.log1p(-y.mean()))
    for _ in range(50):
        rate = np.exp(np.clip(x @ beta, -30, 3))
        mean = np.clip(-np.expm1(-rate), 1e-12, 1 - 1e-12)
        slope = rate * np.exp(-rate)
        pull = slope * (y - mean) / (mean * (1 - mean))
        information = (x * (slope**2 / (mean * (1 - mean)))[:, None]).T @ x
        step = np.linalg.solve(information, x.T @ pull)
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    code = pd.factorize(np.asarray(customer))[0]
    scores = np.column_stack(
        [np.bincount(code, weights=column) for column in (x * pull[:, None]).T]
    )
    n, (rows, terms) = len(scores), x.shape
    # the observed information: how fast the pull changes, apart for leavers and stayers
    grown = np.expm1(rate)
    bend = np.where(y == 1, rate * (rate * (grown + 1) - grown) / grown**2, rate)
    bread = np.linalg.inv((x * bend[:, None]).T @ x)
    spread = bread @ (scores.T @ scores) @ bread * (n / (n - 1)) * ((rows - 1) / (rows - terms))
    spread = np.diag(spread)  # below nothing where the pull has no single top
    return beta, np.sqrt(np.where(spread > 0, spread, np.nan))


def _independent(x: np.ndarray) -> np.ndarray:
    """Leave out columns that the ones before them already say, such as tenure within months."""
    unit = x / np.linalg.norm(x, axis=0)
    rest = unit.T @ unit
    places = []
    for place in range(len(rest)):
        # what is left of the column beside those kept, squared
        if rest[place, place] > 1e-10:
            places.append(place)
            rest = rest - np.outer(rest[place], rest[place]) / rest[place, place]
    return x[:, places]


def _table(counts: pd.DataFrame, fitted, level: float) -> pd.DataFrame:
    beta, error = fitted
    z = norm.ppf((1 + level) / 2)
    p = 2 * norm.sf(np.abs(beta / error))
    frame = pd.DataFrame(
        {
            "group": counts.index,
            "share": counts["sum"].to_numpy() / counts["size"].to_numpy(),
            "estimate": np.exp(np.append(0.0, beta)),
            "conf_low": np.append(np.nan, np.exp(beta - z * error)),
            "conf_high": np.append(np.nan, np.exp(beta + z * error)),
            "p_value": np.append(np.nan, p),
            "p_adjusted": np.append(np.nan, stats.adjust(p, method="holm")),
            "events": counts["sum"].to_numpy(dtype=int),
            "n": counts["size"].to_numpy(dtype=int),
        }
    )
    return frame.reset_index(drop=True)


def _headline(frame: pd.DataFrame) -> str:
    first, others = frame.iloc[0], frame.iloc[1:]
    apart = others[others["p_adjusted"] < 0.05]
    if apart.empty:
        return (
            f"Nothing stands apart from '{first['group']}' ({percent(first['share'], 1)} a month)."
        )
    row = apart.loc[np.log(apart["estimate"]).abs().idxmax()]
    return (
        f"With '{row['group']}', the hazard of leaving is {number(row['estimate'])} times "
        f"({number(row['conf_low'])} to {number(row['conf_high'])}) that with '{first['group']}'. "
        f"There, {percent(first['share'], 1)} leave a month."
    )
