"""The code of a chart that its tests have run: lines, branches, definitions and values, and what is missing."""
