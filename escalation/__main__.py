"""`python -m escalation`: the command line, where its script is not on the path."""

import sys

from escalation.cli import main

sys.exit(main())
