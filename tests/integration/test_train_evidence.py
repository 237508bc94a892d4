"""Groups of a small collection, made by the service, and a run on them by the command."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from evals.train.evidence.__main__ import main
from evals.train.evidence.groups import read_groups
from tests.unit.evals.train.model.tiny_model import tiny_model

LEAVE = """# Handbook

## Leave

All staff get 25 days of paid leave a year. Days that are left over are lost in March.

To take leave:

1. Ask your manager.
2. Enter the days in the calendar.
"""
BADGES = """# Handbook

## Badges

A lost badge costs 10 euros. Report it at the front desk.
"""
QUERIES = [
    {
        "id": "a-0",
        "file": "leave.md",
        "kind": "fact",
        "question": "how much holiday do people have?",
        "answerable": True,
        "answer": "25 days",
        "yesno": None,
        "evidence": ["All staff get 25 days of paid leave a year."],
    },
    {
        "id": "a-1",
        "file": "leave.md",
        "kind": "howto",
        "question": "how do I book time off?",
        "answerable": True,
        "answer": None,
        "yesno": None,
        "evidence": ["Ask your manager.", "Enter the days in the calendar."],
    },
    {
        "id": "a-2",
        "file": "badges.md",
        "kind": "fact",
        "question": "what does a lost parking card cost?",
        "answerable": False,
        "answer": None,
        "yesno": None,
        "evidence": [],
    },
]


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    """A folder with one set: two pages and three questions."""
    docs = tmp_path / "sets" / "a" / "docs"
    docs.mkdir(parents=True)
    (docs / "leave.md").write_text(LEAVE)
    (docs / "badges.md").write_text(BADGES)
    (docs.parent / "queries.jsonl").write_text("".join(json.dumps(query) + "\n" for query in QUERIES))
    return tmp_path / "sets"


def test_groups_are_what_the_service_retrieves(sets: Path, tmp_path: Path) -> None:
    """Title and headings on the first line; evidence, steps and the short answer at their places."""
    assert main(["groups", "--colleague", str(sets), "--out", str(tmp_path / "groups")]) == 0
    fact, howto, unanswerable = read_groups(tmp_path / "groups" / "a.jsonl.gz")
    first = next(p for p in fact.passages if p.relevant)
    assert first.text.partition("\n")[0] == "Handbook > Leave"
    assert first.same_page
    assert [first.text[u.start : u.end] for u in first.units if u.supports] == QUERIES[0]["evidence"]
    assert [first.text[a:b] for a, b in first.answers] == ["25 days"]
    steps = [p.text[u.start : u.end] for p in howto.passages for u in p.units if u.supports]
    assert [step.partition(". ")[2] or step for step in steps] == QUERIES[1]["evidence"]
    assert not any(p.relevant for p in unanswerable.passages)
    assert {p.rank for p in fact.passages} >= {0, 1}


def test_published_examples_become_groups_beside_the_sets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Yes/no questions keep their polarity."""
    published = tmp_path / "real"
    published.mkdir()
    row = {
        "id": "1",
        "question": "Is Ulm big?",
        "title": "Ulm",
        "context": "Ulm lies on a river. It is a big town.",
        "answerable": True,
        "kind": "yesno",
        "answers": [],
        "evidence": ["It is a big town."],
        "yesno": "yes",
        "overlap": 0.2,
    }
    with gzip.open(published / "sharc.jsonl.gz", "wt") as file:
        file.write(json.dumps(row) + "\n")
    (tmp_path / "none").mkdir()
    command = ["groups", "--colleague", str(tmp_path / "none"), "--published", str(published)]
    assert main([*command, "--out", str(tmp_path / "groups")]) == 0
    assert capsys.readouterr().out == "published: 1 groups\n"
    [group] = read_groups(tmp_path / "groups" / "published.jsonl.gz")
    assert group.polarity == "yes"


def test_the_command_trains_on_groups_and_resumes(
    sets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two steps, then two more; what is held out watches."""
    groups, run = tmp_path / "groups", tmp_path / "run"
    assert main(["groups", "--colleague", str(sets), "--out", str(groups)]) == 0
    for name in ("b", "single"):
        (groups / f"{name}.jsonl.gz").write_bytes((groups / "a.jsonl.gz").read_bytes())
    tiny_model(hidden_size=32, intermediate_size=64).save_pretrained(tmp_path / "start")
    command = ["train", "--groups", str(groups), "--start", str(tmp_path / "start"), "--out", str(run)]
    assert main([*command, "--hold-out", "b", "--steps", "2"]) == 0
    assert "3 retrieved, 0 published, 3 single, 3 held-out groups" in capsys.readouterr().out
    assert main([*command, "--hold-out", "b", "--steps", "4", "--resume"]) == 0
    assert "resumed" in capsys.readouterr().out
    assert (run / "average" / "heads.pt").is_file()


def test_a_collection_that_is_not_there_is_said_plainly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 1 and one line."""
    command = ["train", "--groups", str(tmp_path), "--start", "x", "--out", "y", "--hold-out", "nowhere"]
    assert main(command) == 1
    assert capsys.readouterr().err == f"{tmp_path} has no groups of nowhere\n"
