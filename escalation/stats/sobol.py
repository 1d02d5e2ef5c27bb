"""Sobol indices of a stochastic model, with the noise of few replications removed.

A crisis with parameters x and luck w has the outcome Y(x, w). Its mean over luck, f(x) = E[Y | x], is what
parameters can change, and the variance of a single crisis's outcome is split (law of total variance) into

    Var Y = V + L,   V = Var f(x) of parameters,   L = E Var[Y | x] of luck.

The indices are those of f: S_i = Var E[f | x_i] / V and T_i = E Var[f | x_~i] / V (Sobol' 1993, 2001), from
matrices A and B of n points each, and AB_i, which is A with column i of B:

    S_i = mean f(B) (f(AB_i) - f(A)) / V           (Saltelli et al. 2010, table 2, b)
    T_i = mean (f(A) - f(AB_i))^2 / 2 V            (Jansen 1999)

with f less its mean, and V its variance over A and B. A model gives not f(x) but a mean of R replications,
f(x) + e(x), and squares and products of these are biased by the variances and covariances of e. With
independent random numbers Var e = Var[Y | x] / R is added to V and to the numerator of every T_i. With common
random numbers the e of different points are correlated: less is added to the numerators of T_i, but e(B) and
e(AB_i), which share parameter i, are more alike than e(B) and e(A), so that something is added to the
numerators of S_i too.

All three are bilinear, Q(f, f), so the cure is one for both cases: Q is taken of two means over disjoint
replications, whose errors are independent whatever their correlation between points, and averaged over all
pairs of groups g, h of replications (a U-statistic, Hoeffding 1948). With weights v_g that sum to 1

    U = sum_{g != h} v_g v_h Q(Y_g, Y_h) / (1 - sum v_g^2)
      = (Q(Y_v, Y_v) - sum v_g^2 Q(Y_g, Y_g)) / (1 - sum v_g^2),   Y_v = sum v_g Y_g.

Given the points, the expectation of U over luck is Q(f, f) exactly, for any weights. With equal weights the
term taken off a square is its sampling variance: of T_i, that of the *paired* difference.

Intervals are percentiles of a bootstrap with independent weights: Poisson weights of the n points, and with
common random numbers also exponential weights of the groups of replications, the same for all points.
Products of such weights err on the side of caution (Owen and Eckles 2012). Independent replications are
nested in their points, and weighted with these. A Sobol' sequence is more even than the independent points
that the bootstrap takes it for, which makes the intervals more cautious still.

Sources:

- Hart, Alexanderian and Gremaud 2017, "Efficient computation of Sobol' indices for stochastic models", SIAM
  J. Sci. Comput. 39, A1514-A1530.
- Hoeffding 1948, "A class of statistics with asymptotically normal distribution", Ann. Math. Stat. 19,
  293-325.
- Iooss and Ribatet 2009, "Global sensitivity analysis of computer models with functional inputs", Reliab.
  Eng. Syst. Saf. 94, 1194-1204.
- Jansen 1999, "Analysis of variance designs for model output", Comput. Phys. Commun. 117, 35-43.
- Mazo 2021, "A trade-off between explorations and repetitions for estimators of two global sensitivity
  indices in stochastic models induced by probability measures", SIAM/ASA J. Uncertain. Quantif. 9, 1673-1713.
- Owen and Eckles 2012, "Bootstrapping data arrays of arbitrary order", Ann. Appl. Stat. 6, 895-927.
- Saltelli et al. 2010, "Variance based sensitivity analysis of model output. Design and estimator for the
  total sensitivity index", Comput. Phys. Commun. 181, 259-270.
- Sobol' 1993, "Sensitivity estimates for nonlinear mathematical models", Math. Model. Comput. Exp. 1,
  407-414.
- Sobol' 2001, "Global sensitivity indices for nonlinear mathematical models and their Monte Carlo estimates",
  Math. Comput. Simul. 55, 271-280.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.stats.intervals import CONFIDENCE, Floats, Intervals, percentiles

RESAMPLES = 500
FEWEST_ROWS = 16
"""Of a matrix: with fewer no interval means anything."""
MOST_GROUPS = 20
"""Groups in which replications are averaged: with 20 the noise of an index has 5% more variance than with
every replication on its own, and the work no longer depends on how many there are."""
ROWS_AT_ONCE = 1_000


@dataclass(frozen=True)
class PickFreeze:
    """Outcomes at the points of A, B and AB_1 to AB_d, by group of replications.

    Group g of any point holds the same replications, which with common random numbers are alike in their
    luck.
    """

    a: Floats
    """[n, G]: means of the groups at the rows of A."""
    b: Floats
    """[n, G]: the same of B."""
    ab: Floats
    """[d, n, G]: the same of A with one column of B."""
    a_squares: Floats
    """[n, G]: means of the squares of single outcomes; of a yes or no the same as `a`."""
    b_squares: Floats

    def first(self, n: int) -> PickFreeze:
        """Return the first n rows; of a Sobol' sequence a power of two is balanced again."""
        return PickFreeze(self.a[:n], self.b[:n], self.ab[:, :n], self.a_squares[:n], self.b_squares[:n])


@dataclass(frozen=True)
class SobolIndices:
    """Indices of d parameters, and the variance that they share out."""

    n: int
    """Rows of A."""
    first_order: Intervals
    """[d]; NaN where parameters explain no variance beyond noise."""
    total: Intervals
    """[d]; the same."""
    interactions: Intervals
    """1 - sum S_i: what no parameter explains alone; NaN like the indices."""
    parameters: Intervals
    """V: the variance that parameters explain of a single crisis's outcome."""
    luck: Intervals
    """L: the variance that is left when all parameters are known."""
    share: Intervals
    """V / (V + L)."""
    mean: Intervals
    """The mean outcome over all points."""
    uncorrected: float
    """The variance over points of the means of all replications, noise included."""
    uncorrected_first: Floats
    """[d]: S_i of the means over all replications taken as if they were f."""
    uncorrected_total: Floats
    """[d]: the same of T_i."""

    def only(self, kept: NDArray[np.intp]) -> SobolIndices:
        """Return the indices of some of the parameters, by their numbers in order."""
        return replace(
            self,
            first_order=self.first_order.only(kept),
            total=self.total.only(kept),
            uncorrected_first=self.uncorrected_first[kept],
            uncorrected_total=self.uncorrected_total[kept],
        )

    @property
    def is_clear(self) -> bool:
        """Return whether parameters explain variance beyond noise, without which there are no indices."""
        return bool(self.parameters.low > 0)


def grouped(count: int) -> NDArray[np.intp]:
    """Return where each group of so many replications starts.

    There are at most `MOST_GROUPS`, of equal size if that leaves half as many.
    """
    most = min(count, MOST_GROUPS)
    even = (groups for groups in range(most, most // 2 - 1, -1) if count % groups == 0)
    groups = next(even, most)
    return np.arange(groups) * count // groups


def group_means(values: NDArray[Any]) -> Floats:
    """Return the means of values [..., replications] by group of replications, [..., groups]."""
    starts = grouped(values.shape[-1])
    sizes = np.diff(starts, append=values.shape[-1])
    means: Floats = np.add.reduceat(values, starts, axis=-1, dtype=np.float64) / sizes
    return means


def pick_freeze_points(dimensions: int, n: int, seed: int) -> Floats:
    """Return the points of A, B, AB_1 to AB_d in the unit cube, [n, d + 2, d].

    A and B are the halves of a scrambled Sobol' sequence in 2d dimensions, so that any first power of two of
    the rows is balanced.

    Raises
    ------
    ValueError
        If n is not a power of two.
    """
    from scipy.stats import qmc

    if n < 1 or n & (n - 1):
        raise ValueError(f"{n} is not a power of two")
    both = qmc.Sobol(2 * dimensions, scramble=True, seed=np.random.default_rng(seed)).random(n)
    a, b = both[:, :dimensions], both[:, dimensions:]
    points = np.repeat(a[:, None, :], dimensions + 2, axis=1)
    points[:, 1] = b
    each = np.arange(dimensions)
    points[:, 2 + each, each] = b
    return points


def sobol_indices(
    values: PickFreeze,
    is_common: bool,
    confidence: float = CONFIDENCE,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> SobolIndices:
    """Return first-order and total indices with intervals, the noise of the means removed.

    Time and memory are linear in the number of points.

    Parameters
    ----------
    values
        With two groups of replications at least; of a model without luck two equal ones will do.
    is_common
        Whether all points have common random numbers.
    confidence, resamples, seed
        Of the bootstrap.

    Raises
    ------
    ValueError
        If there is only one group, which cannot tell a parameter from noise, or fewer than 16 rows.
    """
    n, groups = values.a.shape
    if groups < 2 or n < FEWEST_ROWS:
        raise ValueError(f"{groups} groups and {n} rows; at least 2 and {FEWEST_ROWS}")
    rng = np.random.default_rng(seed)
    columns = np.full((1 + resamples, groups), 1.0 / groups)
    if is_common:
        drawn = rng.standard_exponential((resamples, groups))
        columns[1:] = drawn / drawn.sum(axis=1, keepdims=True)
    sums = _Sums(values, columns if is_common else columns[:1], resamples, rng)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = sums.variance / (sums.variance + sums.luck)
    parameters = percentiles(sums.variance, confidence)
    if parameters.low > 0:
        kept = sums.variance > 0  # nearly all
        of_f = sums.variance[kept, None]
        first, total = sums.first[kept] / of_f, sums.total[kept] / of_f
    else:
        first = total = np.full_like(sums.first, np.nan)
    raw = _uncorrected(values)
    return SobolIndices(
        n=n,
        first_order=percentiles(first, confidence),
        total=percentiles(total, confidence),
        interactions=percentiles(1 - first.sum(axis=1), confidence),
        parameters=parameters,
        luck=percentiles(sums.luck, confidence),
        share=percentiles(share, confidence),
        mean=percentiles(sums.mean, confidence),
        uncorrected=float(np.var([values.a.mean(axis=1), values.b.mean(axis=1)])),
        uncorrected_first=raw[0],
        uncorrected_total=raw[1],
    )


def convergence(values: PickFreeze, is_common: bool, confidence: float = CONFIDENCE) -> list[SobolIndices]:
    """Return the indices of the first n/4, n/2 and all n rows, of 16 at least."""
    n = len(values.a)
    sizes = [size for size in (n // 4, n // 2) if size >= FEWEST_ROWS]
    return [sobol_indices(values.first(size), is_common, confidence) for size in (*sizes, n)]


class _Sums:
    """The three bilinear forms, and the moments, for the sample (number 0) and for each resample.

    `first` and `total` are [1 + resamples, d], the others [1 + resamples].
    """

    def __init__(self, values: PickFreeze, columns: Floats, resamples: int, rng: np.random.Generator) -> None:
        """Go through the rows, a thousand at a time, which is all that is held by row and resample.

        Values are taken less the mean of their group. A resample has means of its own, which are taken off
        at the end, since they are known only then.
        """
        n, groups = values.a.shape
        middle = (values.a.mean(axis=0) + values.b.mean(axis=0)) / 2
        count, d = 1 + resamples, len(values.ab)
        squares, scale = columns * columns, 1 - (columns * columns).sum(axis=1)
        weight = np.zeros(count)
        moment, of_mean = np.zeros(count), np.zeros((count, groups))
        raw = np.zeros(count)
        moved = np.zeros((d, count, groups))
        crossed, turned = np.zeros((count, d)), np.zeros((count, d))

        def bilinear(one: Floats, other: Floats, of: Floats) -> Floats:
            """Return the weighted sum over rows of U(one, other)."""
            if len(columns) == 1:  # the same weights of groups in every resample
                product = (one @ columns[0]) * (other @ columns[0]) - (one * other) @ squares[0]
                return np.asarray(of @ product / scale[0])
            by_row = (one @ columns.T) * (other @ columns.T) - (one * other) @ squares.T
            return np.asarray(np.einsum("br,rb->b", of, by_row) / scale)

        for start in range(0, n, ROWS_AT_ONCE):
            rows = slice(start, min(start + ROWS_AT_ONCE, n))
            a, b = values.a[rows] - middle, values.b[rows] - middle
            of = np.ones((count, len(a)))
            of[1:] = rng.poisson(1.0, (resamples, len(a)))
            weight += of.sum(axis=1)
            moment += (bilinear(a, a, of) + bilinear(b, b, of)) / 2
            of_mean += of @ ((a + b) / 2)
            both = (values.a_squares[rows] + values.b_squares[rows]) / 2
            raw += np.einsum("br,rb->b", of, np.broadcast_to(both @ columns.T, (len(a), count)))
            for i in range(d):
                change = (values.ab[i, rows] - middle) - a
                moved[i] += of @ change
                crossed[:, i] += bilinear(b, change, of)
                turned[:, i] += bilinear(change, change, of) / 2

        of_mean /= weight[:, None]
        moved /= weight[:, None]

        def outer(one: Floats, other: Floats) -> Floats:
            """Return U of two means over rows, [resamples]."""
            product = (one * columns).sum(axis=1) * (other * columns).sum(axis=1)
            return np.asarray((product - (one * other * squares).sum(axis=1)) / scale)

        centred = moment / weight
        self.variance: Floats = centred - outer(of_mean, of_mean)
        off = np.stack([outer(of_mean, moved[i]) for i in range(d)], axis=1)
        self.first: Floats = crossed / weight[:, None] - off
        self.total: Floats = turned / weight[:, None]
        # U of f squared at a point, from the same of what is less the mean.
        base = np.broadcast_to(middle, of_mean.shape)
        f_squared = centred + 2 * outer(base, of_mean) + outer(base, base)
        self.luck: Floats = raw / weight - f_squared
        # What rounding leaves of values that are all the same counts as nothing.
        size = 1e-12 * raw / weight
        self.luck[np.abs(self.luck) <= size] = 0.0
        self.variance[np.abs(self.variance) <= size] = 0.0
        self.mean: Floats = ((of_mean + middle) * columns).sum(axis=1)


def _uncorrected(values: PickFreeze) -> tuple[Floats, Floats]:
    """Return the indices that SciPy gives for the means over all replications, zeros where none vary."""
    from scipy import stats

    a, b, ab = (part.mean(axis=-1) for part in (values.a, values.b, values.ab))
    found = stats.sobol_indices(
        func={"f_A": a[None], "f_B": b[None], "f_AB": ab[:, None]}, n=len(a), method="saltelli_2010"
    )
    return np.atleast_1d(found.first_order), np.atleast_1d(found.total_order)
