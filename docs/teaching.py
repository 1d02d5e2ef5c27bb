"""Writes results of real runs into the lessons: `python docs/teaching.py`; with `--check` it only compares.

A block lies between `<!-- runs: NAME -->` and `<!-- end -->`, in a lesson or a handout. Most rows are figures
of the page at a link: 2,000 crises of the shipped scenario under one setting, with seed 2025. Rows that are
cards of the page are read from the lesson of the scenario. Each row of `forks` is one crisis. A handout gets
its style sheet in the same way.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from generate import is_current, write
from numpy.typing import NDArray

from escalation.classroom.controls import Settings, Value, Workspace, controls_of, is_presence
from escalation.classroom.lesson import Lesson, load_lesson
from escalation.classroom.session import SEED, Session
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
STYLE = re.compile(r"(<style>\n).*?(</style>)", re.S)
"""The style sheet of a handout, which is in it, so that it is one file."""

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

Lines = list[list[str]]
"""A table as lines of cells, the headings first."""

OWN = "as in the scenario"
OUT = {"mediators.russia": "stays_out"}
INDIA_WILLING = {"states.india.third_party_aversion": 0.0}
NEVER_AGAIN = {"mediators.russia.enters_day": 44}

BRINK: Rows = (
    (OWN, {}),
    ("both risk-averse", {"states.india.risk_aversion": 1.0, "states.pakistan.risk_aversion": 1.0}),
    ("neither risk-averse", {"states.india.risk_aversion": 0.0, "states.pakistan.risk_aversion": 0.0}),
    ("both resolute", {"states.india.resolve": 1.0, "states.pakistan.resolve": 1.0}),
    (
        "nuclear signals are believed",
        {"states.india.signal_credibility": 1.0, "states.pakistan.signal_credibility": 1.0},
    ),
    ("hostile acts are as rare as is still plausible", {"weights.alarm": -3.9}),
)

HINGES: Rows = (
    (OWN, {}),
    ("talks restrain nobody", {"weights.talks_lull": 0.0, "weights.information_restraint": 0.0}),
    ("rivals hardly consent", {"weights.consent": -2.0}),
    ("rivals consent readily", {"weights.consent": 2.0}),
    ("talks lapse soon", {"weights.talks_lapse": 0.1}),
    ("India does not trust Russia", {"mediators.russia.toward.india.trust": 0.0}),
    ("less is at stake", {"rivalries.0.stakes": 0.3}),
)
"""Assumptions under which Russia takes part, and stays out."""


def rows_of(lesson: Lesson) -> dict[str, tuple[tuple[str, ...], Rows]]:
    """Return the shares and the settings of each table of settings; a lesson's cards have its labels."""

    def cards(*names: str) -> Rows:
        return [(f"“{lesson.presets[name].label}”", dict(lesson.presets[name].set)) for name in names]

    pressing, loud = dict(lesson.presets["pressing"].set), dict(lesson.presets["loud_capitals"].set)
    mediation = (
        (OWN, {}),
        *cards("stays_out", "early_offer", "late_offer"),
        ("no further acts by Russia", NEVER_AGAIN),
        ("Russia persists", {"mediators.russia.persistence": 1.0}),
        *cards("pressing"),
        ("India is not averse to third parties", INDIA_WILLING),
        ("“Pressure with leverage”, and India is not averse to third parties", pressing | INDIA_WILLING),
    )
    audiences = (
        (OWN, {}),
        *cards("quiet_capitals", "loud_capitals"),
        ("“Both capitals loud”, and backing down costs more", loud | {"weights.audience_cost": 4.0}),
    )
    return {
        "mediator": (("talks", "mediated", "ceasefire", "force"), mediation),
        "audience": (("talks", "ceasefire", "force", "rung_7"), audiences),
        "brink": (("ceasefire", "force", "rung_7"), BRINK),
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
    than: str = OWN
    within: float = 0.03
    """Of a sign of 0: the largest difference that counts as about the same."""


_WILLING = "India is not averse to third parties"
_OUT, _NO_MORE = "“Russia stays out”", "no further acts by Russia"
_EARLY, _LATE = "“An early offer”", "“A late offer”"
_PERSISTS, _PRESSES = "Russia persists", "“Pressure with leverage”"
_BOTH = "“Pressure with leverage”, and India is not averse to third parties"
_IDLE = "talks restrain nobody"
_UNBOUND, _BOUND = "“Both capitals quiet”", "“Both capitals loud”"
_DEARER = "“Both capitals loud”, and backing down costs more"
_MODEL, _HOLDS = "the model plays both", "Pakistan holds on every day"
_THREATENS = "Pakistan threatens force on the first three days, then holds"
_SHELLS = "Pakistan shells on the first day, then holds"
_PROPOSES = "Pakistan proposes a ceasefire on every fifth day, otherwise holds"

CLAIMS = (
    Claim("no mediated talks open", "mediator", "talks", -1, _OUT),
    Claim("force is more frequent", "mediator", "force", 1, _OUT),
    Claim("*no further acts by Russia* takes away less", "mediator", "talks", 1, _NO_MORE, _OUT),
    Claim("*no further acts by Russia* takes away less", "mediator", "force", -1, _NO_MORE, _OUT),
    Claim("the later it may offer, the more crises see force", "mediator", "force", 1, _EARLY),
    Claim("the later it may offer, the more crises see force", "mediator", "force", 1, _LATE, _EARLY),
    Claim("even a late offer lowers it", "mediator", "force", -1, _LATE, _OUT),
    Claim("persistence lowers force", "mediator", "force", -1, _PERSISTS),
    Claim("and hardly adds settlements", "mediator", "mediated", 0, _PERSISTS),
    Claim(
        "lowering the aversion of the less willing side opens more talks", "mediator", "talks", 1, _WILLING
    ),
    Claim("it is accepted about as often", "mediator", "talks", 0, _PRESSES),
    Claim("and settles far more", "mediator", "mediated", 1, _PRESSES),
    Claim("the two effects combine", "mediator", "ceasefire", 1, _BOTH, _PRESSES),
    Claim("the two effects combine", "mediator", "ceasefire", 1, _BOTH, _WILLING),
    *(
        Claim("of those in the table, under none", "hinges", "force", -1, label, f"{label}, without Russia")
        for label, _ in HINGES
    ),
    Claim("most of the effect is gone", "hinges", "force", 1, _IDLE),
    Claim(
        "force is nearly as frequent with Russia as without it",
        "hinges",
        "force",
        0,
        _IDLE,
        f"{_IDLE}, without Russia",
        0.08,
    ),
    Claim("it matters if rivals consent", "hinges", "force", 1, "rivals hardly consent"),
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
    Claim("faces less force than whoever only holds", "strategies", "india", -1, _PROPOSES, _HOLDS),
    Claim("Threats hardly change how often force is", "strategies", "india", 0, _THREATENS, _HOLDS),
    Claim("used here, and shelling does", "strategies", "india", 1, _SHELLS, _THREATENS),
    Claim("compare its column with the row above", "answered", "india", 1, _SHELLS, _HOLDS),
)
"""Where one no longer holds, the lesson is to be rewritten."""


def blocks() -> dict[str, Lines]:
    """Return every block by name; raises ValueError where what the lessons say does not hold."""
    scenario = load_scenario(NAME)
    workspace = Workspace(scenario, NAME)
    lesson = load_lesson(NAME, workspace)
    crises = Crises(workspace)
    tables = {
        name: (shares, list(_settings(crises, rows))) for name, (shares, rows) in rows_of(lesson).items()
    }
    shares = ("ceasefire", "force", "india", "rung_7")
    tables["strategies"] = (shares, list(_strategies(crises, (), tuple(STRATEGIES))))
    without = [(f"{label}, without Russia", values | OUT) for label, values in HINGES]
    tables["hinges"] = (("force",), list(_settings(crises, [*HINGES, *without])))
    tables["answered"] = (shares, list(_strategies(crises, tuple(ANSWERED.items()), AGAIN)))
    wrong = [each.says for each in CLAIMS if not _holds(each, dict(tables[each.table][1]))]
    if wrong:
        raise ValueError("what these lines of the lessons say does not hold any more: " + "; ".join(wrong))
    return {name: _table(*table) for name, table in tables.items()} | {
        "hinges": _hinges(crises),
        "challenges": _challenges(crises, lesson),
        "forks": _forks(scenario),
        "ladder": _ladder(scenario),
    }


class Crises:
    """The crises of each setting, simulated once."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._found: dict[Settings, Counted] = {}

    def at(self, values: Mapping[str, Value]) -> Counted:
        """Return what is counted under a setting."""
        settings: Settings = tuple(sorted(values.items()))
        if settings not in self._found:
            self._found[settings] = _counted(self.workspace.at(settings))
        return self._found[settings]

    def link(self, values: Mapping[str, Value]) -> str:
        """Return the link to a setting, with its seed."""
        address = Session(self.workspace, settings=tuple(sorted(values.items()))).address()
        return f"`/?{'&'.join(filter(None, (f'seed={SEED}', address)))}`"


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


def _settings(crises: Crises, rows: Rows) -> Iterator[tuple[str, Counted]]:
    for label, values in rows:
        yield f"{label}<br>{crises.link(values)}", crises.at(values)


def _hinges(crises: Crises) -> Lines:
    """Return what Russia's taking part does to force under other assumptions."""
    lines = [["Assumption", "Russia takes part", "Russia stays out", "Difference, points"], ["---"] * 4]
    for label, values in HINGES:
        out, within = crises.at({**values, **OUT})["force"], crises.at(values)["force"]
        lines.append(
            [
                f"{label}<br>{crises.link(values)}",
                f"{within.mean():.1%}",
                f"{out.mean():.1%}",
                _difference(out, within),
            ]
        )
    return lines


def _challenges(crises: Crises, lesson: Lesson) -> Lines:
    """Return choices of the mediator that meet each challenge, and by how much; ValueError if none do."""
    lines = [["Challenge", "Choices that meet it", "Share of crises", "Limit"], ["---"] * 4]
    for challenge in lesson.challenges.values():
        met = []
        for values in _choices(crises.workspace, challenge.most_changes or 2):
            yes = crises.at(values)[challenge.share]
            found = wilson(int(yes.sum()), len(yes))
            is_met = challenge.at_most is None or float(found.high) <= challenge.at_most
            is_met &= challenge.at_least is None or float(found.low) >= challenge.at_least
            if is_met:
                met.append((len(values), values, yes))
        if not met:
            raise ValueError(f"no choice of the mediator meets the challenge “{challenge.label}”")
        limits = [("at most", challenge.at_most), ("at least", challenge.at_least)]
        limit = ", ".join(f"{words} {share:.0%}" for words, share in limits if share is not None)
        for _, values, yes in sorted(met, key=lambda each: each[0]):
            lines.append([f"“{challenge.label}”", crises.link(values), _base(yes), limit])
    return lines


def _ladder(scenario: Scenario) -> Lines:
    rungs = sorted(scenario.ladder.rungs.items(), reverse=True)
    rows = [[f"{number} {rung.label}", rung.description] for number, rung in rungs]
    return [["Rung", "What it means"], ["---"] * 2, *rows]


def _choices(workspace: Workspace, most: int) -> Iterator[dict[str, Value]]:
    """Yield combinations of a mediator's other choices: options, or the ends of a range.

    Its day of entry is left out: a day before the first simulated one has no effect, and a later one takes
    away only.
    """
    ways = [
        [(control.path, value) for value in control.options or (control.low, control.high)]
        for control in controls_of(workspace)
        if control.kind == "policy" and control.never is None and not is_presence(control.path)
    ]
    own = {control.path: control.value for control in controls_of(workspace)}
    for chosen in product(*ways):
        values = {path: value for path, value in chosen if value != own[path]}
        if len(values) <= most:
            yield values


def _strategies(crises: Crises, given: Settings, labels: Sequence[str]) -> Iterator[tuple[str, Counted]]:
    yield "the model plays both", crises.at(dict(given))
    scenario = crises.workspace.at(given)
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


def _table(shares: Sequence[str], rows: Sequence[tuple[str, Counted]]) -> Lines:
    lines = [["Setting", *(WORDS[share] for share in shares)], ["---"] * (len(shares) + 1)]
    base = rows[0][1]
    for label, row in rows:
        cells = [_base(row[share]) if row is base else _other(base[share], row[share]) for share in shares]
        lines.append([label, *cells])
    return lines


def _markdown(lines: Lines) -> str:
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _html(lines: Lines) -> str:
    """Return a table for paper: without links."""
    heads, _, *rows = lines
    text = "<tr>" + "".join(f'<th scope="col">{escape(head)}</th>' for head in heads) + "</tr>\n"
    for row in rows:
        label, *cells = (re.sub(r"\*\*(.*?)\*\*", r"<b>\1</b>", escape(cell)) for cell in row)
        label = label.split("&lt;br&gt;")[0]
        text += (
            f'<tr><th scope="row">{label}</th>' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n"
        )
    return f"<table>\n{text}</table>\n"


def _base(yes: NDArray[np.bool_]) -> str:
    found = wilson(int(yes.sum()), len(yes))
    return f"{float(found.estimate):.1%} [{float(found.low):.1%}, {float(found.high):.1%}]"


def _other(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> str:
    return f"{after.mean():.1%} ({_difference(before, after)})"


def _difference(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> str:
    """Return a paired difference in points, in bold where its 95% interval excludes zero."""
    found = paired_shares(int((after & ~before).sum()), int((before & ~after).sum()), len(before))
    points = f"{100 * float(found.estimate):+.1f}".replace("-", "−")
    words = f"{points} ± {50 * float(found.high - found.low):.1f}"
    return f"**{words}**" if float(found.low) > 0 or float(found.high) < 0 else words


def _forks(scenario: Scenario) -> Lines:
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
    return [*lines, *found, *quiet]


def _ended(result: Result) -> str:
    rungs = ", ".join(f"{name.capitalize()} up to rung {rung}" for name, rung in result.peak.items())
    return f"{OUTCOME_WORDS[result.outcome]}; {rungs}"


def pages() -> dict[Path, str]:
    """Return the text of every lesson and handout with its blocks."""
    found = blocks()
    texts = {
        page: page.read_text(encoding="utf-8") for page in sorted(FOLDER.glob("*.*")) if page.suffix in WRITES
    }
    whole = " ".join(" ".join(texts.values()).split()).lower()
    gone = [each.says for each in CLAIMS if each.says.lower() not in whole]
    if gone:
        raise ValueError("no lesson says this any more; leave it out of CLAIMS: " + "; ".join(gone))

    style = (FOLDER / "handout.css").read_text(encoding="utf-8")

    def filled(page: Path) -> str:
        as_text = WRITES[page.suffix]
        text = BLOCK.sub(lambda match: f"{match[1]}{as_text(found[match[2]])}{match[3]}", texts[page])
        return STYLE.sub(lambda match: f"{match[1]}{style}{match[2]}", text)

    return {page: filled(page) for page in texts}


WRITES: dict[str, Callable[[Lines], str]] = {".md": _markdown, ".html": _html}


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
