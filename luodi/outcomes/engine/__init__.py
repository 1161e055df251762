"""The estimators: a table of spells in, plain results out. No Django, no clock, no database; usable from a notebook."""
