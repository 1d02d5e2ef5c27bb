"""Settings of hypothesis for all tests."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# The first example compiles the rules, so no example has a deadline. Examples are the same on every
# run: a failure can be had again anywhere, and the suite takes the same time.
settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("suite")
