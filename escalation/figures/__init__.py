"""Simulated crises drawn as matplotlib figures, all in one style."""
