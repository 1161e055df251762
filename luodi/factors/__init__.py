"""Factors (要素): land, power, quotas, money and crews over time, and the plan in which no project waits for them needlessly.

Words: *pool* 指标池, what there is of a factor in one place, given in tranches 批次 · *need* 需求, stated, by contract, or estimated ·
*claim* 占用, a need's share of a pool: held, promised, delivered; never more than there is · *preparation work* 要素准备工程, adds to a pool
when finished · *plan* 排期, a start for every step; *waiting* 等待 is weight × weeks later than with unlimited factors, *bound* 下界 what no
plan can go below. The book: start in `models.py`, then `reserving.py`. The planner: `asking.py` puts the question from the record,
`engine/problem.py` and `engine/planning.py` answer it, `planning.py` keeps and adopts the answer.
"""
