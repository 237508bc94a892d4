"""Readings of a set of pages, to fit the confidence to: judged spans, with gold passages and without."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.train.calibration.collect_readings import Reading, ReadingKind, collect_pages
from rag.settings import Settings

TABLE = """# Rooms

| Room | Floor | Booked with |
|---|---|---|
| Oak | third | Ines Quell |
| Elm | cellar | the porter |
"""
CASES = (
    {
        "id": "oak",
        "question": "On which floor is Oak?",
        "answerable": True,
        "answers": [{"contains": ["third"]}],
        "must_cite": [["Oak"]],
    },
    {"id": "ash", "question": "On which floor is Ash?", "answerable": False, "kind": "missing_detail"},
)


@pytest.fixture(scope="module")
def readings(model_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Reading]:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "texts").mkdir()
    (folder / "texts" / "rooms.md").write_text(TABLE)
    (folder / "texts" / "other.md").write_text("# Lifts\n\nThe lift stops on every floor but the fifth.\n")
    (folder / "rooms.toml").write_text('documents = "texts"\n')
    cases = folder / "rooms.jsonl"
    cases.write_text("".join(json.dumps(case) + "\n" for case in CASES))
    return list(collect_pages(str(cases), Settings(cache=model_cache), 8))


def test_an_answerable_question_is_read_twice(readings: list[Reading]) -> None:
    """As it is, and without its gold passages; an unanswerable one once."""
    assert [reading.kind for reading in readings] == [
        ReadingKind.ANSWERABLE,
        ReadingKind.GOLD_REMOVED,
        ReadingKind.UNANSWERABLE,
    ]
    for reading in readings:
        has_gold = any("Oak" in candidate.text for candidate in reading.candidates)
        assert has_gold == (reading.kind is not ReadingKind.GOLD_REMOVED)


def test_a_neighbouring_cell_is_not_right(readings: list[Reading]) -> None:
    """Though its row contains what the case accepts."""
    answerable = readings[0]
    right = dict(zip((span.text for span in answerable.spans), answerable.right, strict=True))
    assert right["third"]
    assert not any(is_right for text, is_right in right.items() if "third" not in text)
    assert len(right) > 1
    assert not any(is_right for reading in readings[1:] for is_right in reading.right)
