"""The engine: a scenario as numbers, random draws, the order of a day, the drivers and the record."""
