"""Accounts: who may do what, where, seeing which fields. One policy for pages, exports, reports and the API.

Words: *role* what a person is · *permission* `part.noun.verb` · *scope* the rows in reach: city, unit and those under it, assigned ·
*field class* open, internal, personal · *route* a named URL · *actor* the person or the console behind a write.
Start in `permissions.py` (the table of routes) and `policy.py` (scope and fields), then `middleware.py` (where routes are enforced).
"""
