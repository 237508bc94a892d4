"""Groups as values and as files."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from evals.train.evidence.groups import read_groups, write_groups
from tests.unit.evals.train.evidence.samples import DAYS, LEAVE, PARKING


def test_groups_come_back_as_they_were_written(tmp_path: Path) -> None:
    """Offsets, labels, answers and the unknown label included."""
    answered = replace(LEAVE, answers=((27, 34),), units=(replace(LEAVE.units[0], supports=None),))
    groups = [replace(DAYS, passages=(answered,), polarity="yes"), PARKING]
    assert write_groups(groups, tmp_path / "a.jsonl.gz") == 2
    assert list(read_groups(tmp_path / "a.jsonl.gz")) == groups
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl.gz"]


def test_a_line_that_is_no_group_is_named(tmp_path: Path) -> None:
    """File and line are in the message."""
    path = tmp_path / "a.jsonl.gz"
    with gzip.open(path, "wt") as file:
        file.write('{"id": "q"}\n')
    with pytest.raises(ValueError, match=r"a\.jsonl\.gz:1: not a group"):
        list(read_groups(path))


def test_without_its_heading_line_a_passage_keeps_its_places() -> None:
    """Units and answers are the same text as before."""
    start = LEAVE.text.index("25 days")
    before = replace(LEAVE, answers=((start, start + 7),))
    after = before.without_heading_line()
    assert after.text == "Staff get 25 days off.\nAsk your manager first."
    assert [after.text[u.start : u.end] for u in after.units] == [
        before.text[u.start : u.end] for u in before.units
    ]
    assert [after.text[a:b] for a, b in after.answers] == ["25 days"]
