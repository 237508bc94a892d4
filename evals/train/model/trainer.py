"""The training loop: seeded, resumable, bounded by steps or by time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evals.train.data.examples import Example
from evals.train.model.batches import Batch, bucket_by_length, encode_batches
from evals.train.model.loading import device_of
from evals.train.model.losses import Loss, span_loss

_LOG_EVERY = 50  # steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameters:
    """What shapes the weights beside the data.

    ``minutes`` bounds the run: the learning rate falls to zero by ``steps`` or by then, whichever comes
    first. With ``minutes`` None a run depends on its seed alone.

    Attributes:
        batch_size: examples a step.
        max_tokens: of question and context together.
        learning_rate: the peak.
        warmup: share of the steps in which the learning rate rises.
        max_gradient_norm: gradients are clipped to it.
        ema_decay: of the weights' exponential moving average, per step.
        save_every: steps between checkpoints.
        evaluate_every: steps between evaluations.
    """

    steps: int = 5_000
    minutes: float | None = None
    batch_size: int = 32
    max_tokens: int = 224
    learning_rate: float = 1.5e-4
    warmup: float = 0.06
    weight_decay: float = 0.01
    max_gradient_norm: float = 1.0
    ema_decay: float = 0.998
    seed: int = 7
    threads: int = 2
    save_every: int = 250
    evaluate_every: int = 600


def learning_rate_factor(progress: float, warmup: float) -> float:
    """Share of the peak learning rate at ``progress`` in [0, 1]: linear warm-up, then linear decay to 0."""
    if progress < warmup:
        return progress / warmup
    return max(0.0, (1 - progress) / (1 - warmup))


class Trainer:
    """One run in its folder: `checkpoint.pt` to resume from, `average/` with the averaged weights.

    Optimised with AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101). The model is trained in place; on an
    accelerator a resumed run draws other dropout than an unbroken one.
    """

    def __init__(
        self,
        model: Any,
        folder: Path,
        parameters: Hyperparameters,
        log: Callable[[str], None],
        loss: Loss = span_loss,
    ) -> None:
        import torch

        torch.set_num_threads(parameters.threads)
        torch.manual_seed(parameters.seed)
        self._model, self._folder, self._parameters, self._log = model, folder, parameters, log
        self._loss = loss
        groups = _parameter_groups(model, parameters.weight_decay)
        self._optimizer = torch.optim.AdamW(groups, lr=parameters.learning_rate, fused=True)
        self._average = {name: value.clone() for name, value in model.state_dict().items()}
        self._step, self._elapsed = 0, 0.0  # seconds

    def resume(self) -> bool:
        """Restore the folder's checkpoint. False where there is none."""
        import torch

        path = self._folder / "checkpoint.pt"
        if not path.exists():
            return False
        state = torch.load(path, weights_only=True, map_location=device_of(self._model))
        self._model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._average = state["average"]
        self._step, self._elapsed = state["step"], state["spent"]
        torch.set_rng_state(state["random"].cpu())
        return True

    def run(
        self, examples: Sequence[Example], tokenizer: Any, evaluate: Callable[[Any], str] | None = None
    ) -> None:
        """Train to the end of the schedule, then save the averaged weights in `average/`.

        Args:
            evaluate: called now and then with the averaged model; its figures go to the log.
        """
        parameters = self._parameters
        plan = bucket_by_length(examples, parameters.batch_size, seed=parameters.seed)[: parameters.steps]
        began, first, total = time.monotonic() - self._elapsed, self._step, 0.0
        for batch in encode_batches(examples, plan[first:], tokenizer):
            self._elapsed = time.monotonic() - began
            progress = self._progress(len(plan))
            if progress >= 1:
                break
            factor = learning_rate_factor(progress, parameters.warmup)
            total += self._optimize(batch, parameters.learning_rate * factor)
            self._step += 1
            if self._step % _LOG_EVERY == 0:
                mean = total / _LOG_EVERY
                self._log(f"step {self._step} at {progress:.3f} loss {mean:.4f} {self._elapsed:.0f} s")
                total = 0.0
            if self._step % parameters.save_every == 0:
                self.save()
            if evaluate and self._step % parameters.evaluate_every == 0:
                self._log(f"step {self._step} {evaluate(self.averaged_model())}")
        self.save()
        self.averaged_model().save_pretrained(self._folder / "average")
        self._log(f"Training is done: {self._step} steps, {self._elapsed:.0f} s")

    def _progress(self, steps: int) -> float:
        minutes = self._parameters.minutes
        return max(self._step / steps, self._elapsed / (60 * minutes) if minutes else 0.0)

    def _optimize(self, batch: Batch, learning_rate: float) -> float:
        """One step; returns the batch's loss before it."""
        import torch

        self._model.train()
        for group in self._optimizer.param_groups:
            group["lr"] = learning_rate
        loss = self._loss(self._model, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), self._parameters.max_gradient_norm)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        decay = min(self._parameters.ema_decay, (1 + self._step) / (10 + self._step))
        for name, value in self._model.state_dict().items():
            if value.is_floating_point():
                self._average[name].lerp_(value, 1 - decay)
        return float(loss.detach())

    def averaged_model(self) -> Any:
        """A copy of the model with the exponential moving average of the weights."""
        from copy import deepcopy

        model = deepcopy(self._model).eval()
        model.load_state_dict(self._average)
        return model

    def save(self) -> None:
        """Write the checkpoint; a crash during the write leaves the one before."""
        import torch

        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "recipe.json").write_text(json.dumps(asdict(self._parameters), indent=2) + "\n")
        state = {
            "model": self._model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "average": self._average,
            "step": self._step,
            "spent": self._elapsed,
            "random": torch.get_rng_state(),
        }
        torch.save(state, self._folder / "checkpoint.tmp")
        (self._folder / "checkpoint.tmp").replace(self._folder / "checkpoint.pt")


def _parameter_groups(model: Any, weight_decay: float) -> list[dict[str, Any]]:
    """Weight matrices decay; biases and layer normalisation don't."""
    trainable = [p for p in model.parameters() if p.requires_grad]
    matrices = [p for p in trainable if p.ndim > 1]
    vectors = [p for p in trainable if p.ndim <= 1]
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}]
