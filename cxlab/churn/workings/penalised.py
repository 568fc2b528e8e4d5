"""Logistic regression with a penalty on the size of its slopes, for the many fits of one recipe.

The same optimum as scikit-learn's, which checks its input and forms the curvature anew at every
step. Here the curvature is kept while the steps it gives bring the slopes of the loss down.
"""

import numpy as np
from scipy.linalg import solve
from scipy.special import expit
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.model_selection import StratifiedKFold

STEPS, HALVINGS = 200, 40
FLAT = 1e-7  # slope of the loss, a row, at which its foot is reached
SLOW = 0.3  # of the slope before; with more left than this the curvature is formed anew


def serves(learner) -> bool:
    """Say whether a learner is one of those that `fit` fits."""
    ours = type(learner) in (LogisticRegression, LogisticRegressionCV)
    return ours and learner.solver == "newton-cholesky" and learner.class_weight is None


def fit(learner, x: np.ndarray, y: np.ndarray) -> LogisticRegression:
    """Fit a learner to rows; one that chooses its strength does so, and is given it."""
    z = np.column_stack([np.ones(len(x)), x])
    if isinstance(learner, LogisticRegressionCV):
        strength, start = _chosen(z, y, learner.Cs, learner.cv)
    else:
        strength, start = learner.C, None
    beta = _Descent(z, y).to(strength, start)
    done = LogisticRegression(C=strength, solver=learner.solver)
    done.classes_, done.n_features_in_ = np.array([0, 1]), x.shape[1]
    done.coef_, done.intercept_ = beta[None, 1:], beta[:1]
    return done


def _chosen(z: np.ndarray, y: np.ndarray, strengths, parts: int) -> tuple[float, np.ndarray]:
    """Give the strength with the least loss on rows left out, and where its fits came to."""
    loss, ends = np.zeros(len(strengths)), np.zeros((len(strengths), z.shape[1]))
    for inside, out in StratifiedKFold(parts).split(z, y):
        down, beta = _Descent(z[inside], y[inside]), None
        for at, strength in enumerate(strengths):
            beta = down.to(strength, beta)
            loss[at] += _loss(z[out] @ beta, y[out]) / len(out)
            ends[at] += beta / parts
    best = int(np.argmin(loss))
    return float(strengths[best]), ends[best]


def _loss(height: np.ndarray, y: np.ndarray) -> float:
    return float((np.logaddexp(0, height) - y * height).sum())


class _Descent:
    """Newton's steps to the foot of the penalised loss, from one strength to the next."""

    def __init__(self, z: np.ndarray, y: np.ndarray) -> None:
        self.z, self.y = z, y
        self.curve: np.ndarray | None = None

    def to(self, strength: float, start: np.ndarray | None = None) -> np.ndarray:
        """Give intercept and slopes that minimise the loss plus their squares / 2 strength."""
        z, y = self.z, self.y
        hold = np.full(z.shape[1], 1 / strength)
        hold[0] = 0.0
        beta = np.zeros(z.shape[1]) if start is None else start
        height, before = z @ beta, np.inf
        loss = _loss(height, y) + hold @ beta**2 / 2
        for _ in range(STEPS):
            p = expit(height)
            pull = z.T @ (y - p) - hold * beta
            left = np.abs(pull).max()
            if left <= FLAT * len(y):
                break
            if self.curve is None or left > SLOW * before:
                root = z * np.sqrt(np.maximum(p * (1 - p), 1e-12))[:, None]
                self.curve = root.T @ root
            step, before, was = solve(self.curve + np.diag(hold), pull, assume_a="pos"), left, loss
            rise = z @ step
            for _ in range(HALVINGS):
                loss = _loss(height + rise, y) + hold @ (beta + step) ** 2 / 2
                if loss <= was + 1e-9 * abs(was):
                    break
                step, rise, before = step / 2, rise / 2, 0.0  # too far: form the curvature anew
            beta, height = beta + step, height + rise
        return beta
