"""The progress of a sweep: what is drawn, what is printed, how wide."""

from __future__ import annotations

import io
import itertools

import numpy as np
import pytest

from escalation.experiment.progress import (
    COLUMNS,
    DiscoveryProgress,
    Progress,
    SearchLine,
    duration,
    figures_heard,
)

NONE = np.zeros(6, np.int64)


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def begun(is_terminal, most=1_000_000, is_limit=False):
    clock, stream = Clock(), io.StringIO()
    progress = Progress(stream, is_terminal, clock)
    progress.begin(most, is_limit, NONE)
    return progress, clock, stream


def test_what_is_shown():
    progress, clock, _ = begun(False)
    clock.now += 10
    progress.heard(np.array([0, 4_000, 33_000, 20_000, 30_000, 13_000]))
    assert progress.lines() == [
        "100,000 of 1,000,000 crises  10%  10,000 a second  2 min left",
        "nuclear 0.0  war 4.0  ended 33.0  going on 20.0  stand-off 30.0  calm 13.0 %",
    ]


@pytest.mark.parametrize("place", range(6))
def test_it_fits_80_columns(place):
    progress, clock, _ = begun(True, most=999_999_999_999, is_limit=True)
    clock.now += 1e9
    outcomes = np.full(6, 10**10)
    outcomes[place] = 10**11 * 4
    progress.heard(outcomes)
    assert max(map(len, progress.lines())) <= COLUMNS
    progress, clock, _ = begun(True)
    only = NONE.copy()
    only[place] = 5
    progress.heard(only)
    assert max(map(len, progress.lines())) <= COLUMNS
    assert "100.0" in progress.lines()[1]


def test_a_pipe_gets_a_plain_line_every_few_seconds():
    progress, clock, stream = begun(False)
    for _ in range(60):
        clock.now += 0.25
        progress.heard(np.array([0, 1, 1, 1, 1, 1]))
        progress.tick()
    progress.end()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 4
    assert "\x1b" not in stream.getvalue()
    assert all("crises" in line and "calm" in line for line in lines)


def test_a_terminal_is_drawn_over():
    progress, clock, stream = begun(True)
    for _ in range(8):
        clock.now += 0.3
        progress.heard(np.array([0, 1, 1, 1, 1, 1]))
        progress.tick()
    progress.end()
    assert stream.getvalue().count("\x1b[1A") == 9
    assert stream.getvalue().count("\n") == 10 + 1


def test_what_was_there_counts_as_done_and_not_as_speed():
    clock, stream = Clock(), io.StringIO()
    progress = Progress(stream, False, clock)
    progress.begin(1_000, False, np.array([0, 0, 500, 0, 0, 0]))
    clock.now += 10
    progress.heard(np.array([0, 0, 100, 0, 0, 0]))
    assert progress.lines()[0] == "600 of 1,000 crises  60%  10 a second  40 s left"


def test_crises_not_needed_shorten_the_total():
    progress, _, _ = begun(False, most=1_000, is_limit=True)
    progress.spared(600)
    progress.heard(np.array([0, 0, 100, 0, 0, 0]))
    assert progress.lines()[0] == "100 of at most 400 crises  25%"


def test_a_closed_stream_stops_nothing():
    progress, clock, stream = begun(True)
    stream.close()
    for _ in range(3):
        clock.now += 1
        progress.tick()
    progress.end()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (89, "89 s"), (90, "2 min"), (3_600, "60 min"), (7_200, "2 h"), (200_000, "2 days")],
)
def test_durations(seconds, words):
    assert duration(seconds) == words


def test_durations_never_shrink_as_time_grows():
    units = {"s": 1, "min": 60, "h": 3_600, "days": 86_400}
    words = [duration(seconds).split() for seconds in range(1, 400_000, 37)]
    values = [int(number) * units[unit] for number, unit in words]
    assert all(later >= earlier for earlier, later in itertools.pairwise(values))


def test_figures_are_counted_in_a_line_that_is_redrawn_or_in_a_few():
    clock = Clock()
    terminal, pipe = io.StringIO(), io.StringIO()
    on_terminal = figures_heard(terminal, True, clock)
    in_pipe = figures_heard(pipe, False, clock)
    for done in range(13):
        on_terminal(done, 12)
        in_pipe(done, 12)
        clock.now += 1
    assert terminal.getvalue().count("\r") == 13
    assert terminal.getvalue().endswith("12 of 12 figures drawn\n")
    lines = pipe.getvalue().splitlines()
    assert [line.split()[0] for line in lines] == ["0", "5", "10", "12"]
    in_pipe(0, 0)
    assert pipe.getvalue().splitlines() == lines


def test_a_discovery_says_how_far_it_is_and_at_most_how_long_it_takes():
    clock, terminal, pipe = Clock(), io.StringIO(), io.StringIO()
    on_terminal, in_pipe = SearchLine(terminal, True, clock), SearchLine(pipe, False, clock)
    for box in (1, 2):
        for done in range(1, 42):
            clock.now += 0.5
            for line in (on_terminal, in_pipe):
                line.heard(DiscoveryProgress(2, 5, box, 3, done, 441))
    last = terminal.getvalue().split("\x1b[2K")[-1]
    # 400 searches at two a second; of three boxes in each of five parts, 10 may follow after this one.
    assert last == "part 2 of 5, box 2: 41 of 441 searches, 3 min left; of all at most 40 min"
    assert (
        pipe.getvalue().splitlines()[0]
        == "part 2 of 5, box 1: 10 of 441 searches, 4 min left; of all at most 44 min"
    )
    assert len(pipe.getvalue().splitlines()) == 8
    assert max(map(len, pipe.getvalue().splitlines())) <= COLUMNS
    on_terminal.end()
    in_pipe.end()
    assert terminal.getvalue().endswith("min\r\x1b[2K")
    assert not pipe.getvalue().endswith("\n\n")
    only = io.StringIO()
    alone = SearchLine(only, True, clock)
    for done in (1, 2, 3):
        clock.now += 1
        alone.heard(DiscoveryProgress(1, 1, 1, 1, done, 41))
    assert only.getvalue().split("\x1b[2K")[-1] == "box 1: 3 of 41 searches, 38 s left"
