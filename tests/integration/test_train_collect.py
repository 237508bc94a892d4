"""A set of pages as readings to fit the confidence to: what was right, and the same without its passage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.train.calibration.collect_readings import Kind, Sample, collect_pages
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
def samples(model_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "texts").mkdir()
    (folder / "texts" / "rooms.md").write_text(TABLE)
    (folder / "texts" / "other.md").write_text("# Lifts\n\nThe lift stops on every floor but the fifth.\n")
    (folder / "rooms.toml").write_text('documents = "texts"\n')
    cases = folder / "rooms.jsonl"
    cases.write_text("".join(json.dumps(case) + "\n" for case in CASES))
    return list(collect_pages(str(cases), Settings(cache=model_cache), 8))


def test_a_question_with_an_answer_is_read_twice(samples: list[Sample]) -> None:
    """As it is, and without the passages that hold what must be cited; one without an answer once."""
    assert [sample.kind for sample in samples] == [Kind.ANSWERABLE, Kind.GOLD_REMOVED, Kind.NOT_ANSWERED]
    for sample in samples:
        held = any("Oak" in candidate.text for candidate in sample.candidates)
        assert held == (sample.kind is not Kind.GOLD_REMOVED)


def test_a_neighbouring_cell_is_not_right(samples: list[Sample]) -> None:
    """Though the row it stands in holds what the case accepts."""
    told = dict(zip((span.text for span in samples[0].spans), samples[0].right, strict=True))
    assert told["third"]
    assert not any(right for text, right in told.items() if "third" not in text)
    assert len(told) > 1
    assert not any(right for sample in samples[1:] for right in sample.right)
