"""A run of a tiny network: it learns, stops, resumes, and is found again in its folder."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

import torch

from evals.train.evidence import training
from evals.train.evidence.encoding import MAX_TOKENS
from evals.train.evidence.model import open_model
from evals.train.evidence.sampling import Mix
from evals.train.evidence.training import Hyperparameters, Sources, Training
from evals.train.model.batches import load_tokenizer
from tests.unit.evals.train.evidence.networks import tiny_network
from tests.unit.evals.train.evidence.samples import DAYS, PARKING
from tests.unit.evals.train.model.tiny_model import READER

TOKENIZER = load_tokenizer(READER, MAX_TOKENS)
PARAMETERS = Hyperparameters(
    steps=30, learning_rate=2e-3, ema_decay=0.5, threads=1, save_every=10, mix=Mix(retrieved=2, published=0)
)
SOURCES = Sources(retrieved=[DAYS, PARKING], development=[DAYS, PARKING])


def test_a_run_learns_and_keeps_its_average(tmp_path: Path) -> None:
    """Two questions are told apart after thirty steps; the folder opens as the same network."""
    lines: list[str] = []
    training = Training(tiny_network(), TOKENIZER, tmp_path, PARAMETERS, lines.append)
    scores = training.run(SOURCES)
    assert scores is not None
    assert (scores.recall[1], scores.auroc) == (1.0, 1.0)
    assert any(line.startswith("step 25") for line in lines)
    reopened = Training(open_model(tmp_path / "average"), TOKENIZER, tmp_path / "b", PARAMETERS, lines.append)
    assert reopened.evaluate(SOURCES.development) == scores


def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    """The same steps on the same groups: as an unbroken run (dropout aside)."""
    first = Training(tiny_network(), TOKENIZER, tmp_path, replace(PARAMETERS, steps=20), print)
    assert not first.resume()
    first.run(SOURCES)
    second = Training(tiny_network(), TOKENIZER, tmp_path, PARAMETERS, print)
    assert second.resume()
    second.run(SOURCES)
    state = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert state["step"] == 30


def test_time_ends_a_run(tmp_path: Path) -> None:
    """Without minutes left not one step is made, and the weights are saved all the same."""
    training = Training(tiny_network(), TOKENIZER, tmp_path, replace(PARAMETERS, minutes=1e-9), print)
    training.run(replace(SOURCES, development=[]))
    assert (tmp_path / "average" / "heads.pt").is_file()


def steps(sources: Sources, mix: Mix, count: int = 6) -> list[list[str]]:
    """The ids of the groups of each step."""
    return [[group.id for group in batch] for batch in islice(training._batches(sources, mix, 7), count)]


PUBLISHED = [
    replace(DAYS, id=f"p{n}", polarity="yes" if n == 4 else "no" if n == 5 else None) for n in range(6)
]


def test_a_step_has_groups_of_every_source_by_the_mix() -> None:
    """Yes/no questions are drawn apart, beside the published ones of all kinds."""
    sources = Sources(
        retrieved=[replace(DAYS, id=f"r{n}") for n in range(4)],
        published=PUBLISHED,
        single=[replace(PARKING, id=f"s{n}") for n in range(4)],
    )
    made = steps(sources, Mix(retrieved=2, published=3, yes_no=2, single=1))
    assert {tuple(name[0] for name in step) for step in made} == {tuple("rrpppp" + "p" + "s")}
    assert all({*step[5:7]} == {"p4", "p5"} for step in made)
    assert len({name for step in made for name in step[2:5]}) > 2
    assert made == steps(sources, Mix(retrieved=2, published=3, yes_no=2, single=1))


def test_a_source_without_groups_is_left_out() -> None:
    """Without yes/no questions none are drawn; without any group there is no step."""
    plain = Sources(retrieved=[DAYS], published=PUBLISHED[:2])
    assert {len(step) for step in steps(plain, Mix(retrieved=1, published=2, yes_no=2, single=2))} == {3}
    assert steps(Sources(retrieved=[]), Mix()) == []
