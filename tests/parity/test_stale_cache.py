"""An edit of a rule is never answered from the cache of its compiled callers."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.parity.processes import ROOT, python

# The entry that compiles quickest: all are cached alike. It calls `logistic` through `perceive`.
LOOK = """
import numpy as np
from escalation.engine.pack import pack
from escalation.rules.reading import CHOICES, read_response
from escalation.rules.state import fresh_state
from escalation.vocabulary import RUNGS
from tests.strategies import crisis

params = pack(crisis(mediators={}))
table = np.zeros((3, CHOICES + RUNGS))
print(read_response.is_compiled())
read_response(params, fresh_state(params), fresh_state(params), -1, 0.5, table)
print(table.tolist())
"""


def test_an_edited_rule_changes_the_next_run(tmp_path: Path) -> None:
    for folder in ("escalation", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))

    def look() -> list[str]:
        return python("-c", LOOK, root=tmp_path, NUMBA_CACHE_DIR=str(tmp_path / "cache"))

    fresh, again = look(), look()
    assert (fresh[0], again[0]) == ("False", "True"), "nothing was cached, so that nothing could be stale"
    assert fresh[1] == again[1]
    decide = tmp_path / "escalation" / "rules" / "decide.py"
    text = decide.read_text()
    edited = text.replace("return 1.0 / (1.0 + math.exp(", "return 0.5 / (1.0 + math.exp(")
    assert edited != text
    decide.write_text(edited)
    after = look()
    assert after[0] == "False"
    assert after[1] != fresh[1]
    decide.write_text(text)
    assert look() == again
