"""Cases of the past are read once by each process that runs these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from escalation.history import cases
from tests.shipped import loaded


@pytest.fixture(scope="package", autouse=True)
def _read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cases, "load_scenario", loaded)
        yield
