"""The cut into chunks: every crisis once, the same for everybody."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from escalation.experiment.plan import CRISES_A_CHUNK, Chunk, Plan, Shard, plan_of

plans = st.builds(plan_of, st.integers(1, 300), st.integers(1, 3_000))
stopping = st.builds(plan_of, st.integers(1, 200), st.integers(1, 500), st.integers(1, 2_000))


def crises(chunks: list[Chunk]) -> Counter[tuple[int, int]]:
    return Counter(
        (task.cell, number)
        for chunk in chunks
        for task in chunk.tasks
        for number in range(task.first, task.first + task.count)
    )


def followed(plan: Plan, shard: Shard, precise: set[int]) -> list[Chunk]:
    found = []
    for first in plan.ready(shard):
        chunk: Chunk | None = first
        while chunk is not None:
            found.append(chunk)
            chunk = plan.after(chunk, precise)
    return found


@given(plans)
def test_every_crisis_once(plan):
    counted = crises(list(plan.ready()))
    assert set(counted.values()) == {1}
    assert len(counted) == plan.crises() == plan.cells * plan.replications


@given(plans, st.integers(1, 7))
def test_shards_make_up_the_whole(plan, of):
    shares = [list(plan.ready(Shard(index, of))) for index in range(1, of + 1)]
    assert sorted((c for share in shares for c in share), key=lambda c: c.name) == sorted(
        plan.ready(), key=lambda c: c.name
    )
    assert [sum(chunk.crises for chunk in share) for share in shares] == [
        plan.crises(Shard(index, of)) for index in range(1, of + 1)
    ]
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@given(stopping, st.integers(1, 4))
def test_without_a_precise_cell_each_gets_the_maximum(plan, of):
    chunks = [c for index in range(1, of + 1) for c in followed(plan, Shard(index, of), set())]
    counted = crises(chunks)
    assert set(counted.values()) == {1}
    assert len(counted) == plan.crises() == sum(plan.crises(Shard(i, of)) for i in range(1, of + 1))


@given(stopping)
def test_a_precise_cell_gets_no_second_round(plan):
    precise = set(range(0, plan.cells, 2))
    for chunk in followed(plan, Shard(), precise):
        if chunk.round > 0:
            assert precise.isdisjoint(task.cell for task in chunk.tasks)


def test_names_are_unique_and_chunks_of_reasonable_size():
    plan = plan_of(1_000, 1_000)
    chunks = list(plan.ready())
    assert len({chunk.name for chunk in chunks}) == len(chunks) == 63
    assert {chunk.crises for chunk in chunks[:-1]} == {CRISES_A_CHUNK}
    assert max(chunk.crises for chunk in plan_of(1, 10_000_000).ready()) <= CRISES_A_CHUNK
    assert len(list(plan_of(100_000, 1).ready())) == 32


@given(st.integers(1, 300), st.integers(1, 3_000), st.integers(0, 30_000))
def test_the_rounds_of_more_replications_hold_whole_rounds_of_fewer(cells, fewer, more):
    plan, larger = plan_of(cells, fewer), plan_of(cells, fewer + more)
    ends = [min((k + 1) * plan.replications_a_round, plan.replications) for k in range(plan.rounds)]
    starts = {k * larger.replications_a_round for k in range(larger.rounds)}
    within = {start for start in starts if start < plan.replications} - {0}
    assert within <= set(ends)


def test_shards_take_blocks_in_turn_in_each_round():
    by_round = sorted(plan_of(6, 700).ready(), key=lambda chunk: (chunk.round, chunk.block))
    for index in (1, 3):
        taken = plan_of(6, 700).ready(Shard(index, 3))
        assert {chunk.name for chunk in taken} == {chunk.name for chunk in by_round[index - 1 :: 3]}


def test_a_small_sweep_has_work_for_all():
    assert len(list(plan_of(4, 5_000).ready())) >= 32
