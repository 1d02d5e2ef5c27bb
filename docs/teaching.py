"""Writes results of real runs into the lessons: `python docs/teaching.py`; with `--check` it only compares.

A block lies between `<!-- runs: NAME -->` and `<!-- end -->`. Most rows are figures of the page at a link:
2,000 crises of the shipped scenario under one setting, with seed 2025. Each row of `forks` is one crisis.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from generate import is_current, write
from numpy.typing import NDArray

from escalation.classroom.controls import Settings, Value, Workspace
from escalation.classroom.exports import query
from escalation.classroom.session import SEED
from escalation.crisis.play import Result, play, play_forked, stays_out
from escalation.crisis.wording import PLAYED
from escalation.engine.pack import pack
from escalation.measures.ensemble import CRISES, ensemble_of, play_part
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import DatedAct, Scenario
from escalation.stats.intervals import paired_shares, wilson
from escalation.vocabulary import OUTCOME_WORDS

FOLDER = Path(__file__).parent / "teaching"
NAME = "pahalgam_2025"
BLOCK = re.compile(r"(<!-- runs: (\w+) -->\n).*?(<!-- end -->)", re.S)

WORDS = {
    "talks": "Mediated talks open",
    "mediated": "Settled through a mediator",
    "ceasefire": "Ceasefire or agreement",
    "force": "Force, rung 6 or more",
    "rung_7": "Rung 7 or more",
    "india": "Force by India",
}

Rows = Sequence[tuple[str, dict[str, Value]]]
Counted = Mapping[str, NDArray[np.bool_]]
"""Whether each crisis of a row counts towards a share, by name of the share."""

SETTINGS: dict[str, tuple[tuple[str, ...], Rows]] = {
    "mediator": (
        ("talks", "mediated", "ceasefire", "force"),
        (
            ("as in the scenario", {}),
            ("Russia stays out, its recorded acts included", {"mediators.russia": "stays_out"}),
            ("no further acts by Russia", {"mediators.russia.enters_day": 44}),
            ("India is not averse to third parties", {"states.india.third_party_aversion": 0.0}),
            ("Russia persists", {"mediators.russia.persistence": 1.0}),
            (
                "Russia presses both, with much leverage",
                {
                    "mediators.russia.style": "manipulation",
                    "mediators.russia.toward.india.leverage": 0.9,
                    "mediators.russia.toward.pakistan.leverage": 0.9,
                },
            ),
            (
                "Russia presses both in this way, and India is not averse to third parties",
                {
                    "mediators.russia.style": "manipulation",
                    "mediators.russia.toward.india.leverage": 0.9,
                    "mediators.russia.toward.pakistan.leverage": 0.9,
                    "states.india.third_party_aversion": 0.0,
                },
            ),
        ),
    ),
    "audience": (
        ("talks", "ceasefire", "force", "rung_7"),
        (
            ("as in the scenario", {}),
            ("no audience binds either", {"states.india.audience": 0.0, "states.pakistan.audience": 0.0}),
            ("audiences bind both fully", {"states.india.audience": 1.0, "states.pakistan.audience": 1.0}),
            (
                "audiences bind both fully, and backing down costs more",
                {"states.india.audience": 1.0, "states.pakistan.audience": 1.0, "weights.audience_cost": 4.0},
            ),
        ),
    ),
    "brink": (
        ("ceasefire", "force", "rung_7"),
        (
            ("as in the scenario", {}),
            ("both risk-averse", {"states.india.risk_aversion": 1.0, "states.pakistan.risk_aversion": 1.0}),
            (
                "neither risk-averse",
                {"states.india.risk_aversion": 0.0, "states.pakistan.risk_aversion": 0.0},
            ),
            ("both resolute", {"states.india.resolve": 1.0, "states.pakistan.resolve": 1.0}),
            (
                "nuclear signals are believed",
                {"states.india.signal_credibility": 1.0, "states.pakistan.signal_credibility": 1.0},
            ),
            ("hostile acts are as rare as is still plausible", {"weights.alarm": -3.9}),
        ),
    ),
}

STRATEGIES: dict[str, dict[int, str]] = {
    "Pakistan holds on every day": {},
    "Pakistan threatens force on the first three days, then holds": dict.fromkeys(range(3), "threaten_force"),
    "Pakistan shells on the first day, then holds": {0: "artillery_duel"},
    "Pakistan proposes a ceasefire on every fifth day, otherwise holds": dict.fromkeys(
        range(0, 30, 5), "propose_ceasefire"
    ),
}
"""Acts of Pakistan by simulated day, counted from the first."""

ANSWERED: dict[str, Value] = {
    "weights.grievance": 3.4, "weights.clash": 4.0, "weights.reply_strike": 0.4,
}  # fmt: skip
"""Retaliation at the upper ends of the plausible ranges."""

AGAIN = ("Pakistan holds on every day", "Pakistan shells on the first day, then holds")
"""The strategies that are also played with these."""

FORKS = 3
"""How many crises of the seed are watched that end otherwise without Russia; one without talks follows."""

FORKED = dt.date(2025, 5, 7)


@dataclass(frozen=True)
class Claim:
    """What a lesson says of a table: a share is higher (1), lower (-1) or about the same (0) in one row."""

    says: str
    """Words of the lesson."""
    table: str
    share: str
    sign: int
    row: str
    than: str = "as in the scenario"
    within: float = 0.03
    """Of a sign of 0: the largest difference that counts as about the same."""


_WILLING = "India is not averse to third parties"
_OUT, _NO_MORE = "Russia stays out, its recorded acts included", "no further acts by Russia"
_PRESSES = "Russia presses both, with much leverage"
_BOTH = "Russia presses both in this way, and India is not averse to third parties"
_UNBOUND, _BOUND = "no audience binds either", "audiences bind both fully"
_DEARER = "audiences bind both fully, and backing down costs more"
_MODEL, _HOLDS = "the model plays both", "Pakistan holds on every day"
_THREATENS = "Pakistan threatens force on the first three days, then holds"
_SHELLS = "Pakistan shells on the first day, then holds"
_PROPOSES = "Pakistan proposes a ceasefire on every fifth day, otherwise holds"

CLAIMS = (
    Claim("without it no mediated talks open", "mediator", "talks", -1, _OUT),
    Claim("and force is more frequent", "mediator", "force", 1, _OUT),
    Claim("so *no further acts* takes away less", "mediator", "talks", 1, _NO_MORE, _OUT),
    Claim(
        "lowering the aversion of the less willing side opens more talks", "mediator", "talks", 1, _WILLING
    ),
    Claim("it is accepted about as often", "mediator", "talks", 0, _PRESSES),
    Claim("and settles far more", "mediator", "mediated", 1, _PRESSES),
    Claim("the two effects combine", "mediator", "ceasefire", 1, _BOTH, _PRESSES),
    Claim("the two effects combine", "mediator", "ceasefire", 1, _BOTH, _WILLING),
    Claim("audiences that bind make force more frequent here", "audience", "force", 1, _BOUND),
    Claim("The first is visible in every row", "audience", "force", -1, _UNBOUND),
    Claim("hardly affect talks", "audience", "talks", 0, _BOUND),
    Claim("in the last row (fewer ceasefires)", "audience", "ceasefire", -1, _DEARER),
    Claim(
        "the second and the third row move in opposite directions", "brink", "force", -1, "both risk-averse"
    ),
    Claim(
        "the second and the third row move in opposite directions", "brink", "force", 1, "neither risk-averse"
    ),
    Claim(
        "resolve changes the use of force more", "brink", "force", 1, "both resolute", "neither risk-averse"
    ),
    Claim("credible nuclear signals deter", "brink", "force", -1, "nuclear signals are believed"),
    Claim("a side that always holds faces force", "strategies", "india", -1, _HOLDS, _MODEL),
    Claim("keeps proposing reaches a ceasefire in most", "strategies", "ceasefire", 1, _PROPOSES, _MODEL),
    Claim("and faces less force", "strategies", "india", -1, _PROPOSES, _MODEL),
    Claim("Threats hardly change how often force is", "strategies", "india", 0, _THREATENS, _HOLDS),
    Claim("used here, and shelling does", "strategies", "india", 1, _SHELLS, _THREATENS),
    Claim("compare its column with the row above", "answered", "india", 1, _SHELLS, _HOLDS),
)
"""Where one no longer holds, the lesson is to be rewritten."""


def blocks() -> dict[str, str]:
    """Return the text of every block by name; raises ValueError where what the lessons say does not hold."""
    workspace = Workspace(load_scenario(NAME), NAME)
    shares = ("ceasefire", "force", "india", "rung_7")
    tables = {name: (shares, list(_settings(workspace, rows))) for name, (shares, rows) in SETTINGS.items()}
    tables["strategies"] = (shares, list(_strategies(workspace.scenario, tuple(STRATEGIES))))
    tables["answered"] = (shares, list(_strategies(workspace.at(tuple(ANSWERED.items())), AGAIN)))
    wrong = [each.says for each in CLAIMS if not _holds(each, dict(tables[each.table][1]))]
    if wrong:
        raise ValueError("what these lines of the lessons say does not hold any more: " + "; ".join(wrong))
    return {name: _table(*table) for name, table in tables.items()} | {"forks": _forks(workspace.scenario)}


def _holds(claim: Claim, rows: Mapping[str, Counted]) -> bool:
    """Return whether the 95% interval of a difference lies where a claim puts it."""
    more, less = (
        next(row for label, row in rows.items() if label.split("<br>")[0] == name)[claim.share]
        for name in (claim.row, claim.than)
    )
    found = paired_shares(int((more & ~less).sum()), int((less & ~more).sum()), len(more))
    if claim.sign == 0:
        return max(-float(found.low), float(found.high)) < claim.within
    return float(found.low) > 0 if claim.sign > 0 else float(found.high) < 0


def _settings(workspace: Workspace, rows: Rows) -> Iterator[tuple[str, Counted]]:
    for label, values in rows:
        settings: Settings = tuple(sorted(values.items()))
        link = f"`/?{query(settings, SEED)}`"
        yield f"{label}<br>{link}", _counted(workspace.at(settings))


def _strategies(scenario: Scenario, labels: Sequence[str]) -> Iterator[tuple[str, Counted]]:
    yield "the model plays both", _counted(scenario)
    for label in labels:
        acts = STRATEGIES[label]
        moves = tuple(_move(scenario, day, acts.get(day, "hold")) for day in range(scenario.free_days))
        yield label, _counted(scenario.model_copy(update={"acts": (*scenario.acts, *moves)}))


def _move(scenario: Scenario, day: int, act: str) -> DatedAct:
    date = scenario.horizon + dt.timedelta(days=day + 1)
    return DatedAct.model_construct(
        date=date, seq=1, actor="pakistan", act=act, target="india", concerning=None, says=PLAYED
    )


def _counted(scenario: Scenario) -> Counted:
    runs = play_part(pack(scenario), SEED, 0, CRISES)
    by_india = runs.peak[:, list(scenario.states).index("india")] >= scenario.outcome.force_rung
    return {**ensemble_of(scenario, SEED, [runs]).answers, "india": by_india}


def _table(shares: Sequence[str], rows: Sequence[tuple[str, Counted]]) -> str:
    lines = [["Setting", *(WORDS[share] for share in shares)], ["---"] * (len(shares) + 1)]
    base = rows[0][1]
    for label, row in rows:
        cells = [_base(row[share]) if row is base else _other(base[share], row[share]) for share in shares]
        lines.append([label, *cells])
    return _joined(lines)


def _joined(lines: Sequence[Sequence[str]]) -> str:
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _base(yes: NDArray[np.bool_]) -> str:
    found = wilson(int(yes.sum()), len(yes))
    return f"{float(found.estimate):.1%} [{float(found.low):.1%}, {float(found.high):.1%}]"


def _other(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> str:
    found = paired_shares(int((after & ~before).sum()), int((before & ~after).sum()), len(before))
    points = f"{100 * float(found.estimate):+.1f}".replace("-", "−")
    return f"{after.mean():.1%} ({points} ± {50 * float(found.high - found.low):.1f})"


def _forks(scenario: Scenario) -> str:
    """Return the first crises with talks that end otherwise without Russia, and the first without talks."""
    day = (FORKED - scenario.start).days
    lines = [["Crisis", "Mediated talks", "Original course", "Without Russia from 7 May on"], ["---"] * 4]
    found: list[list[str]] = []
    quiet: list[list[str]] = []
    opens = play_part(pack(scenario), SEED, 0, CRISES).opened[:, 0] >= 0
    for replication in range(CRISES):
        if found[FORKS - 1 :] if opens[replication] else quiet:
            continue
        run = play(scenario, SEED, replication)
        forked = play_forked(scenario, stays_out(scenario, "russia"), day, SEED, replication, "russia")
        (settlement,) = run.result.settlements
        link = f"`/?seed={SEED}&replication={replication}`"
        ends = [_ended(run.result), _ended(forked.result)]
        opened = settlement.talks_opened
        if opened is None and ends[0] == ends[1]:
            quiet.append([link, "none", *ends])
        elif opened is not None and run.result.outcome != forked.result.outcome:
            found.append([link, f"open on {opened:%-d %B}", *ends])
        if len(found) == FORKS and quiet:
            break
    return _joined([*lines, *found, *quiet])


def _ended(result: Result) -> str:
    rungs = ", ".join(f"{name.capitalize()} up to rung {rung}" for name, rung in result.peak.items())
    return f"{OUTCOME_WORDS[result.outcome]}; {rungs}"


def pages() -> dict[Path, str]:
    """Return the text of every lesson with its blocks."""
    found = blocks()
    texts = {page: page.read_text(encoding="utf-8") for page in sorted(FOLDER.glob("*.md"))}
    whole = " ".join(" ".join(texts.values()).split()).lower()
    gone = [each.says for each in CLAIMS if each.says.lower() not in whole]
    if gone:
        raise ValueError("no lesson says this any more; leave it out of CLAIMS: " + "; ".join(gone))
    return {
        page: BLOCK.sub(lambda match: f"{match[1]}{found[match[2]]}{match[3]}", text)
        for page, text in texts.items()
    }


def main() -> int:
    """Write or check the blocks; return the exit code."""
    parser = argparse.ArgumentParser(description="Put what real runs show into the lessons.")
    parser.add_argument("--check", action="store_true", help="only compare; exit code 1 if a page is stale")
    options = parser.parse_args()
    stale = {page: text for page, text in pages().items() if not is_current(page, text)}
    for page, text in stale.items():
        if options.check:
            print(f"docs/teaching/{page.name} is stale: run `python docs/teaching.py`", file=sys.stderr)
        else:
            write(page, text)
            print(f"wrote docs/teaching/{page.name}")
    return 1 if stale and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
