"""The token bucket."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.security.rate_limit import _MAX_NAMES, RateLimit


@given(per_minute=st.integers(1, 600), gaps=st.lists(st.floats(0, 30), max_size=200))
def test_a_minute_admits_at_most_two_allowances(per_minute: int, gaps: list[float]) -> None:
    """Its own, and the one that the bucket had saved."""
    now = 0.0
    limit = RateLimit(per_minute, clock=lambda: now)
    admitted = []
    for gap in gaps:
        now += gap
        if limit.take("a") == 0:
            admitted.append(now)
    for start in admitted:
        assert sum(start <= time < start + 60 for time in admitted) <= 2 * per_minute


@given(per_minute=st.integers(1, 600), uses=st.integers(1, 700))
def test_the_next_use_is_admitted_after_the_wait(per_minute: int, uses: int) -> None:
    """The seconds it gives are enough."""
    now = 0.0
    limit = RateLimit(per_minute, clock=lambda: now)
    for _ in range(uses):
        seconds = limit.take("a")
    now += seconds
    assert limit.take("a") == 0 or seconds == 0


def test_the_longest_unused_name_is_dropped() -> None:
    """The number of buckets is bounded."""
    limit = RateLimit(1, clock=lambda: 0.0)
    assert limit.take("first") == 0
    assert limit.take("first") == 60
    for number in range(_MAX_NAMES):
        limit.take(str(number))
    assert limit.take("first") == 0
    assert len(limit._buckets) == _MAX_NAMES
