"""Fan charts: the record as one line, the simulated days as bands."""

from __future__ import annotations

import pytest
from matplotlib.collections import FillBetweenPolyCollection

from escalation.figures.fan import plot_fan
from escalation.figures.selection import NothingToShowError
from tests.figures.synthetic import axes_of, made, words


def test_the_fan_shows_the_record_in_grey_and_bands_from_the_horizon() -> None:
    tables = made("grid")
    axes = axes_of(plot_fan(tables), f"india {tables.baseline}")
    lines = {line.get_gid(): line for line in axes.lines}
    assert list(lines["record"].get_xdata()) == list(range(14))
    assert lines["horizon"].get_xdata()[0] == 13.5
    assert list(lines["median"].get_xdata()) == list(range(13, 44))
    bands = [c for c in axes.collections if isinstance(c, FillBetweenPolyCollection)]
    assert [band.get_gid() for band in bands] == ["q05 to q95", "q25 to q75"]
    posture = tables.postures
    ours = posture[
        (posture["cell"] == tables.baseline) & (posture["state"] == "india") & (posture["day"] == 43)
    ]
    assert lines["median"].get_ydata()[-1] == ours["q50"].item()


def test_cells_are_side_by_side_in_a_fan() -> None:
    figure = plot_fan(made("grid"), [0, 5, 100])
    assert {"india 0", "india 5", "pakistan 100"} <= {axes.get_label() for axes in figure.axes}
    assert "Leverage on India: 0.25; Bias toward Pakistan: 0.5" in words(figure)


@pytest.mark.parametrize("cells", [[0, 1, 2, 3], [9999]])
def test_too_many_or_unknown_cells_are_refused(cells: list[int]) -> None:
    with pytest.raises(
        NothingToShowError, match=r"at most 3 cells|no cell 9999; the cells are numbered 0 to 179"
    ):
        plot_fan(made("grid"), cells)
