"""The command line as a file, which `coverage run` takes; with the catalogues of a test, if it names them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from escalation import language
from escalation.cli import main

if __name__ == "__main__":
    if folder := os.environ.get("TEST_CATALOGUES"):
        language.FOLDER = Path(folder)
    sys.exit(main())
