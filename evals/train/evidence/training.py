"""The training run of the evidence reader: seeded, resumable, bounded by steps or by time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from evals.train.evidence.encoding import encode_group
from evals.train.evidence.groups import Group
from evals.train.evidence.losses import LossParts, forward, group_losses
from evals.train.evidence.model import save_model
from evals.train.evidence.ranking import RankingScores, ranking_scores
from evals.train.evidence.sampling import GroupStream, Mix, sample_published, sample_retrieved
from evals.train.model.trainer import learning_rate_factor

CHECKPOINT = "checkpoint.pt"
_LOG_EVERY = 25  # steps
_EVALUATED_PASSAGES = 16  # of a group, by retrieval's rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameters:
    """What shapes the weights beside the data; as ``evals.train.model.trainer.Hyperparameters``.

    ``head_factor``: the heads learn this much faster than the encoder, which begins from a trained reader.
    """

    steps: int = 1_300
    minutes: float | None = None
    learning_rate: float = 1e-4
    head_factor: float = 5.0
    warmup: float = 0.06
    weight_decay: float = 0.01
    max_gradient_norm: float = 1.0
    ema_decay: float = 0.998
    seed: int = 7
    threads: int = 2
    save_every: int = 100
    evaluate_every: int = 300
    mix: Mix = field(default_factory=Mix)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Groups by source; ``development`` are of collections that nothing else is of."""

    retrieved: Sequence[Group]
    published: Sequence[Group] = ()
    single: Sequence[Group] = ()
    development: Sequence[Group] = ()


class Training:
    """One run in its folder: a checkpoint to resume from, `average/` with the averaged weights.

    Optimised with AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101).
    """

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        folder: Path,
        parameters: Hyperparameters,
        log: Callable[[str], None],
    ) -> None:
        import torch

        torch.set_num_threads(parameters.threads)
        torch.manual_seed(parameters.seed)
        self._model, self._tokenizer, self._folder = model, tokenizer, folder
        self._parameters, self._log = parameters, log
        encoder = [p for p in model.reader.parameters() if p.requires_grad]
        rates = (parameters.learning_rate, parameters.learning_rate * parameters.head_factor)
        self._optimizer = torch.optim.AdamW(
            [
                {"params": list(weights), "lr": rate, "peak": rate}
                for weights, rate in zip((encoder, model.heads.parameters()), rates, strict=True)
            ],
            weight_decay=parameters.weight_decay,
            fused=True,
        )
        self._average = {name: value.clone() for name, value in model.state_dict().items()}
        self._step, self._seconds = 0, 0.0

    def resume(self) -> bool:
        """Goes on from the folder's checkpoint. False where there is none."""
        import torch

        path = self._folder / CHECKPOINT
        if not path.is_file():
            return False
        state = torch.load(path, weights_only=True)
        self._model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._average = state["average"]
        self._step, self._seconds = state["step"], state["seconds"]
        return True

    def run(self, sources: Sources) -> RankingScores | None:
        """Trains to the end of the schedule and saves `average/`. Returns its development scores."""
        parameters = self._parameters
        batches = _batches(sources, parameters.mix, parameters.seed)
        began = time.monotonic() - self._seconds
        sums: dict[str, float] = {}
        for groups in islice(batches, self._step, None):
            self._seconds = time.monotonic() - began
            progress = self._progress()
            if progress >= 1:
                break
            self._add(sums, self._learn(groups, learning_rate_factor(progress, parameters.warmup)))
            self._step += 1
            if self._step % _LOG_EVERY == 0:
                means = ", ".join(f"{name} {value / _LOG_EVERY:.3f}" for name, value in sums.items())
                self._log(f"step {self._step} at {progress:.3f}: {means}; {self._seconds:.0f} s")
                sums = {}
            if self._step % parameters.save_every == 0:
                self.save()
            if self._step % parameters.evaluate_every == 0 and sources.development:
                self._log(f"step {self._step}: {self.evaluate(sources.development)}")
        self.save()
        with self._averaged() as model:
            save_model(model, self._folder / "average")
        return self.evaluate(sources.development) if sources.development else None

    def evaluate(self, groups: Sequence[Group]) -> RankingScores:
        """The averaged weights on groups as retrieval ranked them."""
        import torch

        shown = [_as_retrieved(group) for group in groups]
        with self._averaged() as model, torch.inference_mode():
            relevance = [
                forward(model, encode_group(self._tokenizer, group)).relevance.tolist() for group in shown
            ]
        return ranking_scores(shown, relevance)

    def save(self) -> None:
        """Writes the checkpoint; a crash while writing leaves the one before."""
        import torch

        self._folder.mkdir(parents=True, exist_ok=True)
        state = {
            "model": self._model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "average": self._average,
            "step": self._step,
            "seconds": self._seconds,
        }
        scratch = self._folder / f"{CHECKPOINT}.tmp"
        torch.save(state, scratch)
        scratch.replace(self._folder / CHECKPOINT)

    def _progress(self) -> float:
        minutes = self._parameters.minutes
        return max(self._step / self._parameters.steps, self._seconds / (60 * minutes) if minutes else 0.0)

    def _learn(self, groups: Sequence[Group], factor: float) -> LossParts:
        import torch

        self._model.train()
        for group in self._optimizer.param_groups:
            group["lr"] = group["peak"] * factor
        rng = random.Random(f"{self._parameters.seed} loss {self._step}")  # noqa: S311 (reproducible)
        encoded = [encode_group(self._tokenizer, group) for group in groups]
        parts = group_losses(self._model, groups, encoded, rng)
        parts.total.backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), self._parameters.max_gradient_norm)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        decay = min(self._parameters.ema_decay, (1 + self._step) / (10 + self._step))
        for name, value in self._model.state_dict().items():
            if value.is_floating_point():
                self._average[name].lerp_(value, 1 - decay)
        return parts

    @staticmethod
    def _add(sums: dict[str, float], parts: LossParts) -> None:
        for name in ("relevance", "support", "span", "polarity"):
            sums[name] = sums.get(name, 0.0) + float(getattr(parts, name).detach())

    def _averaged(self) -> _Weights:
        return _Weights(self._model, self._average)


class _Weights:
    """The model with other weights, in evaluation mode, as long as the block lasts."""

    def __init__(self, model: Any, weights: Mapping[str, Any]) -> None:
        self._model, self._weights = model, weights

    def __enter__(self) -> Any:
        self._own = {name: value.clone() for name, value in self._model.state_dict().items()}
        self._model.load_state_dict(self._weights)
        return self._model.eval()

    def __exit__(self, *_: object) -> None:
        self._model.load_state_dict(self._own)


def _batches(sources: Sources, mix: Mix, seed: int) -> Iterator[list[Group]]:
    """A step's groups, without end; the same for the same seed."""
    rng = random.Random(f"{seed} passages")  # noqa: S311 (reproducible, not secret)
    retrieved = iter(GroupStream(sources.retrieved, seed=seed, name="retrieved"))
    published = iter(GroupStream(sources.published, seed=seed, name="published"))
    with_polarity = [group for group in sources.published if group.polarity is not None]
    yes_no = iter(GroupStream(with_polarity, seed=seed, name="yes_no"))
    single = iter(GroupStream(sources.single, seed=seed, name="single"))
    while True:
        groups = [sample_retrieved(group, rng) for group in islice(retrieved, mix.retrieved)]
        groups += [sample_published(group, rng) for group in islice(published, mix.published)]
        groups += [sample_published(group, rng) for group in islice(yes_no, mix.yes_no)]
        groups += list(islice(single, mix.single))
        if not groups:
            return
        yield groups


def _as_retrieved(group: Group) -> Group:
    """The best passages by rank; none that retrieval did not return."""
    retrieved = [p for p in group.passages if p.rank is not None and p.rank < _EVALUATED_PASSAGES]
    return replace(group, passages=tuple(retrieved or group.passages[:1]))
