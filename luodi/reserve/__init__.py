"""Reserve (储备): ideas before they are projects of the city, what still has to be packaged, and the three pools.

Words: *pool* 库, reserve, build or key · *stay* 在库时段, from entering a pool to leaving it · *dwell* 停留, how long · *idea* 谋划项目,
made here without a ledger · *packaging item* 包装要件 · *tick* 勾选, a person's word on an item · *maturity* 成熟度, a range, for unknown
is not no · *readiness date* 具备条件日期, stated or estimated. Start in `engine/pools.py` and `engine/packaging.py`.
"""
