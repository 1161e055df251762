"""Which rows of two tables, or of one, speak of the same thing: any tables, without labels or with some.

Blocking, comparisons by kind of column, the weights of Fellegi & Sunter (1969) by expectation maximisation, then one-to-one or groups.
Plain arrays: no Django, no clock, no city's words.
"""
