"""Analysis of many crises: counts, tables, contrasts with the baseline, findings in words."""
