"""The benchmark of reading: both ways run the same graph, and the ratio is to the batch."""

from __future__ import annotations

import pytest

from evals.bench import reading


def test_both_ways_are_timed_on_the_reader_that_ships() -> None:
    """A graph that took no batch, or no single passage, would fail here."""
    assert min(reading.measure(reading.READER, rounds=1)) > 0


def test_the_ratio_says_how_many_times_longer_a_batch_takes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Over 1 where reading alone is faster."""
    monkeypatch.setattr("sys.argv", ["reading"])
    monkeypatch.setattr(reading, "measure", lambda _: (50.0, 100.0))
    assert reading.main() == 0
    assert capsys.readouterr().out == "each alone 50.0 ms, one batch 100.0 ms, x2.00\n"
