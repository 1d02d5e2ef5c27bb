"""What runs say: outcomes in words, tables, explanations, the story."""
