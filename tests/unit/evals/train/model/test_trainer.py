"""The training loop: its schedule, its loss, and that a restart ends where an unbroken run does."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from evals.train.data.examples import Example
from evals.train.model.batches import Batch, load_tokenizer
from evals.train.model.trainer import Recipe, Trainer, loss_of, schedule
from rag.types import Span

MODEL = Path(__file__).parents[5] / "rag" / "models" / "reader"
TEXT = "The rink was built in 1897."


def tiny_model() -> Any:
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=30522, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    config._attn_implementation = "eager"
    return BertForQuestionAnswering(config)


def examples(count: int) -> list[Example]:
    return [
        Example(
            question=f"When was rink {n} built?",
            context=TEXT + " Yes." * (n % 5),
            span=Span(22, 26) if n % 2 else None,
            kind="span",
        )
        for n in range(count)
    ]


def test_the_rate_rises_then_falls_to_nothing() -> None:
    """Up to 1 at the end of the warm-up, down in a line to 0 at the end."""
    assert schedule(0.0, 0.1) == 0.0
    assert schedule(0.1, 0.1) == 1.0
    assert schedule(0.55, 0.1) == pytest.approx(0.5)
    assert schedule(1.0, 0.1) == schedule(1.2, 0.1) == 0.0


def test_the_loss_of_a_region_sums_its_tokens() -> None:
    """With every unmasked token right the loss is 0; with one of four equal ones it is log 4."""

    class Even:
        config = SimpleNamespace(pad_token_id=0, type_vocab_size=2)

        def __call__(self, **inputs: Any) -> Any:
            import torch

            class Out:
                start_logits = end_logits = torch.zeros(1, 5)

            return Out()

    mask = np.array([[1, 1, 1, 1, 0]], np.int64)
    all_right = np.array([[True, True, True, True, False]])
    one_right = np.array([[False, True, False, False, False]])
    inputs = {"input_ids": mask, "attention_mask": mask, "token_type_ids": mask}
    assert float(loss_of(Even(), Batch(inputs=inputs, starts=all_right, ends=all_right))) == pytest.approx(0)
    one = loss_of(Even(), Batch(inputs=inputs, starts=one_right, ends=one_right))
    assert float(one) == pytest.approx(math.log(4))


def test_a_resumed_run_ends_with_the_weights_of_an_unbroken_one(tmp_path: Path) -> None:
    """Six steps, or three, a restart and three: the same weights, because order and dropout come again."""
    import torch

    tokenizer = load_tokenizer(MODEL, 64)
    data = examples(24)
    recipe = Recipe(steps=6, batch=4, rate=1e-3, threads=1, save_every=3)
    whole = Trainer(tiny_model(), tmp_path / "whole", recipe, print)
    whole.run(data, tokenizer)

    class Stop(Exception):
        pass

    def stop(_: Any) -> str:
        raise Stop

    broken = Recipe(steps=6, batch=4, rate=1e-3, threads=1, save_every=3, watch_every=3)
    with pytest.raises(Stop):
        Trainer(tiny_model(), tmp_path / "broken", broken, print).run(data, tokenizer, stop)
    again = Trainer(tiny_model(), tmp_path / "broken", recipe, print)
    assert again.resume()
    again.run(data, tokenizer)
    for one, other in zip(
        whole.averaged().state_dict().values(), again.averaged().state_dict().values(), strict=True
    ):
        assert torch.equal(one, other)


def test_without_a_checkpoint_there_is_nothing_to_resume(tmp_path: Path) -> None:
    """A fresh folder says so and the run starts at its beginning."""
    assert not Trainer(tiny_model(), tmp_path, Recipe(threads=1), print).resume()


def test_a_run_out_of_minutes_still_saves_its_weights(tmp_path: Path) -> None:
    """Time that is up before the first step leaves usable weights and no exception."""
    trainer = Trainer(tiny_model(), tmp_path, Recipe(steps=6, batch=4, threads=1, minutes=1e-9), print)
    trainer.run(examples(24), load_tokenizer(MODEL, 64))
    assert (tmp_path / "average" / "model.safetensors").exists()
