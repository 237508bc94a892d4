"""The token bucket."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.security.rate_limit import _MAX_NAMES, RateLimit


@given(per_minute=st.integers(1, 600), gaps=st.lists(st.floats(0, 30), max_size=200))
def test_no_window_lets_more_than_two_minutes_worth_in(per_minute: int, gaps: list[float]) -> None:
    """Over any minute no more than its allowance and what had been saved up, another one."""
    now = 0.0
    limit = RateLimit(per_minute, clock=lambda: now)
    let_in = []
    for gap in gaps:
        now += gap
        if limit.take("a") == 0:
            let_in.append(now)
    for start in let_in:
        assert sum(start <= at < start + 60 for at in let_in) <= 2 * per_minute


@given(per_minute=st.integers(1, 600), taken=st.integers(1, 700))
def test_after_the_wait_it_names_the_next_one_is_let_in(per_minute: int, taken: int) -> None:
    """Seconds to wait are enough."""
    now = 0.0
    limit = RateLimit(per_minute, clock=lambda: now)
    for _ in range(taken):
        seconds = limit.take("a")
    now += seconds
    assert limit.take("a") == 0 or seconds == 0


def test_the_longest_unused_name_is_forgotten() -> None:
    """However many names come, what is kept stays bounded."""
    limit = RateLimit(1, clock=lambda: 0.0)
    assert limit.take("first") == 0
    assert limit.take("first") == 60
    for number in range(_MAX_NAMES):
        limit.take(str(number))
    assert limit.take("first") == 0
    assert len(limit._buckets) == _MAX_NAMES
