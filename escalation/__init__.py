"""Simulates how a crisis between states climbs, or comes down, an escalation ladder."""

__version__ = "0.1.0"
