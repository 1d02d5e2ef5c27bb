"""The command line as a file, which is what `coverage run` takes."""

from __future__ import annotations

import sys

from escalation.cli import main

if __name__ == "__main__":
    sys.exit(main())
