"""The measures of crises, each declared once: columns, counts, wording."""
