"""Span models from folders, and inputs in the form that a model takes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch


def load_model(
    folder: Path, *, dropout: float | None = None, freeze_embeddings: bool = False, device: str = "cpu"
) -> Any:
    """A span model from a folder; an encoder without a span head gets a new one.

    Args:
        dropout: of hidden states; None leaves the model's own.
        freeze_embeddings: word embeddings stay as they are. Most of the vocabulary is rare in the training
            texts or missing there, and would drift apart from the rest.
        device: as torch names it.

    Raises:
        OSError: there is no model in the folder.
    """
    import torch
    from transformers import AutoModelForQuestionAnswering

    # Eager attention without dropout is what bf16 on a CPU is fast with: 50 examples a second, not 19.
    overrides = {} if dropout is None else {"hidden_dropout_prob": dropout}
    model = AutoModelForQuestionAnswering.from_pretrained(
        folder,
        dtype=torch.float32,
        attn_implementation="eager",
        attention_probs_dropout_prob=0.0,
        **overrides,
    )
    model.get_input_embeddings().requires_grad_(not freeze_embeddings)
    return model.to(device)


def device_of(model: Any) -> torch.device:
    """The device of the model's weights; the CPU for a model without any."""
    import torch

    return getattr(model, "device", torch.device("cpu"))


def to_tensors(inputs: Mapping[str, NDArray[np.int64]], device: torch.device) -> dict[str, torch.Tensor]:
    """A batch's inputs as tensors on a device."""
    import torch

    return {name: torch.from_numpy(array).to(device) for name, array in inputs.items()}


def model_inputs(model: Any, inputs: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The inputs as this family of models takes them: with its padding token, and without segment ids
    where it knows none.
    """
    config = model.config
    adapted = dict(inputs)
    if config.pad_token_id:
        adapted["input_ids"] = adapted["input_ids"].masked_fill(
            adapted["attention_mask"] == 0, config.pad_token_id
        )
    if getattr(config, "type_vocab_size", 0) < 2:
        del adapted["token_type_ids"]
    return adapted
