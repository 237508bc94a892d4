"""Which groups and passages a step sees."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import islice

from evals.train.evidence.sampling import GroupStream, sample_published, sample_retrieved
from tests.unit.evals.train.evidence.samples import BADGES, DAYS, LEAVE, PARKING, passage


def test_each_pass_over_a_source_has_every_group_in_another_order() -> None:
    """And the order is the seed's."""
    groups = [replace(DAYS, id=str(n)) for n in range(20)]
    stream = list(islice(GroupStream(groups, seed=7, name="a"), 40))
    first, second = stream[:20], stream[20:]
    assert sorted(g.id for g in first) == sorted(g.id for g in second) == sorted(g.id for g in groups)
    assert first != second
    assert stream == list(islice(GroupStream(groups, seed=7, name="a"), 40))
    assert list(GroupStream([], seed=7, name="a")) == []


def test_a_retrieved_group_keeps_evidence_and_negatives_of_high_rank() -> None:
    """Two relevant passages at most, eight in all, none that retrieval did not return."""
    far = [passage(f"Page {n}\nIt rains.", False, rank=n) for n in range(2, 30)]
    missed = replace(BADGES, rank=None)
    group = replace(DAYS, passages=(LEAVE, replace(LEAVE, rank=3), replace(LEAVE, rank=9), missed, *far))
    ranks: list[int] = []
    for seed in range(60):
        drawn = sample_retrieved(group, random.Random(seed))
        assert sum(p.relevant for p in drawn.passages) == 2
        assert len(drawn.passages) == 8
        assert all(p.rank is not None for p in drawn.passages)
        ranks += [p.rank or 0 for p in drawn.passages if not p.relevant]
    assert sum(rank < 10 for rank in ranks) > sum(rank >= 20 for rank in ranks)


def test_an_unanswerable_group_has_negatives_alone() -> None:
    """ "None of them" is right."""
    drawn = sample_retrieved(PARKING, random.Random(1))
    assert [p.relevant for p in drawn.passages] == [False]


def test_a_published_group_begins_with_its_own_text() -> None:
    """Three others at most."""
    group = replace(DAYS, passages=(LEAVE, *(replace(BADGES, rank=n) for n in range(5))))
    drawn = sample_published(group, random.Random(1))
    assert drawn.passages[0] == LEAVE
    assert len(drawn.passages) == 4
