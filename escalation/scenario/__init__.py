"""What a crisis is: ladder, scenario, parameters, and the YAML that they come from."""
