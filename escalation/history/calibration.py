"""Fit the weights of the rules to recorded acts: read the data, fit, profile, and write a weights file."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import TypeAdapter, ValidationError

from escalation.files.brief import Brief
from escalation.files.places import (
    ArgumentError,
    Problem,
    ScenarioError,
    check_list,
    check_names,
    check_whole,
    shown,
)
from escalation.history.attacks import load_answers
from escalation.history.cases import CALIBRATE, load_cases
from escalation.history.fit import Fit, fit, profile
from escalation.history.icb import load_rates
from escalation.history.likelihood import (
    CASES,
    EXCHANGES,
    FORCE,
    MOST_WAITS,
    WAITS,
    Evidence,
    evidence_of_cases,
    evidence_of_exchanges,
    evidence_of_force,
    evidence_of_waits,
)
from escalation.history.mie import (
    LOWEST,
    Events,
    Exchanges,
    exchanges,
    followed,
    histories,
    load_mie,
    since,
    without,
)
from escalation.history.objective import FITTED
from escalation.history.responses import NAMES, evidence_of_records
from escalation.scenario.dump import dump_weights
from escalation.scenario.fields import FileName
from escalation.scenario.weight_set import Fitted, WeightSet
from escalation.scenario.weights import Weights

if TYPE_CHECKING:
    import pandas as pd

PROFILED = ("alarm", "lull", "tempo", "stakes_acts", "grievance", "force_threshold", "conciliation")
"""Weights whose profile intervals are computed: each takes a minute or so."""
WEIGHED = (
    f"Of the waits of a pair of states {MOST_WAITS} that ended in an act count at most. Standard errors are"
    " the larger of the model's own and of those clustered by pair of states and by crisis; draws have errors"
    " of that size."
)
STRONG = 0.7
"""Correlations of estimates that are reported, from here on."""
FIRST_YEAR = 1946
EVIDENCE = (CASES, FORCE, EXCHANGES, WAITS, *NAMES)
"""Names of all pieces of evidence."""
LONGEST_SOURCES = 1_500
"""Characters of the provenance that name the data: more would not leave room for the rest."""


@dataclass(frozen=True, repr=False)
class Data(Brief):
    """What weights are fitted to, and a description of it for the provenance of the weights file."""

    evidence: tuple[Evidence, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Calibration(Brief):
    """Fitted weights, how well the data identify them, and the weights file that holds both."""

    fit: Fit
    data: Data
    profiles: Mapping[str, tuple[float, float]]
    """95% profile intervals by weight."""
    weight_set: WeightSet
    """The fitted weights, with standard errors and draws."""
    log_scores: tuple[float, ...]
    """Log score per row of each piece of evidence: in-sample, but of pieces of weight 0."""

    def brief_text(self) -> Sequence[str]:
        """Return the account."""
        return tuple(self.lines())

    def frame(self) -> pd.DataFrame:
        """Return one row per fitted weight: default, estimate, standard errors, profile, identification."""
        import pandas as pd

        priors = self.fit.priors
        limits = [self.profiles.get(name, (np.nan, np.nan)) for name in priors.names]
        return pd.DataFrame(
            {
                "weight": priors.names,
                "default": priors.mean,
                "fitted": self.fit.values,
                "se": self.fit.se,
                "prior_sd": priors.sd,
                "profile_low": [low for low, _ in limits],
                "profile_high": [high for _, high in limits],
                "weakly_identified": [name in self.fit.weakly_identified for name in priors.names],
                "at_bound": [name in self.fit.at_bound for name in priors.names],
            }
        )

    def yaml(self) -> str:
        """Return the text of the weights file."""
        one = self.weight_set
        return dump_weights(
            one.weights, name=one.name, title=one.title, provenance=one.provenance, fitted=one.fitted
        )

    def correlated(self, least: float = STRONG) -> list[tuple[str, str, float]]:
        """Return pairs of weights whose estimates correlate at least so strongly, with the correlation."""
        names, correlation = self.fit.priors.names, self.fit.correlation
        return [
            (names[i], names[j], float(correlation[i, j]))
            for i in range(len(names))
            for j in range(i)
            if abs(correlation[i, j]) >= least
        ]

    def lines(self) -> Iterator[str]:
        """Yield the estimates and their precision as text of at most 80 columns."""
        yield f"{'evidence':28} {'rows':>9} {'weight':>7}  in-sample log score per row"
        for kind, score in zip(self.data.evidence, self.log_scores, strict=True):
            out = "" if kind.weight else "  (left out of the fit)"
            yield f"{kind.name:28} {int(kind.times.sum()):9,} {kind.weight:7g}  {score:.4f}{out}"
        yield from textwrap.wrap(WEIGHED, 80)
        yield ""
        yield f"{'weight':24} {'default':>8} {'fitted':>8} {'s.e.':>7} {'prior sd':>8}  95% profile"
        priors = self.fit.priors
        for name, value, se, mean, sd in zip(
            priors.names, self.fit.values, self.fit.se, priors.mean, priors.sd, strict=True
        ):
            low, high = self.profiles.get(name, (None, None))
            interval = "" if low is None else f"  [{low:.2f}, {high:.2f}]"
            yield f"{name:24} {mean:8.3f} {value:8.3f} {se:7.3f} {sd:8.3f}{interval}"
        yield ""
        yield "Weakly identified by these data (standard error above .8 of the prior's):"
        yield from _wrapped(self.fit.weakly_identified)
        if self.fit.at_bound:
            yield "At a bound of the allowed range:"
            yield from _wrapped(self.fit.at_bound)
        strong = [f"{one} with {other} {r:+.2f}" for one, other, r in self.correlated()]
        if strong:
            yield f"Correlations between estimates of {STRONG:g} and more:"
            yield from _wrapped(strong)
        yield "No act on record is a use of nuclear weapons: all that bears on it is prior"
        yield "and assumption, and no probability of it is validated."


def calibrate(
    data: Sequence[str | Path],
    *,
    since: int = FIRST_YEAR,
    without: tuple[int, int] | None = None,
    responses: str | Path | None = None,
    evidence: Mapping[str, float] | None = None,
    name: str = "calibrated",
    draws: int = 100,
    seed: int = 1,
    profiles: Iterable[str] = PROFILED,
    progress: Callable[[str], None] = lambda _: None,
) -> Calibration:
    """Fit weights by maximum penalised likelihood to recorded acts; see docs/calibrating.md.

    Parameters
    ----------
    data
        Case files or names of shipped cases, "history" for all shipped cases coded for calibration, and CSV
        files in the format of Militarized Interstate Events.
    since
        The first year of events.
    without
        Two states, by their Correlates of War numbers, whose events are left out.
    responses
        A file of responses to attacks; by default the shipped one.
    evidence
        Factors on the weights of pieces of evidence, by name (EVIDENCE); 0 leaves a piece out of the fit.
    name
        Name of the set of weights.
    draws, seed
        How many draws from the fitted distribution the set holds, and their seed.
    profiles
        The weights whose 95% profile intervals are computed; each takes as long as a few rounds of fitting.
    progress
        Called with a phrase before each stage.

    Raises
    ------
    ScenarioError
        If a file is missing or not valid, a case is given more than once, no events are left, or a name is
        not valid.
    ArgumentError
        If no weight or piece of evidence has a name that is given, or a factor is below 0.
    """
    check_list("profiles", profiles)
    wanted = tuple(profiles)
    _check_names(name, wanted)
    check_whole("draws", draws, 0)
    check_whole("seed", seed, 0)
    factors = dict(evidence or {})
    check_factors(factors)
    read = read_data(data, since, without, responses, factors)
    progress("Compiling and reading the data")
    for kind in read.evidence:
        kind.read(Weights())
    progress("Fitting the weights")
    found = fit(read.evidence)
    if wanted:
        progress("Computing profile intervals")
    limits = {one: profile(found, one) for one in wanted}
    scores = tuple(kind.mean_score(kind.read(found.weights)) for kind in read.evidence)
    chosen = _weight_set(found, read, limits, scores, name, draws, seed)
    return Calibration(found, read, limits, chosen, scores)


def read_data(
    data: Sequence[str | Path],
    first_year: int = FIRST_YEAR,
    left_out: tuple[int, int] | None = None,
    responses: str | Path | None = None,
    factors: Mapping[str, float] | None = None,
) -> Data:
    """Read the files that `calibrate` fits weights to; arguments and errors are the same."""
    check_list("data", data)
    named: list[str | Path] = []
    kinds: list[Evidence] = []
    sources: list[str] = []
    for source in data:
        if Path(source).suffix.lower() != ".csv":
            named.append(source)
            continue
        events = events_of(source, first_year, left_out)
        found, past = exchanges(events), histories(followed(events), first_year)
        kinds += [evidence_of_exchanges(found), evidence_of_waits(past)]
        sources.append(
            f"{len(found.events):,} acts of hostility 2 to 5 since {first_year}, and {past.days_at_risk:,}"
            f" days of pairs of states, from {Path(source).name} (format of Militarized Interstate Events,"
            " Gibler and Miller)"
        )
    cases = load_cases(named, CALIBRATE)
    if cases:
        kinds[:0] = [evidence_of_cases(cases), evidence_of_force(cases)]
        names = ", ".join(case.name for case in cases)
        acts, days = (len(kind.observed) for kind in kinds[:2])
        sources.insert(0, f"{acts} acts and {days:,} days of {len(cases)} cases ({names})")
    answers = load_answers(None if responses is None else Path(responses))
    rates = load_rates()
    kinds += evidence_of_records(rates, answers)
    sources.append(
        f"{len(answers.attacks)} responses to attacks ({answers.name}); responses and agreements in"
        f" International Crisis Behavior ({rates.name})"
    )
    return Data(weighed(kinds, factors or {}), tuple(sources))


def weighed(evidence: Iterable[Evidence], factors: Mapping[str, float]) -> tuple[Evidence, ...]:
    """Return evidence with its weights multiplied by factors, by name."""
    return tuple(replace(kind, weight=kind.weight * factors.get(kind.name, 1.0)) for kind in evidence)


def check_factors(factors: Mapping[str, float]) -> None:
    """Raise ArgumentError if factors are not numbers from 0 on by names of pieces of evidence."""
    check_names("evidence", tuple(factors), EVIDENCE)
    for name, factor in factors.items():
        if not 0.0 <= factor < np.inf:
            raise ArgumentError(f"evidence: {shown(factor)} for {name} is not a number from 0 on")


def read_events(
    mie: str | Path, first_year: int = FIRST_YEAR, left_out: tuple[int, int] | None = None
) -> Exchanges:
    """Read the exchanges of a file of events, from a year on and without those of one pair of states.

    Raises
    ------
    ScenarioError
        If the file is missing or not valid, or no act of hostility 2 to 5 is left.
    """
    return exchanges(events_of(mie, first_year, left_out))


def events_of(
    mie: str | Path, first_year: int = FIRST_YEAR, left_out: tuple[int, int] | None = None
) -> Events:
    """Read the events of a file as `read_events` does, without grouping them."""
    events = since(load_mie(mie), first_year)
    kept = events if left_out is None else without(events, left_out)
    if not (kept.level >= LOWEST).any():
        says = f"no act of hostility 2 to 5 since {first_year}"
        raise ScenarioError([Problem(str(mie), None, None, "", says, "give an earlier year")])
    return kept


def _check_names(name: str, profiles: Sequence[str]) -> None:
    """Raise before the fit, rather than after it, if its result could not be named or profiled."""
    try:
        TypeAdapter(FileName).validate_python(name)
    except ValidationError:
        says = f"{shown(name)} is not a name of weights"
        allowed = "at most 64 letters a-z, digits and _, the first a letter, and no device of Windows"
        problem = Problem("name (--name)", None, None, "", says, allowed)
        raise ScenarioError([problem]) from None
    check_names("profiles", profiles, FITTED)


def _weight_set(
    found: Fit,
    data: Data,
    profiles: Mapping[str, tuple[float, float]],
    log_scores: Sequence[float],
    name: str,
    draws: int,
    seed: int,
) -> WeightSet:
    names = found.priors.names
    update = dict(zip(names, _rounded(found.values), strict=True))
    scores = ", ".join(
        f"{kind.name} {score:.4f} (weight {kind.weight:g})"
        for kind, score in zip(data.evidence, log_scores, strict=True)
    )
    sources = textwrap.shorten("; ".join(data.sources), LONGEST_SOURCES, placeholder=" ...")
    drawn = found.draws(draws, np.random.default_rng(seed))
    return WeightSet(
        name=name,
        title="Weights fitted to acts on record",
        provenance=(
            f"Maximum penalised likelihood by `escalation calibrate` on {sources}. In-sample"
            f" log score per row: {scores}. {len(names)} weights were fitted; the others have their defaults."
            f" Standard errors are clustered by pair and crisis where that makes them larger. Draws with seed"
            f" {seed}."
        ),
        weights=Weights(**update),
        fitted=Fitted(
            weights=names,
            se=_rounded(found.se),
            prior_sd=_rounded(found.priors.sd),
            weakly_identified=found.weakly_identified,
            profile={one: (round(low, 3), round(high, 3)) for one, (low, high) in profiles.items()},
            draws=tuple(_rounded(row) for row in drawn),
        ),
    )


def _rounded(values: Iterable[float]) -> tuple[float, ...]:
    return tuple(round(float(value), 4) for value in values)


def _wrapped(items: Sequence[str]) -> list[str]:
    return textwrap.wrap(", ".join(items) or "none", 78, initial_indent="  ", subsequent_indent="  ")
