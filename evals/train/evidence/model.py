"""The evidence reader's network: one encoder, four heads.

- relevance ``(passages,)``: against "none of them", whose logit is 0;
- support ``(passages, tokens)``: a unit's logit is the mean over its tokens;
- start and end of a short answer ``(passages, tokens)`` each, as a SQuAD 2 reader's (Devlin et al. 2019);
- polarity ``(passages, 3)``: yes, no, neither.

The encoder and the span head are a reader's; the rest begins near zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.train.model.loading import load_model

if TYPE_CHECKING:
    import torch

POLARITIES = ("yes", "no", "neither")
_INITIAL_STD = 0.02
_DROPOUT = 0.05


@dataclass(frozen=True, slots=True)
class Logits:
    """The outputs for a batch of passages; token positions that are padding mean nothing."""

    start: torch.Tensor
    end: torch.Tensor
    support: torch.Tensor
    relevance: torch.Tensor
    polarity: torch.Tensor


def open_model(folder: Path) -> Any:
    """A network from the folder of a span reader (transformers) or of one that ``save_model`` wrote.

    Its word embeddings are frozen (``load_model``).

    Raises:
        OSError: no model lies there.
    """
    import torch

    model = _network()(load_model(folder, dropout=_DROPOUT, freeze_embeddings=True))
    heads = folder / "heads.pt"
    if heads.is_file():
        model.heads.load_state_dict(torch.load(heads, weights_only=True))
    return model


def save_model(model: Any, folder: Path) -> None:
    """Writes a folder that ``open_model`` opens."""
    import torch

    model.reader.save_pretrained(folder)
    torch.save(model.heads.state_dict(), folder / "heads.pt")


def _network() -> Any:
    import torch
    from torch import nn

    class EvidenceNetwork(nn.Module):  # type: ignore[misc]
        def __init__(self, reader: Any) -> None:
            super().__init__()
            self.reader = reader
            width = reader.config.hidden_size
            self.heads = nn.ModuleDict(
                {
                    "pooler": nn.Linear(width, width),
                    "relevance": nn.Linear(width, 1),
                    "support": nn.Linear(width, 1),
                    "polarity": nn.Linear(width, len(POLARITIES)),
                }
            )
            for head in self.heads.values():
                nn.init.normal_(head.weight, std=_INITIAL_STD)
                nn.init.zeros_(head.bias)

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Logits:
            hidden = self.reader.base_model(
                input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
            ).last_hidden_state
            span = self.reader.qa_outputs(hidden)
            pooled = torch.tanh(self.heads["pooler"](hidden[:, 0]))
            return Logits(
                start=span[..., 0],
                end=span[..., 1],
                support=self.heads["support"](hidden)[..., 0],
                relevance=self.heads["relevance"](pooled)[..., 0],
                polarity=self.heads["polarity"](pooled),
            )

    return EvidenceNetwork
