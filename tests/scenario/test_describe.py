"""The ladder and the parameters as text."""

from __future__ import annotations

from escalation.scenario import describe
from escalation.scenario.weights import Weights
from tests.strategies import crisis


def test_every_number_has_a_key_path_of_its_own() -> None:
    paths = [path for path, _ in describe.all_parameters()]
    assert len(set(paths)) == len(paths)
    assert {f"weights.{name}" for name in Weights.model_fields} <= set(paths)
    assert {"states.STATE.resolve", "mediators.MEDIATOR.toward.STATE.trust", "hazards.N.per_day"} <= set(
        paths
    )


def test_the_list_of_parameters_has_defaults_ranges_and_sources() -> None:
    lines = list(describe.parameter_lines())
    assert max(map(len, lines)) <= describe.WIDTH
    assert "states.STATE.resolve = 0.5  [0, 1] share" in lines
    assert "hazards.N.per_day = required  [0, 0.05] probability per day" in lines
    text = "".join("".join(lines).split())  # a line may end at a hyphen
    for _, parameter in describe.all_parameters():
        assert "".join(f"{parameter.says}. Source: {parameter.source}.".split()) in text
    heads = [lines[at - 1] for at, line in enumerate(lines) if line and set(line) == {"-"}]
    assert set(heads) == {parameter.group for _, parameter in describe.all_parameters()}


def test_a_ladder_is_printed_from_the_top_each_act_on_its_rung() -> None:
    given = crisis().ladder
    lines = list(describe.ladder_lines(given))
    assert max(map(len, lines)) <= describe.WIDTH
    at = {number: lines.index(next(line for line in lines if line.startswith(f"{number:>2} = ")))
          for number in range(11)}  # fmt: skip
    assert sorted(at, key=at.__getitem__) == list(range(10, -1, -1))
    for name, act in given.acts.items():
        (here,) = (number for number, line in enumerate(lines) if line.startswith(f"     {name}  base "))
        assert at[act.rung] < here < at.get(act.rung - 1, len(lines))


def test_what_an_act_costs_and_does_is_shown_where_it_applies() -> None:
    text = "\n".join(describe.ladder_lines(crisis().ladder))
    assert "alert  base -1.8; military; cost 0.15, visibility 0.6; lasts; commits" in text
    assert "suspend_treaty  base -2.5; diplomatic; cost 0.1" in text
    assert "; needs upstream" in " ".join(text.split())
    hold = next(line for line in text.splitlines() if line.startswith("     hold "))
    assert "cost" not in hold
