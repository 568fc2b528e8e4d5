"""How sure is the order? Resampled moments, ranks, ties, and the answers that would be needed."""

import hashlib
from collections.abc import Callable, Iterator

import numpy as np
from scipy.stats import f as f_distribution
from scipy.stats import norm
from threadpoolctl import ThreadpoolController

from cxlab import stats
from cxlab.drivers.workings.design import Design
from cxlab.results import count

POWER = 0.80
LEAST_SIGNAL = 0.05
WORTH_NAMING = 1e7

_LAST: dict[bytes, list[tuple[np.ndarray, np.ndarray]]] = {}
# many small products: threads would spend their time waiting for one another
_ONE_THREAD = ThreadpoolController()


def table_of(design: Design, imputation: int = 0) -> np.ndarray:
    """Put controls, drivers and outcome side by side, each with mean 0 and spread 1."""
    table = np.column_stack([design.z, design.x[imputation], design.y])
    share = design.w / design.w.sum()
    table -= share @ table
    table /= np.sqrt(share @ table**2)
    return table


def covariance(table: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Compute the weighted covariance matrix of centred columns in one pass over the rows."""
    if (w == w[0]).all():
        return table.T @ table / len(table)
    return (table * w[:, None]).T @ table / w.sum()


def mean_covariance(design: Design) -> np.ndarray:
    """Average the covariance matrices of all imputations."""
    tables = (table_of(design, place) for place in range(len(design.x)))
    return np.mean([covariance(table, design.w) for table in tables], axis=0)


def resample(
    design: Design, of: Callable[[np.ndarray], np.ndarray], *, n_boot: int, seed: int
) -> np.ndarray:
    """Compute something from the covariance matrices of bootstrap replicates.

    Rows are drawn within strata, clusters whole, very many in lots. With imputed ratings each
    replicate uses one of the imputations, so that their spread is part of the answer.

    Args:
        design: what was prepared.
        of: takes (batch, m, m) covariances of `table_of`, gives (batch, ...).
        n_boot: number of replicates.
        seed: seed of the draws.

    Returns:
        The replicates, shape (n_boot, ...).
    """
    with _ONE_THREAD.limit(limits=1, user_api="blas"):
        return np.concatenate([of(cov) for _, cov in moments(design, n_boot=n_boot, seed=seed)])


def replicated(design: Design, n_boot: int, what: str = "bootstrap replicate") -> str:
    """Say how many replicates there are, and of what where that is not single answers."""
    lots = count(len(design.lots), "lot")
    of = f" of {lots} of answers, formed by chance" if design.lots.dealt else ""
    return f"{count(n_boot, what)}{of}"


def moments(design: Design, *, n_boot: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Give multiplicities of its lots and covariance matrices of replicates, chunk by chunk.

    A page asks half a dozen questions of the same answers: those of the last ones are kept, by
    content.
    """
    drawn_from = [*design.x, design.z, design.y, design.w]
    drawn_from += [one for one in (design.cluster, design.strata) if one is not None]
    words = (n_boot, seed, design.cluster is None, [one.shape for one in drawn_from])
    told = hashlib.blake2b(repr(words).encode())
    for one in drawn_from:
        told.update(one.tobytes())
    if told.digest() not in _LAST:
        _LAST.clear()
        _LAST[told.digest()] = list(_drawn(design, n_boot, seed))
    return _LAST[told.digest()]


def _drawn(design: Design, n_boot: int, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    sums = [
        products(table_of(design, place), design.w, design.lots) for place in range(len(design.x))
    ]
    done = 0
    for drawn in design.lots.counts(n_boot=n_boot, seed=seed):
        # neighbouring replicates share an imputation
        turn = (done + np.arange(len(drawn))) * len(sums) // n_boot
        for place, each in enumerate(sums):
            if (turn == place).any():
                mine = drawn[turn == place]
                yield mine, covariances(each, mine, design.x[0].shape[1] + design.z.shape[1] + 1)
        done += len(drawn)


def products(table: np.ndarray, w: np.ndarray, together: stats.Lots) -> np.ndarray:
    """Sum weights, columns and their products two by two, lot by lot."""
    one, other = np.triu_indices(table.shape[1])

    def of(rows: np.ndarray) -> np.ndarray:
        piece, weight = table[rows], w[rows, None]
        crossed = piece[:, one] * piece[:, other]
        return weight * np.column_stack([np.ones(len(piece)), piece, crossed])

    return together.sums(of)


def covariances(sums: np.ndarray, drawn: np.ndarray, m: int) -> np.ndarray:
    """Compute the covariance matrices of `m` columns under many sets of multiplicities at once."""
    upper = np.triu_indices(m)
    with _ONE_THREAD.limit(limits=1, user_api="blas"):
        found = drawn.astype(float) @ sums
    total = found[:, :1]
    mean = found[:, 1 : m + 1] / total
    cov = np.empty((len(drawn), m, m))
    cov[:, upper[0], upper[1]] = found[:, m + 1 :] / total
    cov[:, upper[1], upper[0]] = cov[:, upper[0], upper[1]]
    return cov - mean[:, :, None] * mean[:, None, :]


def detectable(design: Design, explained: float) -> bool:
    """Test whether the drivers together explain anything, by the effective sample size."""
    players = len(design.drivers)
    freedom = design.n_effective - players - len(design.controls) - 1
    if freedom < 1 or explained >= 1:
        return explained > 0.5
    statistic = explained / players / ((1 - explained) / freedom)
    return bool(f_distribution.sf(statistic, players, freedom) < 1 - design.survey.level)


def steadied(shares: np.ndarray, replicates: np.ndarray) -> np.ndarray:
    """Draw plausible true shares: replicates pulled together as far as they are noise.

    Resampling adds noise to an order that holds noise already, so its first places are
    stated too surely. Part of the spread between estimated shares is error of estimate;
    what is left, as a fraction, shrinks the shares toward each other (empirical Bayes,
    positive part of James and Stein), and the replicates' scatter with it.
    """
    noise = replicates - replicates.mean(axis=0)
    terms = len(shares)
    between = ((shares - shares.mean()) ** 2).sum() / (terms - 1)
    error = (noise - noise.mean(axis=1, keepdims=True)).var(axis=0).sum() / (terms - 1)
    trust = 1 - error * max(terms - 3, 1) / (terms - 1) / between if between > 0 else 0
    trust = max(trust, LEAST_SIGNAL)
    return shares.mean() + trust * (shares - shares.mean()) + np.sqrt(trust) * noise


def places(shares: np.ndarray, replicates: np.ndarray, level: float) -> dict[str, np.ndarray]:
    """Say how sure each term's place is.

    Args:
        shares: estimates, one for each term.
        replicates: bootstrap replicates, shape (n_boot, terms).
        level: of the interval of the places.

    Returns:
        `p_first`, `p_top3`, `rank_low`, `rank_high`: arrays over the terms.
    """
    drawn = steadied(shares, replicates) if len(shares) > 1 else replicates
    rank = (-drawn).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable") + 1
    tail = (1 - level) / 2
    low, high = np.quantile(rank, [tail, 1 - tail], axis=0, method="closest_observation")
    return {
        "rank_low": low,
        "rank_high": high,
        "p_first": (rank == 1).mean(axis=0),
        "p_top3": (rank <= 3).mean(axis=0),
    }


def differences(shares: np.ndarray, replicates: np.ndarray, n: int, level: float) -> dict:
    """Compare every pair of terms.

    Returns:
        `difference`, `low`, `high`, `p_value`, `p_adjusted` (Holm), `n_needed`: matrices
        (terms, terms); `apart` says which pairs can be told apart.
    """
    terms = len(shares)
    difference = shares[:, None] - shares[None, :]
    spread = replicates[:, :, None] - replicates[:, None, :]
    error = spread.std(axis=0, ddof=1)
    low, high = stats.percentile(spread, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * norm.sf(np.abs(difference) / error)
        reach = norm.ppf((1 + level) / 2) + norm.ppf(POWER)
        needed = np.ceil(n * (reach * error / difference) ** 2)
    np.fill_diagonal(p, 1.0)
    upper = np.triu_indices(terms, 1)
    adjusted = np.ones((terms, terms))
    adjusted[upper] = stats.adjust(np.nan_to_num(p[upper], nan=1.0), method="holm")
    adjusted = np.minimum(adjusted, adjusted.T)
    return {
        "difference": difference,
        "low": low,
        "high": high,
        "p_value": p,
        "p_adjusted": adjusted,
        "apart": adjusted < 1 - level,
        "n_needed": np.where(needed <= WORTH_NAMING, needed, np.nan),
    }


def ties(shares: np.ndarray, apart: np.ndarray) -> list[str]:
    """Give terms letters, from the first place down; those sharing one cannot be told apart.

    Example:
        >>> ties(np.array([0.5, 0.3, 0.2]), np.array([[0, 0, 1], [0, 0, 1], [1, 1, 0]]) > 0)
        ['a', 'a', 'b']
    """
    order = np.argsort(-shares, kind="stable")
    letters = [""] * len(shares)
    reached, letter = 0, 0
    for begin in range(len(order)):
        end = begin + 1
        while end < len(order) and not apart[np.ix_(order[begin:end], [order[end]])].any():
            end += 1
        if end > reached:
            for place in order[begin:end]:
                letters[place] += _letter(letter)
            reached, letter = end, letter + 1
    return letters


def _letter(number: int) -> str:
    return chr(ord("a") + number) if number < 26 else f"({number + 1})"
