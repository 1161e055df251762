"""What is weighed for one amount holds for all of its size, so that answers can be kept by size."""

from hypothesis import given
from hypothesis import strategies as st

from luodi.core.installation import city

BOUNDS = sorted({0, *(b for one in city().proof.sets for b in (one.floor, one.below) if b is not None)})
AMOUNTS = st.one_of(
    st.integers(min_value=0, max_value=10**15),
    st.sampled_from(BOUNDS).flatmap(lambda bound: st.integers(min_value=max(0, bound - 2), max_value=bound + 2)),
)


@given(AMOUNTS, st.booleans())
def test_an_amount_and_its_size_are_asked_the_same(amount, purchase):
    rules = city().proof

    for stage in rules.by_stage:
        asked = rules.sets_for(stage, amount, purchase=purchase)
        assert asked == rules.sets_for(stage, rules.size_of(amount), purchase=purchase)


def test_an_unknown_amount_has_no_size():
    assert city().proof.size_of(None) is None
