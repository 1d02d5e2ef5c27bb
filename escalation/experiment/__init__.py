"""Many crises: what is varied, over which cells, what is kept of each run."""
