"""Puts what real runs show into the lessons: `python docs/teaching.py`; with `--check` it only compares.

A block stands between `<!-- runs: NAME -->` and `<!-- end -->`. Each row is what the page counts at a link:
2,000 crises of the shipped scenario under one setting, with seed 2025.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from generate import is_current, write

from escalation.analysis.intervals import wilson
from escalation.classroom.crisis import Crisis, Settings, Value
from escalation.classroom.outlook import CRISES, Outlook, differences, outlook_of, play_part
from escalation.classroom.session import SEED
from escalation.classroom.takeaway import query
from escalation.engine.game import PLAYED
from escalation.engine.pack import pack
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import DatedAct, Scenario

FOLDER = Path(__file__).parent / "teaching"
NAME = "pahalgam_2025"
BLOCK = re.compile(r"(<!-- runs: (\w+) -->\n).*?(<!-- end -->)", re.S)

WORDS = {
    "talks": "Mediated talks open",
    "mediated": "Settled through a mediator",
    "ceasefire": "Ceasefire or agreement",
    "force": "Force, rung 6 or more",
    "rung_7": "Rung 7 or more",
}

Rows = Sequence[tuple[str, dict[str, Value]]]

SETTINGS: dict[str, tuple[tuple[str, ...], Rows]] = {
    "mediator": (
        ("talks", "mediated", "ceasefire", "force"),
        (
            ("as in the scenario", {}),
            ("Russia never comes in", {"mediators.russia.enters_day": 44}),
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
        ),
    ),
    "audience": (
        ("talks", "ceasefire", "force", "rung_7"),
        (
            ("as in the scenario", {}),
            ("no audience binds either", {"states.india.audience": 0.0, "states.pakistan.audience": 0.0}),
            ("audiences bind both fully", {"states.india.audience": 1.0, "states.pakistan.audience": 1.0}),
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
        ),
    ),
}

STRATEGIES: dict[str, dict[int, str]] = {
    "Pakistan holds on every day": {},
    "Pakistan threatens force on the first three days, then holds": dict.fromkeys(range(3), "threaten_force"),
    "Pakistan shells on the first day, then holds": {0: "artillery_duel"},
    "Pakistan proposes a ceasefire on every fifth day, else holds": dict.fromkeys(
        range(0, 30, 5), "propose_ceasefire"
    ),
}
"""What Pakistan does on simulated days, counted from the first."""


def blocks() -> dict[str, str]:
    """Return the text of every block by name."""
    crisis = Crisis(load_scenario(NAME), NAME)
    found = {name: _table(name, list(_settings(crisis, name))) for name in SETTINGS}
    found["strategies"] = _table("brink", list(_strategies(crisis.scenario)))
    return found


def _settings(crisis: Crisis, name: str) -> Iterator[tuple[str, Outlook]]:
    for label, values in SETTINGS[name][1]:
        settings: Settings = tuple(sorted(values.items()))
        link = f"`/?{query(settings, SEED)}`"
        yield f"{label}<br>{link}", _outlook(crisis.at(settings))


def _strategies(scenario: Scenario) -> Iterator[tuple[str, Outlook]]:
    yield "the model plays both", _outlook(scenario)
    for label, acts in STRATEGIES.items():
        moves = tuple(_move(scenario, day, acts.get(day, "hold")) for day in range(scenario.free_days))
        yield label, _outlook(scenario.model_copy(update={"acts": (*scenario.acts, *moves)}))


def _move(scenario: Scenario, day: int, act: str) -> DatedAct:
    date = scenario.horizon + dt.timedelta(days=day + 1)
    return DatedAct.model_construct(
        date=date, seq=1, actor="pakistan", act=act, target="india", concerning=None, says=PLAYED
    )


def _outlook(scenario: Scenario) -> Outlook:
    return outlook_of(scenario, SEED, [play_part(pack(scenario), SEED, 0, CRISES)])


def _table(name: str, rows: Sequence[tuple[str, Outlook]]) -> str:
    shares = SETTINGS[name][0]
    lines = [["Setting", *(WORDS[share] for share in shares)], ["---"] * (len(shares) + 1)]
    base = rows[0][1]
    for label, outlook in rows:
        cells = [
            _base(outlook, share) if outlook is base else _other(base, outlook, share) for share in shares
        ]
        lines.append([label, *cells])
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _base(outlook: Outlook, share: str) -> str:
    found = wilson(int(outlook.answers[share].sum()), outlook.n)
    return f"{float(found.estimate):.1%} [{float(found.low):.1%}, {float(found.high):.1%}]"


def _other(base: Outlook, outlook: Outlook, share: str) -> str:
    (found,) = (one for one in differences(base, outlook) if one.share == share)
    points = f"{100 * found.estimate:+.1f}".replace("-", "−")
    return f"{found.after:.1%} ({points} ± {50 * (found.high - found.low):.1f})"


def pages() -> dict[Path, str]:
    """Return what every lesson should say."""
    found = blocks()
    texts = {page: page.read_text(encoding="utf-8") for page in sorted(FOLDER.glob("*.md"))}
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
