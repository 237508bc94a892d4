"""What each part of the lexical search brings: rows, shares, the table."""

from __future__ import annotations

from importlib import import_module

import pytest

from evals.bench.retrieval_parts import _PARTS, ROWS, shares, table


def test_a_share_counts_the_ranks_before_each_depth() -> None:
    """Ranks are from 0; a question without evidence among the first is in the total."""
    assert shares([0, 4, 5, 19, None]) == [0.2, 0.4, 0.6, 0.8]


def test_the_table_is_over_all_folders_together() -> None:
    """Each question counts alike, whatever its folder."""
    one: dict[str, list[int | None]] = {row: [0] for row in ROWS}
    other: dict[str, list[int | None]] = {row: [4 if row == "all" else 6, None, None] for row in ROWS}
    lines = list(table([one, other]))
    assert len(lines) == 2 + len(ROWS)
    assert "| BM25 | 0.250 | 0.250 | 0.500 | 0.500 |" in lines
    assert "| all | 0.250 | 0.500 | 0.500 | 0.500 |" in lines


@pytest.mark.parametrize("part", _PARTS)
def test_what_is_taken_out_is_there(part: str) -> None:
    """A part that is renamed in the service is renamed here too; each has a row alone and one without it."""
    module, _, name = _PARTS[part][0].rpartition(".")
    owner: object
    try:
        owner = import_module(module)
    except ModuleNotFoundError:
        module, _, class_name = module.rpartition(".")
        owner = getattr(import_module(module), class_name)
    assert callable(getattr(owner, name))
    assert part in ROWS[f"+ {part}"]
    assert part not in ROWS[f"all but {part}"]
