"""Days on which two rivals act, from any list of dated acts, and what is measured on them.

Recorded acts (Militarized Interstate Events) and simulated ones are brought into one form, so that one
function measures both. An episode is a run of a pair's act-days without a gap of more than `QUIET` days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from escalation.files.brief import Brief
from escalation.history.mie import LOWEST, QUIET_DAYS, WAR, Events, dyads
from escalation.stats.intervals import wilson
from escalation.stats.scores import Interval

Whole = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

ONE, OTHER, BOTH = 1, 2, 3
"""Who acted on a day: bits, so that acts of both sides on one day add up."""
DISPLAY, FORCE = 3, 4
"""Hostility levels of Militarized Interstate Disputes."""
QUIET = QUIET_DAYS
"""Days after an act for which its record is known: gaps in a confrontation stop at six months."""
A_YEAR = 365
FAR = 10**6
DRAWS = 400
"""Bootstrap samples behind the intervals of what is not a share."""

BINS = ((1, 1), (2, 3), (4, 7), (8, 14), (15, 30), (31, 60), (61, 120), (121, 180))
"""First and last day of each bin of days since the last act-day."""
TURN_DAYS = QUIET
ANSWER_DAYS = 14
AGAIN_DAYS = (7, 30, 180)
STANDOFF_DAY, STANDOFF_ACT_DAYS, STANDOFF_WINDOW, STANDOFF_RECENT = 13, 3, 14, 3
QUIET_RIVALS_WINDOW = 30


@dataclass(frozen=True, repr=False)
class ActDays(Brief):
    """Days on which at least one of two rivals acts: one row per pair and day, in that order, [rows] each."""

    pair: Whole
    day: Whole
    sides: Whole
    """Who acted: ONE, OTHER or BOTH."""
    force: Whole
    """Who used force (hostility 4 and up), 0 for nobody."""
    deadly: Whole
    """Who used force in which people died, 0 for nobody."""
    level: Whole
    """Highest hostility of the day, 2 to 5."""
    known: Mask
    """Whether the day of every act is known, rather than its month alone."""
    given: Mask
    """Whether the day was set by a record that a simulation starts from: then it is no outcome."""
    until: Whole
    """Last day on which the pair was observed."""

    def __len__(self) -> int:
        return len(self.day)

    def __getitem__(self, chosen: Mask | Whole) -> ActDays:
        """Return the rows that a mask or their numbers choose."""
        return ActDays(*(getattr(self, field.name)[chosen] for field in fields(self)))

    @property
    def gap(self) -> Whole:
        """[rows]: days to the next act-day of the pair, FAR where there is none."""
        gap = np.full(len(self), FAR)
        gap[:-1] = np.where(self.pair[1:] == self.pair[:-1], self.day[1:] - self.day[:-1], FAR)
        return gap

    @property
    def observed(self) -> Whole:
        """[rows]: days after this one on which the pair was observed."""
        return self.until - self.day

    @property
    def onset(self) -> Mask:
        """[rows]: the first day of an episode."""
        first = np.ones(len(self), bool)
        first[1:] = self.gap[:-1] > QUIET
        return first

    @property
    def episode(self) -> Whole:
        """[rows]: number of the episode."""
        return np.cumsum(self.onset) - 1


@dataclass(frozen=True)
class Acts:
    """Dated militarised acts in any order, [acts] each."""

    pair: Whole
    day: Whole
    sides: Whole
    level: Whole
    deadly: Mask
    known: Mask
    given: Mask
    until: Whole
    """Last day on which the act's pair was observed."""


def act_days(acts: Acts) -> ActDays:
    """Bring dated acts into one row per pair and day."""
    order = np.lexsort((acts.day, acts.pair))
    pair, day, sides, level = (one[order] for one in (acts.pair, acts.day, acts.sides, acts.level))
    begins = np.ones(len(order), bool)
    begins[1:] = (pair[1:] != pair[:-1]) | (day[1:] != day[:-1])
    first = np.flatnonzero(begins)
    is_force = level >= FORCE

    def who(holds: Mask) -> Whole:
        bits = np.where(holds, sides, 0)
        return np.bitwise_or.reduceat(bits, first) if len(first) else bits

    def extreme(values: NDArray[np.generic], of: np.ufunc) -> NDArray[np.generic]:
        found: NDArray[np.generic] = of.reduceat(values, first) if len(first) else values
        return found

    return ActDays(
        pair=pair[first],
        day=day[first],
        sides=who(np.ones(len(order), bool)),
        force=who(is_force),
        deadly=who(is_force & acts.deadly[order]),
        level=extreme(level, np.maximum).astype(np.int64),
        known=extreme(acts.known[order], np.logical_and).astype(np.bool_),
        given=extreme(acts.given[order], np.logical_and).astype(np.bool_),
        until=extreme(acts.until[order], np.maximum).astype(np.int64),
    )


def recorded_act_days(events: Events) -> ActDays:
    """Bring the militarised acts of a file of events into act-days of pairs of states, wars included.

    Clashes and wars are acts of both states. Every pair with an act is observed to the end of the last year
    of the file: a further act would be on record.
    """
    acts = events[events.level >= LOWEST]
    _, pair = np.unique(dyads(acts), axis=0, return_inverse=True)
    end = dt.date(int(acts.year.max(initial=1)), 12, 31).toordinal()
    listed = np.where(acts.actor < acts.target, ONE, OTHER)
    return act_days(
        Acts(
            pair=pair,
            day=acts.day,
            sides=np.where(acts.mutual, BOTH, listed),
            level=acts.level,
            deadly=acts.deaths > 0,
            known=acts.known,
            given=np.zeros(len(acts), bool),
            until=np.full(len(acts), end),
        )
    )


def without_war(days: ActDays) -> ActDays:
    """Leave out episodes with a day of war."""
    return days[~_in_episodes_with(days, days.level >= WAR)]


def of_known_days(days: ActDays) -> ActDays:
    """Leave out episodes of which the day of an act is not known."""
    return days[~_in_episodes_with(days, ~days.known)]


def _in_episodes_with(days: ActDays, marked: Mask) -> Mask:
    episode = days.episode
    has = np.zeros(episode.max(initial=0) + 1, bool)
    has[episode[marked]] = True
    return np.asarray(has[episode])


KINDS = ("threat", "display", "force", "deadly_force", "displays_of_both", "clash")
"""Kinds of the first day of an episode."""


def onset_kinds(days: ActDays) -> dict[str, int]:
    """Count the first days of episodes by what was done on them, in the order of KINDS."""
    first = days[days.onset]
    both = first.sides == BOTH
    is_force, is_deadly = first.force > 0, first.deadly > 0
    holds = (
        ~both & (first.level < DISPLAY),
        ~both & (first.level == DISPLAY),
        ~both & is_force & ~is_deadly,
        ~both & is_deadly,
        both & ~is_force,
        both & is_force,
    )
    return {name: int(one.sum()) for name, one in zip(KINDS, holds, strict=True)}


@dataclass(frozen=True)
class Measured:
    """What a measure found: one interval for each of its values, and how many cases they rest on."""

    values: tuple[Interval, ...]
    n: int


def share(yes: NDArray[np.generic], n: NDArray[np.generic], cluster: Whole) -> Interval:
    """Return sum(yes)/sum(n) with Wilson's interval, widened by how alike the rows of a cluster are.

    The number of trials is divided by the design effect, the variance of the ratio between clusters over that
    of independent trials (Kish 1965, "Survey Sampling", ch. 5; at least 1).

    Parameters
    ----------
    yes, n
        [rows]: successes and trials of each row.
    cluster
        [rows]: number of the cluster.
    """
    hits, trials = np.asarray(yes, np.float64), np.asarray(n, np.float64)
    total = trials.sum()
    if not total:
        return Interval(np.nan, np.nan, np.nan)
    p = hits.sum() / total
    excess = np.bincount(np.unique(cluster, return_inverse=True)[1], hits - p * trials)
    alone = p * (1 - p) * total
    effect = max(1.0, float((excess**2).sum() / alone)) if alone > 0 else 1.0
    found = wilson(hits.sum() / effect, total / effect)
    return Interval(float(p), float(found.low), float(found.high))


def resampled(
    statistic: Callable[[Floats], Floats], clusters: int, generator: Generator, draws: int = DRAWS
) -> list[Interval]:
    """Return statistics with intervals from resampling whole clusters.

    Parameters
    ----------
    statistic
        Of weights [clusters], how often each cluster is counted, to values.
    clusters
        Their number.
    """
    found = np.atleast_1d(statistic(np.ones(clusters)))
    counts = generator.multinomial(clusters, np.full(clusters, 1 / clusters), size=draws)
    again = np.array([np.atleast_1d(statistic(one.astype(np.float64))) for one in counts])
    again[:, ~np.isfinite(again).any(axis=0)] = 0.0
    low, high = np.nanquantile(again, (0.025, 0.975), axis=0)
    known = np.isfinite(found)
    low, high = np.where(known, low, np.nan), np.where(known, high, np.nan)
    return [Interval(float(one), float(a), float(b)) for one, a, b in zip(found, low, high, strict=True)]


NOTHING = Interval(np.nan, np.nan, np.nan)


def next_act_day(days: ActDays, generator: Generator) -> Measured:
    """Measure the daily hazard of the pair's next act-day in each of BINS, and its slope.

    Hazard: next act-days in a bin over days at risk in it. Slope: least squares of the logarithm of the
    hazard on that of the days since the last act-day, at the geometric middle of each bin.
    """
    if not len(days):
        return Measured((NOTHING,) * (len(BINS) + 1), 0)
    pairs, cluster = np.unique(days.pair, return_inverse=True)
    gap, seen = days.gap, days.observed
    events, exposure = np.zeros((len(BINS), len(pairs))), np.zeros((len(BINS), len(pairs)))
    shares = []
    for k, (low, high) in enumerate(BINS):
        happened = (gap >= low) & (gap <= high) & (gap <= seen)
        at_risk = np.maximum(np.minimum(np.minimum(gap, seen), high) - low + 1, 0)
        events[k] = np.bincount(cluster, happened, len(pairs))
        exposure[k] = np.bincount(cluster, at_risk, len(pairs))
        shares.append(share(happened, at_risk, cluster))
    middle = np.log([np.sqrt(low * high) for low, high in BINS])
    centred = middle - middle.mean()

    def slope(weights: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            hazard = np.log((events @ weights) / (exposure @ weights))
        return np.asarray(centred @ hazard / (centred @ centred))

    with np.errstate(invalid="ignore"):
        steepness = resampled(slope, len(pairs), generator)
    return Measured((*shares, *steepness), int(events.sum()))


def _following(days: ActDays, origins: Whole, after: int, until: int, counted: Mask) -> Whole:
    """Count marked act-days from `after` to `until` days after each origin, [origins]."""
    step = int(days.day.max(initial=0) - days.day.min(initial=0)) + 2 * FAR
    place = days.pair * step + days.day
    total = np.concatenate([[0], np.cumsum(counted)])
    at = place[origins]
    first = np.searchsorted(place, at + after, side="left")
    last = np.searchsorted(place, at + until, side="right")
    return np.asarray(total[last] - total[first], np.int64)


def _all(days: ActDays) -> Mask:
    return np.ones(len(days), bool)


def _after_displays(days: ActDays) -> tuple[Whole, Whole]:
    """Return the rows of lone displays that open an episode, and the act-days within QUIET days of each."""
    lone = days.onset & (days.level == DISPLAY) & (days.sides != BOTH) & (days.observed >= QUIET)
    origins = np.flatnonzero(lone)
    return origins, _following(days, origins, 1, QUIET, _all(days))


def quiet_after_display(days: ActDays, _: Generator) -> Measured:
    """Measure how often nothing follows a lone display within QUIET days."""
    origins, count = _after_displays(days)
    return Measured((share(count == 0, np.ones(len(count)), days.pair[origins]),), len(origins))


def act_days_after_display(days: ActDays, generator: Generator) -> Measured:
    """Measure mean and the .75, .9 and .99 quantiles of act-days within QUIET days of a lone display."""
    origins, count = _after_displays(days)
    if not len(count):
        return Measured((NOTHING,) * 4, 0)
    pairs, cluster = np.unique(days.pair[origins], return_inverse=True)

    def statistic(weights: Floats) -> Floats:
        drawn = np.repeat(count, weights[cluster].astype(np.int64))
        return np.array([drawn.mean(), *np.quantile(drawn, (0.75, 0.9, 0.99))])

    return Measured(tuple(resampled(statistic, len(pairs), generator)), len(origins))


def dispersion(days: ActDays, generator: Generator) -> Measured:
    """Measure variance over mean (Fano factor) of act-days within QUIET days of the first of an episode."""
    origins = np.flatnonzero(days.onset & (days.observed >= QUIET))
    count = _following(days, origins, 1, QUIET, _all(days)).astype(np.float64)
    if not count.sum():
        return Measured((NOTHING,), len(origins))
    pairs, cluster = np.unique(days.pair[origins], return_inverse=True)

    def factor(weights: Floats) -> Floats:
        w = weights[cluster]
        mean = (w * count).sum() / w.sum()
        with np.errstate(invalid="ignore"):
            return np.asarray((w * (count - mean) ** 2).sum() / w.sum() / mean)

    return Measured(tuple(resampled(factor, len(pairs), generator)), len(origins))


def turn(days: ActDays, _: Generator) -> Measured:
    """Measure how often the next one-sided act-day, within TURN_DAYS, is the other side's.

    Pairs of consecutive act-days on each of which one side alone acts.
    """
    here = np.flatnonzero((days.gap <= TURN_DAYS) & (days.sides != BOTH))
    here = here[days.sides[here + 1] != BOTH]
    other = days.sides[here + 1] != days.sides[here]
    return Measured((share(other, np.ones(len(here)), days.pair[here]),), len(here))


def same_day(days: ActDays, _: Generator) -> Measured:
    """Measure the share of act-days on which both act."""
    free = days[~days.given]
    return Measured((share(free.sides == BOTH, np.ones(len(free)), free.pair),), len(free))


def answer_to_deadly_force(days: ActDays, _: Generator) -> Measured:
    """Measure how often the first deadly force of an episode is mutual, and mutual or answered by force.

    Mutual: both use force on that day. Answered: the other side uses force within ANSWER_DAYS.
    """
    deadly = np.flatnonzero(days.deadly > 0)
    first = np.unique(days.episode[deadly], return_index=True)[1]
    origins = deadly[first]
    origins = origins[~days.given[origins]]
    mutual = days.force[origins] == BOTH
    by = days.force[origins]
    answers = [_following(days, origins, 1, ANSWER_DAYS, (days.force & side) > 0) for side in (ONE, OTHER)]
    answered = np.where(by == ONE, answers[1], answers[0]) > 0
    one, cluster = np.ones(len(origins)), days.pair[origins]
    return Measured((share(mutual, one, cluster), share(mutual | answered, one, cluster)), len(origins))


def force_after_exchange(days: ActDays, _: Generator) -> Measured:
    """Measure how often force by either follows an episode's first exchange of force within AGAIN_DAYS."""
    exchanges = np.flatnonzero(days.force == BOTH)
    first = np.unique(days.episode[exchanges], return_index=True)[1]
    origins = exchanges[first]
    origins = origins[days.observed[origins] >= AGAIN_DAYS[-1]]
    one, cluster = np.ones(len(origins)), days.pair[origins]
    again = [_following(days, origins, 1, within, days.force > 0) > 0 for within in AGAIN_DAYS]
    return Measured(tuple(share(yes, one, cluster) for yes in again), len(origins))


def quiet_rivals(days: ActDays, _: Generator) -> Measured:
    """Measure how often pairs quiet for more than QUIET days act, and use force, in QUIET_RIVALS_WINDOW days.

    1 - exp(-30 h), with h the next act-days (with force) after gaps of that length over the days at risk.
    A pair is at risk until its next act-day or until it has been quiet for a year.
    """
    gap = days.gap
    at_risk = np.maximum(np.minimum(np.minimum(gap, days.observed), A_YEAR) - QUIET, 0)
    happened = (gap > QUIET) & (gap <= A_YEAR) & (gap <= days.observed)
    force = np.zeros(len(days), bool)
    force[:-1] = happened[:-1] & (days.force[1:] > 0)

    def within(events: Mask) -> Interval:
        daily = share(events, at_risk, days.pair)
        limits = (daily.estimate, daily.low, daily.high)
        return Interval(*(float(-np.expm1(-QUIET_RIVALS_WINDOW * one)) for one in limits))

    return Measured((within(happened), within(force)), int(happened.sum()))


def force_after_standoff(days: ActDays, _: Generator) -> Measured:
    """Measure how often force follows a stand-off of STANDOFF_DAY days within STANDOFF_WINDOW days.

    A stand-off: an episode with at least STANDOFF_ACT_DAYS act-days up to that day after its first, on none
    of which both sides used force.
    """
    return _after_standoffs(days, STANDOFF_DAY)


def force_after_recent_act(days: ActDays, _: Generator) -> Measured:
    """Measure the same for stand-offs whose last act-day was at most STANDOFF_RECENT days before."""
    return _after_standoffs(days, STANDOFF_RECENT)


def _after_standoffs(days: ActDays, recent: int) -> Measured:
    first = np.flatnonzero(days.onset)
    first = first[days.observed[first] >= STANDOFF_DAY + STANDOFF_WINDOW]
    counts = _following(days, first, 0, STANDOFF_DAY, _all(days))
    exchanges = _following(days, first, 0, STANDOFF_DAY, days.force == BOTH)
    last = _following(days, first, STANDOFF_DAY - recent, STANDOFF_DAY, _all(days))
    origins = first[(counts >= STANDOFF_ACT_DAYS) & (exchanges == 0) & (last > 0)]
    force = _following(days, origins, STANDOFF_DAY + 1, STANDOFF_DAY + STANDOFF_WINDOW, days.force > 0)
    return Measured((share(force > 0, np.ones(len(origins)), days.pair[origins]),), len(origins))
