"""What is minimised, on a tiny network with real tokens."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch

from evals.train.evidence.encoding import MAX_TOKENS, encode_group
from evals.train.evidence.groups import Group
from evals.train.evidence.losses import LossParts, forward, group_losses
from evals.train.model.batches import load_tokenizer
from tests.unit.evals.train.evidence.networks import tiny_network
from tests.unit.evals.train.evidence.samples import DAYS, PARKING
from tests.unit.evals.train.model.tiny_model import READER

TOKENIZER = load_tokenizer(READER, MAX_TOKENS)


def losses(model: Any, groups: Sequence[Group]) -> LossParts:
    encoded = [encode_group(TOKENIZER, group) for group in groups]
    return group_losses(model, groups, encoded, random.Random(1))


def value(parts: LossParts, name: str) -> float:
    return float(getattr(parts, name).detach())


@pytest.fixture
def model() -> Any:
    torch.set_num_threads(1)  # the network is too small for more
    return tiny_network().eval()


def test_logits_do_not_depend_on_the_order_of_passages(model: Any) -> None:
    """Chunks of like length are put back where they were."""
    passages = encode_group(TOKENIZER, DAYS) + encode_group(TOKENIZER, PARKING)
    with torch.inference_mode():
        one, other = forward(model, passages), forward(model, passages[::-1])
    assert torch.allclose(one.relevance, other.relevance.flip(0), atol=1e-2)
    assert one.start.shape == (3, max(len(p.ids) for p in passages))


def test_relevance_is_a_softmax_with_none_of_them(model: Any) -> None:
    """With all logits near 0, one of three choices is right: the loss is log 3; for one passage log 2."""
    with torch.no_grad():
        model.heads["relevance"].weight.zero_()
    assert float(losses(model, [DAYS]).relevance.detach()) == pytest.approx(1.0986, abs=1e-3)
    assert float(losses(model, [PARKING]).relevance.detach()) == pytest.approx(0.6931, abs=1e-3)


def test_every_head_learns_its_task(model: Any) -> None:
    """Sixty steps on two groups bring each loss down."""
    start = DAYS.passages[0].text.index("25 days")
    answered = replace(DAYS.passages[0], answers=((start, start + 7),))
    groups = [replace(DAYS, passages=(answered, DAYS.passages[1]), polarity="yes"), PARKING]
    encoder = [p for p in model.reader.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": encoder}, {"params": model.heads.parameters(), "lr": 1e-2}], 2e-3
    )
    before = losses(model, groups)
    for _ in range(60):
        optimizer.zero_grad()
        losses(model, groups).total.backward()
        optimizer.step()
    after = losses(model, groups)
    for name in ("relevance", "support", "span", "polarity"):
        learnt, at_first = value(after, name), value(before, name)
        assert learnt < 0.5 * at_first, name


def test_units_without_a_label_are_not_learnt_from(model: Any) -> None:
    """No support loss where nobody said which sentence answers."""
    unknown = replace(
        DAYS.passages[0], units=tuple(replace(u, supports=None) for u in DAYS.passages[0].units)
    )
    assert float(losses(model, [replace(DAYS, passages=(unknown,))]).support) == 0.0


def with_polarity(model: Any, *logits: float) -> Any:
    """The polarity head gives every passage these logits: yes, no, neither."""
    with torch.no_grad():
        model.heads["polarity"].weight.zero_()
        model.heads["polarity"].bias.copy_(torch.tensor(logits))
    return model


def polarity_loss(model: Any, group: Group) -> float:
    return value(losses(model, [group]), "polarity")


def test_polarity_is_learnt_from_a_relevant_passage_and_neither_from_another(model: Any) -> None:
    """With equal logits each costs log 3; that of the passage that is not relevant weighs 0.3."""
    equal = with_polarity(model, 0.0, 0.0, 0.0)
    assert polarity_loss(equal, replace(DAYS, polarity="yes")) == pytest.approx(1.3 * 1.0986, abs=1e-3)
    alone = replace(DAYS, passages=DAYS.passages[:1], polarity="yes")
    assert polarity_loss(equal, alone) == pytest.approx(1.0986, abs=1e-3)
    assert polarity_loss(equal, DAYS) == 0.0


@pytest.mark.parametrize("polarity", ["yes", "no"])
def test_a_passage_that_says_nothing_of_it_is_neither(model: Any, polarity: Any) -> None:
    """A network that is sure of "neither" loses nothing on it, and much on the relevant one."""
    sure = with_polarity(model, 0.0, 0.0, 20.0)
    other = replace(DAYS, passages=DAYS.passages[1:], answerable=False, polarity=polarity)
    assert polarity_loss(sure, other) == pytest.approx(0.0, abs=1e-3)
    assert polarity_loss(sure, replace(DAYS, polarity=polarity)) == pytest.approx(20.0, abs=0.1)


def test_weak_evidence_counts_less_for_support(model: Any) -> None:
    """Its labels are a model's; relevance and span count as much."""
    alone = replace(DAYS, passages=DAYS.passages[:1])
    person, weak = losses(model, [alone]), losses(model, [replace(alone, weak_evidence=True)])
    assert value(weak, "support") == pytest.approx(0.3 * value(person, "support"))
    assert value(weak, "relevance") == pytest.approx(value(person, "relevance"))


def test_a_groups_weight_counts_in_every_loss(model: Any) -> None:
    """Half the weight, half the loss."""
    start = DAYS.passages[0].text.index("25 days")
    answered = replace(DAYS.passages[0], answers=((start, start + 7),))
    whole = replace(DAYS, passages=(answered,), polarity="yes")
    one, half = losses(model, [whole]), losses(model, [replace(whole, weight=0.5)])
    for name in ("relevance", "support", "span", "polarity"):
        assert value(half, name) == pytest.approx(0.5 * value(one, name)), name
