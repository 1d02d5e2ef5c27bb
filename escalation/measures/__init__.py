"""What is measured of crises, each measure declared once: columns, counts, words."""
