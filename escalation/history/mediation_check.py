"""Modelled mediation compared with International Crisis Behavior (ICB): shares and paired contrasts."""

from __future__ import annotations

import csv
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from escalation.files.brief import Brief
from escalation.files.places import check_whole
from escalation.files.write import aligned, replacing
from escalation.history.backtest import weights_of
from escalation.history.icb import (
    AGREEMENTS,
    SPANS,
    STYLES,
    VIOLENCE,
    Icb,
    Rates,
    load_icb,
    load_rates,
    observed,
    rates_of,
)
from escalation.history.mediation import CAVEAT, GROUPS, MediatedRuns, Share, simulate_both_ways
from escalation.history.population import Population
from escalation.scenario.weight_set import WeightSet
from escalation.stats.intervals import paired_shares, wilson

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 80
TITLE = "Modelled mediation compared with International Crisis Behavior (ICB)"
TALKS = "Mediated, by violence in the crisis and between nuclear rivals"
FORMAL = "Formal agreement"
AGREED = "Agreement, formal or semi-formal"
RATES = "Agreements per 1,000 days of crisis since 1946, from the trigger or from entry"
AFTERWARDS = "No new crisis in five years (ICB), no return to force in five years (model)"
ICB, MODEL = "ICB v15", "model"
NUCLEAR_RIVALS = "nuclear"
AFTER_AGREEMENT = {"unmediated": "agreed, unmediated", "mediated": "agreed, mediated"}
PUBLISHED = {
    "unmediated": (0.12, 0.48), "mediated": (0.44, 0.64), "facilitation": (0.18, 0.63),
    "formulation": (0.40, 0.64), "manipulation": (0.63, 0.67),
}  # fmt: skip
"""Formal agreement and no recurrence in ICB as published before this count."""
SAME = 0.0051  # two figures of two digits that differ by rounding only
MEANING = (
    "Mediated in the model: talks were open at some time of the crisis. Formal in the model: an agreement "
    "in a mediator's talks, or one on terms between the two; a ceasefire that one proposes and the other "
    "accepts is semi-formal. A crisis lasts until an agreement or for a time drawn from ICB's. ICB's "
    "recurrence is another crisis between the main adversaries within five years of the end; the model's "
    "return to force is an act of the force rung or above in the same time: a crisis without force counts in "
    "ICB alone. Met: the model's share lies in ICB's 95% interval. Which counts were fitted to, and "
    "which are checks, is in docs/mediation_check.md."
)
COLUMNS = ("measure", "group", "source", "yes", "n", "share", "low", "high")


@dataclass(frozen=True)
class RateRow:
    """One share with its interval: of which measure, in which group, from which source."""

    measure: str
    """The panel of the figure that shows it."""
    group: str
    source: str
    yes: int
    n: int
    share: float
    """NaN where there is no crisis."""
    low: float
    high: float


@dataclass(frozen=True, repr=False)
class MediationCheck(Brief):
    """Shares of crises by mediation, in ICB and in simulated crises with the same mix."""

    weights: str
    """Name of the set of weights."""
    replications: int
    seed: int
    rates: Rates
    simulated: MediatedRuns
    icb: Icb | None
    """The files of ICB, where they were given."""

    def brief_text(self) -> Sequence[str]:
        """Return the account."""
        return self.lines()

    @property
    def rows(self) -> list[RateRow]:
        """All shares: by measure, then group, ICB first."""
        return list(_rows(self.rates, self.simulated))

    @property
    def about(self) -> str:
        """What was simulated, in a line."""
        return (
            f"{self.replications:,} synthetic crises, seed {self.seed}, weights {self.weights!r}, "
            "five years each; 95% intervals"
        )

    @property
    def caveat(self) -> str:
        """What the comparison does and does not show."""
        return f"{CAVEAT} {MEANING}"

    def frame(self) -> pd.DataFrame:
        """Return one row per share, the columns those of mediation_check.csv."""
        import pandas as pd

        return pd.DataFrame([vars(row) for row in self.rows], columns=list(COLUMNS))

    def lines(self) -> list[str]:
        """Return the comparison as text of at most 80 columns, with the caveats."""
        found = [TITLE, self.about]
        if self.icb is not None:
            found += ["", *published_lines(self.icb)]
        return [*found, *self.tables(), "", *textwrap.wrap(self.caveat, WIDTH)]

    def tables(self) -> list[str]:
        """Return the shares, and the contrasts of the same crises with and without mediation, as text."""
        return [*_table_lines(self.rows), "", _tally(self.rows), "", *_pair_lines(self.simulated)]

    def write(self, out: Path) -> list[Path]:
        """Write mediation_check.csv into a folder, one share per row; return its path."""
        path = out / "mediation_check.csv"
        with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for row in self.rows:
                limits = (f"{value:.6g}" for value in (row.share, row.low, row.high))
                writer.writerow([row.measure, row.group, row.source, row.yes, row.n, *limits])
        return [path]


def compare_mediation(
    weights: str | Path | WeightSet = "calibrated",
    *,
    data: str | Path | Icb | None = None,
    replications: int = 3_000,
    seed: int = 1,
) -> MediationCheck:
    """Simulate synthetic crises with the mix of ICB, and compare how mediated and other crises end.

    This is calibration, not causal proof; see docs/mediation_check.md.

    Parameters
    ----------
    weights
        A weights file, the name of a shipped one, or a loaded set.
    data
        Folder with icb1v15.csv and icb2v15.csv to count from, or what `load_icb` read there; by default the
        shipped counts.
    replications, seed
        Number of synthetic crises and their seed; each is simulated with and without its mediator.

    Raises
    ------
    ScenarioError
        If a file is missing or not valid.
    """
    check_whole("replications", replications, 1)
    check_whole("seed", seed, 0, 2**64)
    chosen = weights_of(weights)
    icb = data if data is None or isinstance(data, Icb) else load_icb(data)
    rates = load_rates() if icb is None else rates_of(icb)
    simulated = simulate_both_ways(Population(rates, chosen.weights, seed), replications)
    return MediationCheck(chosen.name, replications, seed, rates, simulated, icb)


def _rows(rates: Rates, simulated: MediatedRuns) -> Iterator[RateRow]:
    for level, name in enumerate(VIOLENCE):
        yield _row(TALKS, name, ICB, Share(rates.mediated[level], rates.coded[level]))
        yield _row(TALKS, name, MODEL, simulated.mediated_at(name))
    taken = sum(rates.mediations("both", (*STYLES, "style_unknown"))["crises"])
    yield _row(TALKS, NUCLEAR_RIVALS, ICB, Share(taken, sum(rates.mediations("both")["crises"])))
    yield _row(TALKS, NUCLEAR_RIVALS, MODEL, simulated.mediated_between("both"))
    for group in GROUPS:
        ends = rates.observed[group]
        yield _row(FORMAL, group, ICB, Share(ends.formal, ends.crises))
        yield _row(FORMAL, group, MODEL, simulated.formal(group))
    for group in GROUPS:
        ends = rates.observed[group]
        yield _row(AGREED, group, ICB, Share(ends.agreed, ends.crises))
        yield _row(AGREED, group, MODEL, simulated.agreed(group))
    for group in AGREEMENTS:
        counted, found = rates.agreements[group], simulated.agreements(group)
        yield _row(RATES, GROUP_OF_RATES[group], ICB, Share(sum(counted.agreed), sum(counted.days)))
        yield _row(RATES, GROUP_OF_RATES[group], MODEL, _sum(found))
    counted, found = rates.agreements["from_entry"], simulated.agreements("from_entry")
    for name, agreed, days, share in zip(_SPAN_NAMES, counted.agreed, counted.days, found, strict=True):
        yield _row(RATES, name, ICB, Share(agreed, days))
        yield _row(RATES, name, MODEL, share)
    for group in GROUPS:
        ends = rates.observed[group]
        yield _row(AFTERWARDS, group, ICB, Share(ends.quiet, ends.known))
        yield _row(AFTERWARDS, group, MODEL, simulated.no_return(group))
    for group, name in AFTER_AGREEMENT.items():
        fates = ("none", "offered") if group == "unmediated" else (*STYLES, "style_unknown")
        ended = rates.mediations(None, fates)
        yield _row(AFTERWARDS, name, ICB, Share(sum(ended["agreed_quiet"]), sum(ended["agreed_known"])))
        yield _row(AFTERWARDS, name, MODEL, simulated.no_return(group, agreed=True))


GROUP_OF_RATES = {"unmediated": "unmediated", "mediated": "mediated", "from_entry": "from entry"}
_SPAN_NAMES = (
    *(f"- day {first + 1} to {last}" for first, last in pairwise((0, *SPANS))),
    f"- after day {SPANS[-1]}",
)


def _sum(shares: Sequence[Share]) -> Share:
    return Share(sum(share.yes for share in shares), sum(share.n for share in shares))


def _row(measure: str, group: str, source: str, share: Share) -> RateRow:
    found = wilson(share.yes, share.n)
    limits = float(found.estimate), float(found.low), float(found.high)
    return RateRow(measure, group, source, share.yes, share.n, *limits)


def is_met(icb: RateRow, model: RateRow) -> bool:
    """Return whether the model's share lies in the interval of ICB's; that of no crisis does not."""
    return icb.low <= model.share <= icb.high


def _table_lines(rows: Sequence[RateRow]) -> Iterator[str]:
    """Yield one table per measure: groups by source, each cell ending with its number of crises or days."""
    for measure in dict.fromkeys(row.measure for row in rows):
        of_it = [row for row in rows if row.measure == measure]
        pairs = list(zip(of_it[::2], of_it[1::2], strict=True))
        body = [
            [icb.group, _cell(icb), _cell(model), "met" if is_met(icb, model) else "missed"]
            for icb, model in pairs
        ]
        yield from ["", measure, *aligned([["", ICB, MODEL, ""], *body])]


def _cell(row: RateRow) -> str:
    if not row.n:
        return "no such crisis"
    found = row.share, row.low, row.high
    if row.measure == RATES:
        share, low, high = (f"{1_000 * value:.1f}" for value in found)
    else:
        share, low, high = (f"{value:.2f}".removeprefix("0") for value in found)
    return f"{share} [{low}, {high}] {row.n:>6}"


def _tally(rows: Sequence[RateRow]) -> str:
    """Return how many counts are met."""
    pairs = list(zip(rows[::2], rows[1::2], strict=True))
    met = sum(is_met(icb, model) for icb, model in pairs)
    return f"Met: {met} of {len(pairs)} counts."


def _pair_lines(simulated: MediatedRuns) -> Iterator[str]:
    """Yield the paired contrasts with and without mediators, and how far mediation gets."""
    yield "With minus without mediator, common random numbers (what the rules imply):"
    measures = (
        ("formal", "formal agreement"),
        ("agreed", "any agreement"),
        ("no_return", "no return to force"),
    )
    for measure, words in measures:
        gained, lost, n = simulated.paired(measure)
        found = paired_shares(gained, lost, n)
        yield f"  {words}: {found.estimate:+.3f} [{found.low:+.3f}, {found.high:+.3f}], {n} pairs"
    steps = [f"{name} in {share.yes} of {share.n}" for name, share in simulated.steps().items()]
    yield from textwrap.wrap(f"Steps of mediation: {', '.join(steps)}.", WIDTH)


def published_lines(icb: Icb) -> Iterator[str]:
    """Yield the figures published for ICB next to those counted from its file, in full and up to 2017."""
    sets = {"all crises of the file": observed(icb), "triggered to 2017": observed(icb, 2017)}
    yield "Formal agreement and no recurrence: as published, and as counted from the file"
    for group, given in PUBLISHED.items():
        found = [f"{group}: published {given[0]:.2f}, {given[1]:.2f}"]
        for name, groups in sets.items():
            ends = groups[group]
            shares = ends.formal / ends.crises, ends.quiet / ends.known
            is_same = all(abs(one - other) <= SAME for one, other in zip(shares, given, strict=True))
            verdict = "same" if is_same else "different"
            found.append(f"{name} {shares[0]:.3f}, {shares[1]:.3f} (n {ends.crises}; {verdict})")
        yield "  " + "; ".join(found)
