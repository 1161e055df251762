"""Dashboards (驾驶舱): what people look at: the cockpit, the project list, one project. Everything shown is read from the parts below.

Words: *cockpit* 驾驶舱 · *figure* a number that links to its rows · *filter* the query of a list, shareable by its address · *view* a saved filter.
Start in `views.py`; `filters.py` says which rows a link means, so that a number and its list are always the same.
"""
