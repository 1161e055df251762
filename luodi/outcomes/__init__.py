"""Outcomes (结果): what really became of the signed projects, how sure we are, and who does better after luck is taken out.

Words: *spell* 经历, one project from its entry to its end or to the as-of day · *competing* 竞争结局, another end that rules the event out ·
*incidence* 累计发生率, the share that had the event by so many days · *delay* 录入时滞, from the end to the day it was known ·
*cannot be measured yet* 尚不可测, nobody was followed so long. Start in `engine/spells.py` (the table) and `engine/incidence.py`.
"""
