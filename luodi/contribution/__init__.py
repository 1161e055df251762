"""Contribution (贡献): which of the three ends a project serves, what it promised, and what it brought.

Words: *end* 目的, one of three, stated by a person · *proposal* 建议, what a rule would say, nobody's word · *measure* 指标 ·
*promise* 承诺 · *delivery* 兑现, reported until a second person verifies it, then proven · *both known* 两边都知道, what a ratio is over.
Start in `engine/balance.py` (adding up) and `engine/proposals.py`; `queries.py` feeds them.
"""
