"""How states and mediators behave: formulas on numbers, without randomness and without I/O."""
