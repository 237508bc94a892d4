"""A tiny random span model for the reader's tokenizer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

READER = Path(__file__).parents[5] / "rag" / "models" / "span_reader"


def tiny_model(seed: int = 1, *, layers: int = 1, **config: Any) -> Any:
    """A BERT of width 16 with two heads; the same weights for the same seed."""
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    torch.manual_seed(seed)
    sizes = {"hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 16}
    full = BertConfig(vocab_size=30_522, num_hidden_layers=layers, **{**sizes, **config})
    full._attn_implementation = "eager"
    return BertForQuestionAnswering(full)
