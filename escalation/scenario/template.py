"""Templates of files that an author fills in."""

from __future__ import annotations

from pathlib import Path


def case_template() -> str:
    """Return a commented scenario file of a past crisis, with placeholders in angle brackets."""
    return Path(__file__).with_name("case_template.yaml").read_text(encoding="utf-8")
