"""Intervals, survival curves and proper scores: numbers in, numbers out."""
