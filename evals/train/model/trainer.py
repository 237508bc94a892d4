"""The training loop: seeded, resumable, and done when its time is up.

The loss is SQuAD 2.0's (Rajpurkar et al. 2018; Devlin et al. 2019): cross entropy of start and end
token, where "no answer" is the first token. Where only the answering sentence is known, the loss is
the negative log of the probability summed over its tokens (Clark and Gardner 2018). Where a teacher was
asked, the loss is shared between the label and the teacher's distribution, both softened (Hinton et al.
2015, arXiv:1503.02531).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evals.train.data.examples import Example
from evals.train.model.batches import Batch, batches, order

if TYPE_CHECKING:
    import torch


TAUGHT = 0.7  # the teacher's share of the loss, where it was asked
TEMPERATURE = 2.0  # of its distribution and the model's, where they are compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that shapes the weights, beside the data.

    ``minutes`` bounds the run: the learning rate falls to zero by ``steps`` or by then, whichever
    comes first. With ``minutes`` None the run depends on nothing but its seed.
    """

    steps: int = 5_000
    minutes: float | None = None
    batch: int = 32
    tokens: int = 224
    rate: float = 1.5e-4
    warmup: float = 0.06
    decay: float = 0.01
    clip: float = 1.0
    average: float = 0.998
    seed: int = 7
    threads: int = 2
    save_every: int = 250
    watch_every: int = 600


def schedule(progress: float, warmup: float) -> float:
    """Share of the peak rate at ``progress`` (0 to 1): up in a line, then down in a line to 0."""
    if progress < warmup:
        return progress / warmup
    return max(0.0, (1 - progress) / (1 - warmup))


def loss_of(model: Any, batch: Batch) -> torch.Tensor:
    """Mean negative log probability of the right starts and ends, and of the teacher's, by ``TAUGHT``."""
    import torch

    device = place(model)
    inputs = tensors(batch.inputs, device)
    with torch.autocast(device.type, dtype=torch.bfloat16):
        out = model(**accepted(model, inputs))
    padding = inputs["attention_mask"] == 0
    losses = []
    for i, (logits, right) in enumerate(((out.start_logits, batch.starts), (out.end_logits, batch.ends))):
        logits = logits.float().masked_fill(padding, -1e4)
        chosen = logits.masked_fill(~torch.from_numpy(right).to(device), -1e4)
        loss = logits.logsumexp(1) - chosen.logsumexp(1)
        if batch.soft is not None:
            soft = torch.from_numpy(batch.soft[i]).to(device)
            learnt = taught_loss(logits, soft)
            loss = torch.where(soft.sum(1) > 0, (1 - TAUGHT) * loss + TAUGHT * learnt, loss)
        losses.append(loss.mean())
    return (losses[0] + losses[1]) / 2


def taught_loss(logits: torch.Tensor, soft: torch.Tensor) -> torch.Tensor:
    """``[examples]``: cross entropy to the teacher's probabilities, both at ``TEMPERATURE``.

    Times its square, so that the gradients' size doesn't depend on it.
    """
    softened = soft ** (1 / TEMPERATURE)  # softmax(z) ** (1 / T) is softmax(z / T), but for its sum
    softened = softened / softened.sum(1, keepdim=True).clamp(min=1e-9)
    return -(softened * (logits / TEMPERATURE).log_softmax(1)).sum(1) * TEMPERATURE**2


Loss = Callable[[Any, Batch], "torch.Tensor"]


def place(model: Any) -> torch.device:
    """Where the model's weights are; the CPU for one without any."""
    import torch

    return getattr(model, "device", torch.device("cpu"))


def tensors(inputs: Mapping[str, NDArray[np.int64]], device: torch.device) -> dict[str, torch.Tensor]:
    """A batch's inputs where a model is."""
    import torch

    return {name: torch.from_numpy(array).to(device) for name, array in inputs.items()}


def accepted(model: Any, inputs: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The inputs as this model's family takes them: its own padding, and segments where it knows any."""
    config = model.config
    taken = dict(inputs)
    if config.pad_token_id:
        taken["input_ids"] = taken["input_ids"].masked_fill(taken["attention_mask"] == 0, config.pad_token_id)
    if getattr(config, "type_vocab_size", 0) < 2:
        del taken["token_type_ids"]
    return taken


def load_model(
    folder: Path, *, dropout: float | None = None, keep_words: bool = False, device: str = "cpu"
) -> Any:
    """A span model from a folder; an encoder without a head gets a fresh one.

    With ``keep_words`` the words' vectors stay as they are: most of the vocabulary is rare or missing in
    the training texts, and would drift apart from the rest.
    """
    import torch
    from transformers import AutoModelForQuestionAnswering

    # Eager attention without dropout is what bf16 on a CPU is fast with: 50 examples a second, not 19.
    chosen = {} if dropout is None else {"hidden_dropout_prob": dropout}
    model = AutoModelForQuestionAnswering.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", attention_probs_dropout_prob=0.0, **chosen
    )
    model.get_input_embeddings().requires_grad_(not keep_words)
    return model.to(device)


class Trainer:
    """One run, in its folder: `checkpoint.pt` to go on from, `average/` the weights to use.

    ``watch`` is called now and then with the averaged model and gives figures for the log. The model is
    trained where it lies; on an accelerator a resumed run draws other dropout than an unbroken one.
    """

    def __init__(
        self, model: Any, folder: Path, recipe: Recipe, say: Callable[[str], None], loss: Loss = loss_of
    ) -> None:
        import torch

        torch.set_num_threads(recipe.threads)
        torch.manual_seed(recipe.seed)
        self._model, self._folder, self._recipe, self._say = model, folder, recipe, say
        self._loss = loss
        self._optimizer = torch.optim.AdamW(_groups(model, recipe.decay), lr=recipe.rate, fused=True)
        self._average = {name: value.clone() for name, value in model.state_dict().items()}
        self._step, self._spent = 0, 0.0

    def resume(self) -> bool:
        """Go on from the folder's checkpoint. False where there is none."""
        import torch

        path = self._folder / "checkpoint.pt"
        if not path.exists():
            return False
        kept = torch.load(path, weights_only=True, map_location=place(self._model))
        self._model.load_state_dict(kept["model"])
        self._optimizer.load_state_dict(kept["optimizer"])
        self._average = kept["average"]
        self._step, self._spent = kept["step"], kept["spent"]
        torch.set_rng_state(kept["random"].cpu())
        return True

    def run(
        self, examples: Sequence[Example], tokenizer: Any, watch: Callable[[Any], str] | None = None
    ) -> None:
        """Train to the end of the schedule, then save the averaged weights in `average/`."""
        recipe = self._recipe
        plan = order(examples, recipe.batch, seed=recipe.seed)[: recipe.steps]
        began, first, total = time.monotonic() - self._spent, self._step, 0.0
        for batch in batches(examples, plan[first:], tokenizer):
            self._spent = time.monotonic() - began
            progress = self._progress(len(plan))
            if progress >= 1:
                break
            total += self._learn(batch, recipe.rate * schedule(progress, recipe.warmup))
            self._step += 1
            if self._step % 50 == 0:
                self._say(f"step {self._step} at {progress:.3f} loss {total / 50:.4f} {self._spent:.0f} s")
                total = 0.0
            if self._step % recipe.save_every == 0:
                self.save()
            if watch and self._step % recipe.watch_every == 0:
                self._say(f"step {self._step} {watch(self.averaged())}")
        self.save()
        self.averaged().save_pretrained(self._folder / "average")
        self._say(f"Training is done: {self._step} steps, {self._spent:.0f} s")

    def _progress(self, steps: int) -> float:
        minutes = self._recipe.minutes
        return max(self._step / steps, self._spent / (60 * minutes) if minutes else 0.0)

    def _learn(self, batch: Batch, rate: float) -> float:
        import torch

        self._model.train()
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        loss = self._loss(self._model, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), self._recipe.clip)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        weight = min(self._recipe.average, (1 + self._step) / (10 + self._step))
        for name, value in self._model.state_dict().items():
            if value.is_floating_point():
                self._average[name].lerp_(value, 1 - weight)
        return float(loss.detach())

    def averaged(self) -> Any:
        """A copy of the model with the weights' running average."""
        from copy import deepcopy

        model = deepcopy(self._model).eval()
        model.load_state_dict(self._average)
        return model

    def save(self) -> None:
        """Write the checkpoint; a crash while writing leaves the one before."""
        import torch

        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "recipe.json").write_text(json.dumps(asdict(self._recipe), indent=2) + "\n")
        state = {
            "model": self._model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "average": self._average,
            "step": self._step,
            "spent": self._spent,
            "random": torch.get_rng_state(),
        }
        torch.save(state, self._folder / "checkpoint.tmp")
        (self._folder / "checkpoint.tmp").replace(self._folder / "checkpoint.pt")


def _groups(model: Any, decay: float) -> list[dict[str, Any]]:
    """Weight matrices decay; biases and normalisation don't."""
    learnt = [p for p in model.parameters() if p.requires_grad]
    weights = [p for p in learnt if p.ndim > 1]
    rest = [p for p in learnt if p.ndim <= 1]
    return [{"params": weights, "weight_decay": decay}, {"params": rest, "weight_decay": 0.0}]
