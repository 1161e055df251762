"""Screening (准入与评分): a city's rulebook, read as data and run over one project or all of them. A verdict is pass, fail or undefined.

Words: *fact* 事实, what is known of a project · *parameter* 参数, a dated threshold or list · *rule* 规则, one cited condition · *gate* 准入, the rules
that veto a stage · *score* 评分, 高·新·适·实 · *undefined* 尚不可判, with the facts that are missing.
Start in `engine/language.py` (what a condition may say), then `engine/rulebook.py` and `engine/screening.py`; the rules are in `cities/<city>/rulebook/`.
"""
