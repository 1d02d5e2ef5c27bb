"""Settings of hypothesis for all tests, and their order."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

# No example has a deadline, since the first one compiles the rules. Examples are the same in every run, so
# that a failure can be reproduced anywhere and the suite always takes the same time.
settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("suite")

LONG = ("test_docs.py", "test_promises.py")
"""Files that take a minute or more and would come late. Files are shared out whole: one would run alone."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first, all else as it is."""
    items.sort(key=lambda item: item.path.name not in LONG)
