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
    biggest = max(chunk.crises for chunk in plan.ready())
    assert all(abs(plan.crises(Shard(i, of)) - plan.crises() / of) < biggest for i in range(1, of + 1))


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
    assert len({chunk.name for chunk in chunks}) == len(chunks) == 65
    assert all(0.9 * CRISES_A_CHUNK < chunk.crises <= CRISES_A_CHUNK for chunk in chunks)
    assert max(chunk.crises for chunk in plan_of(1, 10_000_000).ready()) <= CRISES_A_CHUNK
    assert len(list(plan_of(100_000, 1).ready())) == 32


@given(st.integers(1, 300), st.integers(1, 3_000), st.integers(0, 30_000))
def test_the_rounds_of_more_replications_hold_whole_rounds_of_fewer(cells, fewer, more):
    plan, larger = plan_of(cells, fewer), plan_of(cells, fewer + more)
    ends = [min((k + 1) * plan.replications_a_round, plan.replications) for k in range(plan.rounds)]
    starts = {k * larger.replications_a_round for k in range(larger.rounds)}
    within = {start for start in starts if start < plan.replications} - {0}
    assert within <= set(ends)


def per_cell(plan: Plan, chunks: list[Chunk]) -> Counter[int]:
    found = Counter(dict.fromkeys(range(plan.cells), 0))
    for chunk in chunks:
        found.update({task.cell: task.count for task in chunk.tasks})
    return found


@given(plans, st.floats(0, 1))
def test_cut_short_all_cells_have_the_same_replications_but_for_one_round(plan, share):
    chunks = list(plan.ready())
    there = per_cell(plan, chunks[: round(share * len(chunks))]).values()
    assert max(there) - min(there) <= plan.replications_a_round


@given(plans, st.integers(1, 7))
def test_a_shard_has_all_cells_evenly_while_there_are_rounds_enough(plan, of):
    for index in range(1, of + 1):
        there = per_cell(plan, list(plan.ready(Shard(index, of)))).values()
        assert max(there) - min(there) <= 2 * plan.replications_a_round


def test_few_replications_are_cut_into_rounds_and_very_few_are_not():
    assert [
        (plan.replications_a_round, plan.rounds) for plan in (plan_of(1_000, 100), plan_of(1_000, 1_000))
    ] == [
        (25, 4),
        (200, 5),
    ]
    assert plan_of(20_000, 100).rounds == 2
    plan = plan_of(100_000, 10)
    assert (plan.rounds, plan.blocks) == (1, 63)


def test_a_small_sweep_has_work_for_all():
    assert len(list(plan_of(4, 5_000).ready())) >= 32
