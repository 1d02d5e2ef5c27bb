"""Who runs the rules: packing a scenario, luck, the order of a day, and the drivers."""
