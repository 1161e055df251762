"""Accounts: who may do what, where. One policy for pages, exports, reports and the API.

Words: *role* what a person is · *permission* `part.noun.verb` · *scope* all units or one's own · *route* a named URL ·
*actor* the person or the console behind a write.
Start in `permissions.py` (the table of routes), then `middleware.py` (where it is enforced).
"""
