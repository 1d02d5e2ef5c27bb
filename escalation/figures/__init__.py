"""Pictures: from what was simulated to a matplotlib Figure, all in one style."""
