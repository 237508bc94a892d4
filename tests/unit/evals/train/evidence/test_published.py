"""Published examples as groups."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from evals.train.evidence.groups import Group
from evals.train.evidence.published import published_groups, unit_spans


def row(number: int, **values: Any) -> dict[str, Any]:
    """An answerable example of its own text."""
    town = f"Town{number}"
    return {
        "id": str(number),
        "question": f"How big is {town}?",
        "title": town,
        "context": f"{town} lies on a river. It has {number},000 people. Nobody knows why.",
        "answerable": True,
        "kind": "fact",
        "answers": [f"{number},000"],
        "evidence": [f"It has {number},000 people."],
        "overlap": 0.2,
        **values,
    }


def groups(folder: Path, *rows: dict[str, Any], name: str = "sharc") -> list[Group]:
    with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(one) + "\n" for one in rows)
    return list(published_groups(folder, seed=7))


def test_an_example_is_a_group_of_its_text_and_others(tmp_path: Path) -> None:
    """The evidence sentence supports, the answer stands at its place, the others support nothing."""
    made = {group.id: group for group in groups(tmp_path, *(row(n) for n in range(1, 9)))}
    group = made["sharc-3"]
    own, *others = group.passages
    assert [own.text[u.start : u.end] for u in own.units if u.supports] == ["It has 3,000 people."]
    assert [own.text[a:b] for a, b in own.answers] == ["3,000"]
    assert own.relevant
    assert len(others) == 5
    assert not any(p.relevant or any(u.supports for u in p.units) or p.answers for p in others)
    assert own.text not in {p.text for p in others}


def test_an_unanswerable_example_has_no_relevant_passage(tmp_path: Path) -> None:
    """What looks like evidence in it supports nothing."""
    [group] = groups(tmp_path, row(1, answerable=False))
    assert [(p.relevant, p.answers) for p in group.passages] == [(False, ())]
    assert not any(unit.supports for unit in group.passages[0].units)


def test_without_evidence_the_support_of_units_is_not_known(tmp_path: Path) -> None:
    """The text answers, but nobody said where: no unit is learnt from."""
    [group] = groups(tmp_path, row(1, evidence=[], yesno="yes", weak=True))
    own = group.passages[0]
    assert own.relevant
    assert {unit.supports for unit in own.units} == {None}
    assert (group.polarity, group.weak_evidence) == ("yes", True)


def test_a_long_text_is_cut_around_its_evidence(tmp_path: Path) -> None:
    """Whole sentences; evidence and answer keep their places."""
    filler = " ".join(f"Sentence {n} says very little about it." for n in range(120))
    [group] = groups(tmp_path, row(1, context=f"{filler} It has 1,000 people. {filler}"))
    own = group.passages[0]
    assert len(own.text.split()) <= 200
    assert [own.text[u.start : u.end] for u in own.units if u.supports] == ["It has 1,000 people."]
    assert [own.text[a:b] for a, b in own.answers] == ["1,000"]


def test_the_same_seed_gives_the_same_groups(tmp_path: Path) -> None:
    """Drawn, cut and paired alike."""
    rows = [row(n) for n in range(1, 30)]
    assert groups(tmp_path, *rows) == groups(tmp_path, *rows)


def test_units_of_a_table_are_its_lines() -> None:
    """And of prose its sentences."""
    table = "City | Rooms\nUlm | 3\n\nBonn | 5"
    assert [table[a:b] for a, b in unit_spans(table)] == ["City | Rooms", "Ulm | 3", "Bonn | 5"]
    prose = "It rains. It pours."
    assert [prose[a:b] for a, b in unit_spans(prose)] == ["It rains.", "It pours."]
