"""The training loop: its schedule, checkpoints, and what it saves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evals.train.data.examples import Example, ExampleKind
from evals.train.model.batches import load_tokenizer
from evals.train.model.loading import load_model
from evals.train.model.trainer import Hyperparameters, Trainer, learning_rate_factor
from rag.types import Span
from tests.unit.evals.train.model.tiny_model import READER, tiny_model

TOKENIZER = load_tokenizer(READER, 64)
EXAMPLES = [
    Example(
        question=f"When was rink {n} built?",
        context="The rink was built in 1897." + " Yes." * (n % 5),
        span=Span(22, 26) if n % 2 else None,
        kind=ExampleKind.ANSWER,
    )
    for n in range(24)
]


def test_the_learning_rate_rises_then_falls_to_zero() -> None:
    """To its peak at the end of the warm-up, then linearly to 0."""
    assert learning_rate_factor(0.0, 0.1) == 0.0
    assert learning_rate_factor(0.1, 0.1) == 1.0
    assert learning_rate_factor(0.55, 0.1) == pytest.approx(0.5)
    assert learning_rate_factor(1.0, 0.1) == learning_rate_factor(1.2, 0.1) == 0.0


def test_a_resumed_run_has_the_weights_of_an_unbroken_one(tmp_path: Path) -> None:
    """Six steps, or three, a restart and three: order and dropout are the same."""
    import torch

    common: dict[str, Any] = {
        "steps": 6,
        "batch_size": 4,
        "learning_rate": 1e-3,
        "threads": 1,
        "save_every": 3,
    }
    unbroken = Trainer(tiny_model(), tmp_path / "unbroken", Hyperparameters(**common), print)
    unbroken.run(EXAMPLES, TOKENIZER)

    class Crash(Exception):
        pass

    def crash(_: Any) -> str:
        raise Crash

    folder = tmp_path / "broken"
    broken = Trainer(tiny_model(), folder, Hyperparameters(**common, evaluate_every=3), print)
    with pytest.raises(Crash):
        broken.run(EXAMPLES, TOKENIZER, crash)
    resumed = Trainer(tiny_model(), folder, Hyperparameters(**common), print)
    assert resumed.resume()
    resumed.run(EXAMPLES, TOKENIZER)
    for one, other in zip(
        unbroken.averaged_model().state_dict().values(),
        resumed.averaged_model().state_dict().values(),
        strict=True,
    ):
        assert torch.equal(one, other)


def test_without_a_checkpoint_nothing_is_resumed(tmp_path: Path) -> None:
    assert not Trainer(tiny_model(), tmp_path, Hyperparameters(threads=1), print).resume()


def test_a_run_out_of_time_saves_its_weights(tmp_path: Path) -> None:
    """Time that is up before the first step leaves usable weights and no exception."""
    parameters = Hyperparameters(steps=6, batch_size=4, threads=1, minutes=1e-9)
    Trainer(tiny_model(), tmp_path, parameters, print).run(EXAMPLES, TOKENIZER)
    assert (tmp_path / "average" / "model.safetensors").exists()


def test_frozen_embeddings_stay_as_they_are(tmp_path: Path) -> None:
    """The layers are trained; dropout is as asked for."""
    import torch

    tiny_model().save_pretrained(tmp_path / "start")
    model = load_model(tmp_path / "start", dropout=0.05, freeze_embeddings=True)
    assert model.config.hidden_dropout_prob == 0.05
    before = {name: value.clone() for name, value in model.state_dict().items()}
    parameters = Hyperparameters(steps=4, batch_size=2, learning_rate=1e-2, threads=1)
    Trainer(model, tmp_path / "run", parameters, print).run(EXAMPLES, TOKENIZER)
    after = model.state_dict()
    embeddings = "bert.embeddings.word_embeddings.weight"
    assert torch.equal(after[embeddings], before[embeddings])
    assert not torch.equal(after["qa_outputs.weight"], before["qa_outputs.weight"])
