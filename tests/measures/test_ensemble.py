from __future__ import annotations

import numpy as np
import pytest

from escalation.classroom.charts import records
from escalation.crisis.play import play
from escalation.engine.pack import pack
from escalation.measures.ensemble import (
    CRISES,
    differences,
    differences_table,
    ensemble_of,
    events_table,
    outcomes_table,
    peaks_table,
    play_part,
    postures_table,
    settlements_table,
)
from escalation.measures.measures import EVENTS
from escalation.stats.intervals import paired_shares
from escalation.vocabulary import OUTCOMES
from tests.classroom.crises import ENTRY, STYLE, ensemble, workspace

OUT = ((ENTRY, 44),)
PRESSED = ((STYLE, "manipulation"), ("mediators.russia.toward.india.leverage", 0.9))


def test_a_move_counts_at_least_two_thousand_crises() -> None:
    assert CRISES >= 2_000


def test_parts_make_the_same_whole() -> None:
    scenario = workspace().scenario
    params = pack(scenario)
    parts = [play_part(params, 1, first, 50) for first in range(0, 200, 50)]
    found, whole = ensemble_of(scenario, 1, parts), ensemble()
    for name in ("outcome", "settlement", "peak", "days_to_force", "days_to_ceasefire", "days_to_talks"):
        assert np.array_equal(found.columns[name], whole.columns[name]), name
    assert np.array_equal(found.postures, whole.postures)


def test_a_crisis_counted_is_the_crisis_played() -> None:
    found = ensemble()
    for replication in (0, 7, 31):
        run = play(workspace().scenario, 1, replication)
        assert OUTCOMES[found.columns["outcome"][replication]] == run.result.outcome
        assert found.columns["peak"][replication] == max(run.result.peak.values())


def test_tables_add_up() -> None:
    found = [("now", ensemble()), ("pinned A", ensemble(OUT))]
    for table in (outcomes_table(found), peaks_table(found)):
        for name, _ in found:
            rows = records(table, setting=name)
            assert sum(row["crises"] for row in rows) == 200
            assert all(row["low"] <= row["share"] <= row["high"] for row in rows)
    for event in EVENTS:
        rows = records(events_table(found, event), setting="now")
        assert [row["share_by_then"] for row in rows] == sorted(row["share_by_then"] for row in rows)
    for event in ("force", "ceasefire", "talks"):
        last = records(events_table(found, event), setting="now")[-1]
        assert last["share_by_then"] == pytest.approx(ensemble().answers[event].mean())
    bands = records(postures_table(found), setting="now", state="india")
    assert len(bands) == workspace().scenario.last_day + 1
    assert all(row["q05"] <= row["q25"] <= row["q50"] <= row["q75"] <= row["q95"] for row in bands)


def test_settlements_are_counted_by_channel() -> None:
    found = [("now", ensemble(PRESSED)), ("pinned A", ensemble())]
    for name, of in found:
        shares = {row["event"]: row["share"] for row in records(settlements_table(found), setting=name)}
        assert shares["talks"] == of.answers["talks"].mean()
        assert shares["ceasefire"] == of.answers["ceasefire"].mean()
        assert shares["mediated"] == of.answers["mediated"].mean()
        assert shares["ceasefire"] == pytest.approx(
            sum(shares[channel] for channel in ("direct", "hotline", "mediated"))
        )


def test_differences_are_paired() -> None:
    before, after = ensemble(), ensemble(OUT)
    found = {d.share: d for d in differences(before, after)}
    one, other = before.answers["talks"], after.answers["talks"]
    pairs = paired_shares(int((other & ~one).sum()), int((one & ~other).sum()), 200)
    d = found["talks"]
    assert (d.before, d.after) == (one.mean(), other.mean())
    assert (d.estimate, d.low, d.high) == (pairs.estimate, pairs.low, pairs.high)
    assert d.after < d.before
    rows = records(differences_table([("pinned A", before, after)]), share="talks")
    assert rows[0]["difference"] == d.estimate
