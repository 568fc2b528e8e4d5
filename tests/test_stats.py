"""Intervals, resampling and corrections agree with other programs and keep their promises."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats as scipy_stats
from scipy.special import gammaln, xlogy
from statsmodels.stats.multitest import multipletests

from cxlab import stats

GOLDEN = Path(__file__).parent / "golden"


def cases(method: str) -> dict:
    """The golden cases of a method, by id."""
    text = (GOLDEN / f"{method}.json").read_text(encoding="utf-8")
    return {case["id"]: case for case in json.loads(text)["cases"]}


NPS = {name: case for name, case in cases("nps").items() if name.startswith("nps_ci")}


@pytest.mark.parametrize("name", NPS)
@pytest.mark.parametrize(
    ("method", "key", "within"),
    [
        ("wald", "wald", 1e-6),
        ("adjusted_wald", "adjusted_wald", 1e-6),
        ("score", "score_tango", 1e-3),
    ],
)
def test_nps_intervals_agree_with_their_author(name, method, key, within):
    counts = [NPS[name]["inputs"][part] for part in ("detractors", "passives", "promoters")]
    found = stats.nps_interval(*counts, method=method)
    assert found == pytest.approx(NPS[name]["expected"][key], abs=within)


def test_nps_intervals_of_many_groups_are_those_of_each():
    d, o, p = np.array([1, 30, 0]), np.array([2, 40, 0]), np.array([3, 30, 0])
    for method in stats.NPS_METHODS:
        low, high = stats.nps_interval(d, o, p, method=method)
        one = stats.nps_interval(30, 40, 30, method=method)
        assert np.isnan(low[2])
        if method != "bootstrap":
            assert (low[1], high[1]) == pytest.approx(one)


def test_the_bootstrap_of_counts_is_near_the_wald_interval_when_answers_are_many():
    boot = np.array(stats.nps_interval(2000, 3000, 5000, method="bootstrap"))
    wald = np.array(stats.nps_interval(2000, 3000, 5000, method="wald"))
    assert np.abs(boot - wald).max() < 0.12


@pytest.mark.parametrize("name", ["prop_81_263", "prop_15_148"])
def test_share_intervals_agree_with_r(name):
    case = cases("csat_proportion_ci")[name]
    for method in stats.PROPORTION_METHODS:
        key = "clopper_pearson" if method == "exact" else method
        given = case["inputs"]["successes"], case["inputs"]["n"]
        found = stats.proportion_interval(*given, method=method)
        assert found == pytest.approx(case["expected"][key], abs=1e-6)


def test_share_intervals_hold_at_none_and_all():
    for method in ("wilson", "exact", "jeffreys"):
        low, high = stats.proportion_interval([0, 10], 10, method=method)
        assert low[0] == pytest.approx(0, abs=1e-12)
        assert high[1] == pytest.approx(1, abs=1e-12)
        assert (high > low).all()


def test_difference_of_shares_agrees_with_newcombe():
    case = cases("csat_difference")["diff_56_70_48_80"]
    found = stats.newcombe(48, 80, 56, 70)
    assert found == pytest.approx(case["expected"]["newcombe_wilson"], abs=1e-6)


def test_corrections_agree_with_r_and_leave_gaps_alone():
    case = cases("multiple_comparisons")["bh_1995"]
    given = np.append(case["inputs"]["p"], np.nan)
    for method in ("bh", "by", "holm", "bonferroni"):
        found = stats.adjust(given, method=method)
        assert found[:-1] == pytest.approx(case["expected"][method], abs=1e-9)
        assert np.isnan(found[-1])


def test_corrections_do_not_depend_on_the_order():
    p = np.random.default_rng(3).random(40) ** 3
    turned = stats.adjust(p[::-1])[::-1]
    assert turned == pytest.approx(multipletests(p, method="fdr_bh")[1])


def test_who_may_be_the_highest_is_told_by_hand():
    # against four others one-sided: z is 2.241, and two independent errors of 1 differ by 1.414
    value = [9.0, 9.0 - 2.241 * np.sqrt(2) + 0.01, 9.0 - 2.241 * np.sqrt(2) - 0.01, 0.0, np.nan]
    assert stats.contenders([*value[:4], 1.0], np.eye(5)).tolist() == [1, 1, 0, 0, 0]
    assert stats.contenders(value, np.eye(5)).tolist()[-1] is False
    # what goes up and down together is told apart by less
    held = np.full((2, 2), 0.9) + np.diag([0.1, 0.1])
    assert stats.contenders([9, 8], held).tolist() == [True, False]
    assert stats.contenders([9, 8], np.eye(2)).tolist() == [True, True]


def test_the_highest_is_among_those_who_may_be_it_as_often_as_promised():
    rng = np.random.default_rng(5)
    truth = np.array([0.3, 0.2, 0.0, 0.0, 0.1, 0.25])
    drawn = truth + rng.normal(size=(4000, 6))
    kept = np.array([stats.contenders(each, np.eye(6), level=0.9)[0] for each in drawn])
    assert 0.9 <= kept.mean() <= 0.995
    far = truth + 20 * np.eye(6)[0] + rng.normal(size=(100, 6))
    assert all(stats.contenders(each, np.eye(6)).sum() == 1 for each in far)


def test_weighted_and_clustered_means_agree_with_survey_software():
    case = cases("weighting")["svymean_60"]
    rows = pd.DataFrame(case["inputs"])
    worth = np.where(rows["nps"] >= 9, 100.0, np.where(rows["nps"] <= 6, -100.0, 0.0))
    region = (rows["region"] == "S").astype(int).to_numpy()
    for cluster, tail in ((None, ""), (rows["shop"], " clustered")):
        found = stats.linearised(worth, weight=rows["weight"], group=region, cluster=cluster)
        for place, name in enumerate("NS"):
            told = case["expected"][f"{name} weighted{tail}"]
            assert found.estimate[place] == pytest.approx(told["estimate"], rel=1e-9)
            assert found.std_error[place] == pytest.approx(told["std_error"], rel=1e-9)


def test_means_from_counts_are_means_from_rows():
    rng = np.random.default_rng(5)
    group, cell, weight = (
        rng.integers(0, 4, 500),
        rng.integers(0, 11, 500),
        rng.uniform(0.2, 3, 500),
    )
    cells = stats.tally(group, cell, groups=4, cells=11, weight=weight)
    by_rows = stats.linearised(cell.astype(float), weight=weight, group=group)
    for one, other in zip(stats.mean_of(cells, np.arange(11)), by_rows, strict=True):
        assert one == pytest.approx(other)


def test_clustered_errors_agree_with_a_regression_on_nothing():
    rng = np.random.default_rng(6)
    values, shop = rng.normal(size=300), rng.integers(0, 25, 300)
    fit = sm.OLS(values, np.ones(300)).fit(
        cov_type="cluster", cov_kwds={"groups": shop, "use_correction": False}
    )
    found = stats.linearised(values, cluster=shop).std_error[0]
    assert found == pytest.approx(fit.bse[0] * np.sqrt(25 / 24))


def test_each_replicate_draws_as_many_rows_as_there_are():
    drawn = np.concatenate(list(stats.counts(50, n_boot=400, seed=1)))
    assert drawn.shape == (400, 50)
    assert drawn.dtype == np.int32
    assert (drawn.sum(axis=1) == 50).all()
    assert drawn.var() == pytest.approx(1 - 1 / 50, rel=0.05)


def test_clusters_are_drawn_whole_and_within_their_stratum():
    shop, region = np.repeat(np.arange(6), 5), np.repeat([0, 1], 15)
    drawn = next(stats.counts(30, n_boot=50, seed=2, cluster=shop, strata=region))
    per_shop = drawn.reshape(50, 6, 5)
    assert (per_shop == per_shop[:, :, :1]).all()
    assert (per_shop[:, :3, 0].sum(axis=1) == 3).all()


def test_a_cluster_in_two_strata_is_refused():
    with pytest.raises(stats.StatsError, match="more than one stratum"):
        next(stats.counts(4, cluster=[1, 1, 2, 2], strata=[0, 1, 1, 1]))


def test_few_rows_are_a_lot_each_and_clusters_one():
    shop, values = np.repeat(np.arange(6), 5), np.arange(30.0)[:, None]
    alone, whole = stats.lots(30), stats.lots(30, cluster=shop)
    assert alone.sums(lambda rows: values[rows])[:, 0].tolist() == values[:, 0].tolist()
    assert whole.sums(lambda rows: values[rows])[:, 0].tolist() == [10, 35, 60, 85, 110, 135]
    assert not alone.dealt
    assert not whole.dealt


def test_lots_keep_clusters_whole_and_strata_apart():
    shop, region = np.repeat(np.arange(900), 3), np.repeat([0, 1, 1], 900)
    few = stats.lots(2700, cluster=shop, strata=region, most=90)
    lot = np.empty(2700, int)
    lot[few.rows] = np.repeat(np.arange(len(few)), np.diff(np.append(few.begin, 2700)))
    table = pd.DataFrame({"lot": lot, "shop": shop, "region": region})
    assert (table.groupby("shop")["lot"].nunique() == 1).all()
    assert (table.groupby("lot")["region"].nunique() == 1).all()
    assert few.strata.tolist() == [0] * 50 + [1] * 60
    assert table.groupby("lot").size().between(15, 36).all()


def test_replicates_of_lots_spread_as_those_of_rows_do():
    # clusters of 1 to 5 rows with a mood each; the ratio of sums is a weighted mean
    rng = np.random.default_rng(4)
    shop = np.repeat(np.arange(8000), rng.integers(1, 6, 8000))
    n = len(shop)
    weight = rng.uniform(0.2, 4, n)
    value = rng.normal(size=8000)[shop] + rng.exponential(size=n)
    both = np.column_stack([weight * value, weight])
    spread = []
    for most in (2000, 8000):
        lots = stats.lots(n, cluster=shop, seed=3, most=most)
        sums = lots.sums(lambda rows: both[rows])
        drawn = np.concatenate([d @ sums for d in lots.counts(n_boot=4000, seed=1)])
        spread.append((drawn[:, 0] / drawn[:, 1]).std())
    assert spread[0] == pytest.approx(spread[1], rel=0.06)  # 1.6% by lots, 1.1% by replicates each
    assert spread[1] == pytest.approx(_ratio_error(both, shop), rel=0.04)


def test_fewer_rows_a_replicate_spread_as_all_would_once_narrowed():
    rng = np.random.default_rng(9)
    x, n = rng.exponential(size=30_000), 30_000
    y = 2 * x + rng.normal(size=n) * (1 + x)
    found = np.polyfit(x, y, 1)[0]
    spread = []
    for most in (6_000, n):
        drawn = [
            np.polyfit(x[rows], y[rows], 1, w=np.sqrt(times))[0]
            for rows, times in stats.samples(n, n_boot=600, seed=2, most=most)
        ]
        spread.append(stats.narrowed(drawn, found, n, most=most))
    assert spread[0].std() == pytest.approx(spread[1].std(), rel=0.1)  # 2.9% by replicates each
    assert spread[0].mean() == pytest.approx(found, abs=0.2 * spread[1].std())


def test_few_rows_are_sampled_as_they_are_counted():
    drawn = np.concatenate(list(stats.counts(40, n_boot=7, seed=5)))
    for times, (rows, often) in zip(drawn, stats.samples(40, n_boot=7, seed=5), strict=True):
        assert np.repeat(rows, often).tolist() == np.repeat(np.arange(40), times).tolist()


def _ratio_error(both, cluster):
    mean = both[:, 0].sum() / both[:, 1].sum()
    off = np.bincount(cluster, both[:, 0] - mean * both[:, 1])
    return np.sqrt((off**2).sum()) / both[:, 1].sum()


def test_resampling_counts_is_resampling_rows():
    rng = np.random.default_rng(8)
    cell, weight = rng.integers(0, 3, 400), rng.uniform(0.2, 4, 400)
    worth = np.array([-100.0, 0.0, 100.0])
    cells = stats.tally(np.zeros(400, int), cell, groups=1, cells=3, weight=weight)
    fast = stats.resampled_means(cells, worth, n_boot=4000, seed=1)[:, 0]
    drawn = np.concatenate(list(stats.counts(400, n_boot=4000, seed=2)))
    slow = (drawn * weight) @ worth[cell] / (drawn @ weight)
    assert fast.mean() == pytest.approx(slow.mean(), abs=0.4)
    assert fast.std() == pytest.approx(slow.std(), rel=0.05)


def test_group_tests_agree_with_r():
    told = cases("group_tests")
    square = stats.chi_square(told["chisq_party"]["inputs"]["rows"])
    assert square.statistic == pytest.approx(told["chisq_party"]["expected"]["chi_square"])
    assert square.p_value == pytest.approx(told["chisq_party"]["expected"]["p"], rel=1e-6)
    months = list(told["kruskal_airquality"]["inputs"].values())
    points = sorted({value for month in months for value in month})
    ranks = stats.kruskal([[month.count(point) for point in points] for month in months])
    assert ranks.statistic == pytest.approx(told["kruskal_airquality"]["expected"]["H"])
    assert ranks.p_value == pytest.approx(scipy_stats.kruskal(*months).pvalue)


def test_plans_agree_with_r():
    told = cases("sample_size")["power_prop"]["expected"]
    power = stats.power_two_shares(50, first=0.5, second=0.75)
    needed = stats.n_two_shares(first=0.5, second=0.75, power=0.9)
    assert power == pytest.approx(told["power_n50"], abs=1e-6)
    assert needed == pytest.approx(told["n_per_group_power90"], abs=1e-3)
    few = stats.n_for_margin(0.25, margin=0.05, population=2000)
    assert few == pytest.approx(told["n_margin_5pct_95_fpc_2000"], abs=1e-6)


def test_the_change_a_plan_promises_is_the_change_its_sample_shows():
    n = stats.n_for_change(6100.0, change=4, power=0.9, level=0.9)
    assert stats.change_for_n(6100.0, n=n, power=0.9, level=0.9) == pytest.approx(4)


def coverage(n: int, shares: np.ndarray) -> np.ndarray:
    """How often the default NPS interval covers, over all samples there can be of n answers."""
    d, p = (part.ravel() for part in np.meshgrid(np.arange(n + 1), np.arange(n + 1)))
    d, p = d[d + p <= n], p[d + p <= n]
    low, high = stats.nps_interval(d, n - d - p, p)
    ways = gammaln(n + 1) - gammaln(d + 1) - gammaln(p + 1) - gammaln(n - d - p + 1)
    parts = zip((d, p, n - d - p), (*shares.T, 1 - shares.sum(axis=1)), strict=True)
    chance = np.exp(ways + sum(xlogy(x, share[:, None]) for x, share in parts))
    truth = 100 * (shares[:, 1] - shares[:, 0])[:, None]
    return (chance * ((low <= truth) & (truth <= high))).sum(axis=1)


SHARES = np.array([(a, b) for a in range(5, 95, 5) for b in range(5, 95, 5) if a + b <= 95]) / 100


@pytest.mark.parametrize("n", [10, 15, 20, 30, 50, 100])
def test_the_default_nps_interval_covers_93_to_97_percent(n):
    found = coverage(n, SHARES)
    # where hardly anyone is promoter or detractor it covers more than it says, never less
    told = n * SHARES.sum(axis=1) > 5
    assert found.min() >= 0.93
    assert found[told].max() <= 0.975
    assert np.mean((found[told] >= 0.93) & (found[told] <= 0.97)) > 0.98


def test_the_default_nps_interval_falls_short_where_a_share_is_nothing():
    # said in the documents: no detractors in the population, 10 answers
    found = coverage(10, np.array([[0.0, 0.8]]))
    assert 0.87 < found[0] < 0.9


def test_pairs_by_a_table_and_by_sorting_are_one():
    draw = np.random.default_rng(2)
    group, cluster, value = draw.integers(0, 5, 400), draw.integers(0, 90, 400), draw.random(400)
    dense = stats.pairs(group, cluster, 5, value)
    sparse = stats.pairs(group, cluster * 10_000, 5, value)
    assert (dense[0] == sparse[0]).all()
    assert (dense[1] * 10_000 == sparse[1]).all()
    assert (dense[2][0] == sparse[2][0]).all()
