"""Factors (要素): land, power, quotas, money and crews over time, and the plan in which no project waits for them needlessly.

Words: *factor* 要素, a pool (used up) or a renewable (lent and given back) · *supply* 供给, what a pool is given and when (tranche 批次) ·
*preparation work* 要素准备工程, optional, adds to a pool when finished · *plan* 排期, a start for every stage · *waiting* 等待, weight × weeks
later than with unlimited factors · *bound* 下界, what no plan can go below. Start in `engine/problem.py`, then `engine/planning.py`.
"""
