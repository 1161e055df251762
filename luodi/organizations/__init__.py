"""Organizations (主体): investors, owners and other companies that stand behind projects.

Words: *party* a company, body or person · *key* its name without legal form, for comparing · *credit code* 统一社会信用代码 ·
*alias* another name with its days · *shareholding* who holds how much, from when to when · *controller* 实际控制人.
Start in `models.py`; `engine/names.py` takes names apart, `engine/credit_codes.py` checks codes.
"""
