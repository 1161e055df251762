"""Organizations (主体): investors, owners and other companies that stand behind projects.

Words: *party* a company, body or person · *key* its name without legal form, for comparing · *credit code* 统一社会信用代码.
Start in `models.py`.
"""
