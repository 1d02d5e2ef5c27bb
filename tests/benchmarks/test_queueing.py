from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.queueing import DRIVER, INTERPRETER, NETWORK, SCHEDULER, THREADS, Costs, Site, sweep

FREE = Costs(
    crisis=1e-4, crisis_held=0.0, chunk_held=0.0, chunk_written=0.0, byte_written=0.0, chunk_bytes=0.0,
    crisis_bytes=0.0,
)  # fmt: skip


def test_threads_share_the_work_if_nothing_else_takes_time() -> None:
    spent = sweep(FREE, Site(1, 4), crises=40_000, size=1_000)
    assert spent.seconds == pytest.approx(1.0)
    assert spent.speed_up == pytest.approx(4.0)
    assert spent.busy[THREADS] == pytest.approx(1.0)


def test_a_single_thread_keeps_nobody_waiting() -> None:
    costs = replace(FREE, crisis_held=1e-4, chunk_held=0.1)
    assert sweep(costs, Site(1, 1), 4_000, 1_000).seconds == pytest.approx(0.8 + 4 * 0.1)


def test_few_chunks_leave_threads_without_work() -> None:
    assert sweep(FREE, Site(1, 64), 64_000, 16_000).speed_up == pytest.approx(4.0)


def test_the_interpreter_limits_the_threads_of_a_machine_and_not_those_of_others() -> None:
    costs = replace(FREE, crisis_held=2.5e-5)  # a fifth of the time
    many = {"crises": 2_000_000, "size": 1_000}
    one = sweep(costs, Site(1, 64), **many)
    assert one.speed_up == pytest.approx(5.0, rel=0.02)
    assert one.limit() == INTERPRETER
    assert sweep(costs, Site(16, 4), **many).speed_up > 50


def test_the_driver_limits_small_chunks() -> None:
    costs = replace(FREE, chunk_written=0.01)
    spent = sweep(costs, Site(1, 64), 640_000, 500)
    assert spent.limit() == DRIVER
    assert spent.seconds == pytest.approx(1_280 * 0.01, rel=0.02)


def test_threads_wait_while_chunks_that_end_together_are_kept() -> None:
    costs = replace(FREE, chunk_written=0.01)
    spent = sweep(costs, Site(1, 64), crises=64 * 16_000 * 4, size=16_000)
    assert 1.6 * 4 + 0.64 < spent.seconds < 4 * (1.6 + 0.64)


def test_results_pass_the_scheduler_and_the_network() -> None:
    costs = replace(FREE, chunk_bytes=1e6, byte_sent=1e-6, task_scheduled=1e-3)
    spent = sweep(costs, Site(4, 4, slots_a_thread=2, more_slots=0), 50_000, 1_000)
    assert spent.limit() in (NETWORK, DRIVER)  # the driver waits for what it is sent
    assert spent.seconds > 50 * 1.0
    assert spent.busy[SCHEDULER] == pytest.approx(50 * 1e-3 / spent.seconds)


def test_the_last_chunk_may_be_smaller() -> None:
    assert sweep(FREE, Site(1, 1), 1_500, 1_000).seconds == pytest.approx(0.15)
