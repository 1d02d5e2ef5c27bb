"""Settings of hypothesis for all tests."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# No example has a deadline, since the first one compiles the rules. Examples are the same in every run, so
# that a failure can be reproduced anywhere and the suite always takes the same time.
settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("suite")
