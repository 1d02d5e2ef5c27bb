"""Heat maps: fields are the shares, and darker is more."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from matplotlib.colors import to_hex

from escalation.figures.heat import COLOURS, plot_heat
from tests.figures.synthetic import axes_of, made, words
from tests.figures.test_style import grey


def test_fields_of_the_heat_map_are_the_shares() -> None:
    tables = made("grid")
    figure = plot_heat(tables, "entry", "leverage", "mediated")
    (mesh,) = [c for c in axes_of(figure, "Heat").collections if type(c).__name__ == "QuadMesh"]
    values = np.asarray(mesh.get_array()).reshape(5, 4)
    summary = tables.summary
    cell = summary[
        (summary["of"] == "mediated") & (summary["entry"] == 14) & (summary["leverage"] == 0.75)
        & (summary["style"] == "facilitation") & (summary["bias"] == -0.5)
    ]  # fmt: skip
    assert values[3, 1] == pytest.approx(cell["estimate"].item())
    frame = next(patch for patch in axes_of(figure, "Heat").patches if patch.get_gid() == "baseline")
    assert frame.get_xy() == (0, 0)
    assert "percentage points either way" in words(figure)


def test_the_heat_map_darkens_steadily_in_greyscale() -> None:
    from matplotlib import colormaps

    levels = [grey(to_hex(colormaps[COLOURS](k / 16))) for k in range(17)]
    assert all(a - b >= 5 for a, b in itertools.pairwise(levels))
