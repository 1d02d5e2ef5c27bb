"""An edit of a rule is never answered from the cache of its compiled callers."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.parity.processes import ROOT, python

# `perceive` calls `logistic`, which is in another file.
LOOK = """
from escalation.rules.compiled import cache_folder
from escalation.rules.perceive import perceive
from tests.strategies import Table, crisis

table = Table(crisis(weights={"fear_low": 0.0}))
table.pair("alba", "borea").posture = 8.0
perceive(table.params, table.state, 0)
print(float(table.actor("alba").fear).hex())
print(cache_folder())
"""

# The kernel of the batch driver calls it several files away.
LOOK_AT_BATCH = """
from escalation.engine.batch import batch_is_compiled, simulate
from escalation.engine.pack import pack
from tests.strategies import build, stage

print(batch_is_compiled())
print(simulate(pack(build(stage())), 7, 0, 300).outcome.tolist())
"""


def test_an_edited_rule_changes_the_next_run(tmp_path: Path) -> None:
    for folder in ("escalation", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))

    def look(script: str = LOOK) -> list[str]:
        return python("-c", script, root=tmp_path, NUMBA_CACHE_DIR=str(tmp_path / "cache"))

    before = look()
    assert look() == before
    compiled = list(Path(before[1]).rglob("*.nbc"))
    assert compiled, "nothing was cached, so that nothing could be stale"
    fresh, again = look(LOOK_AT_BATCH), look(LOOK_AT_BATCH)
    assert (fresh[0], again[0]) == ("False", "True")
    assert fresh[1] == again[1]
    decide = tmp_path / "escalation" / "rules" / "decide.py"
    text = decide.read_text()
    edited = text.replace("return 1.0 / (1.0 + math.exp(", "return 0.5 / (1.0 + math.exp(")
    assert edited != text
    decide.write_text(edited)
    after = look()
    assert float.fromhex(after[0]) == float.fromhex(before[0]) / 2
    edited_batch = look(LOOK_AT_BATCH)
    assert edited_batch[0] == "False"
    assert edited_batch[1] != fresh[1]
    decide.write_text(text)
    assert look() == before
