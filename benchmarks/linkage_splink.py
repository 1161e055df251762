"""Splink on made-up people, run by `integrity_linkage.py` in an environment that has it: `python linkage_splink.py FILE TRUE_PAIRS`."""

import json
import logging
import resource
import sys
import time


def main(path, true):
    import numpy as np
    import pandas as pd
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.disable(logging.CRITICAL)
    frame = pd.read_parquet(path)
    person = frame.pop("person").to_numpy()
    begun, cpu = time.perf_counter(), time.process_time()
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        comparisons=[
            cl.NameComparison("first_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("first_name", "surname"), block_on("surname", "dob"), block_on("first_name", "dob"), block_on("email"), block_on("dob", "city"),
        ],
    )  # fmt: skip
    api = DuckDBAPI()
    linker = Linker(api.register(frame), settings)
    train = linker.training
    train.estimate_probability_two_random_records_match(
        [block_on("first_name", "surname", "dob"), block_on("email")], recall=0.8
    )
    train.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    train.estimate_parameters_using_expectation_maximisation(block_on("first_name", "surname"))
    train.estimate_parameters_using_expectation_maximisation(block_on("dob"))
    found = linker.inference.predict(threshold_match_probability=0.001)
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    pairs = found.as_pandas_dataframe()
    hit = person[pairs["id_l"].astype(int)] == person[pairs["id_r"].astype(int)]
    p = pairs["match_probability"].to_numpy()
    hits = np.cumsum(hit[np.argsort(-p)])
    half = 2 * hit[p >= 0.5].sum() / ((p >= 0.5).sum() + true)
    top = (2 * hits / (np.arange(1, len(p) + 1) + true)).max()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"wall": wall, "cpu": cpu, "half": float(half), "best": float(top), "mb": peak}))


if __name__ == "__main__" and len(sys.argv) == 3:  # `make bench` runs every file here
    main(sys.argv[1], int(sys.argv[2]))
