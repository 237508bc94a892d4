"""A teacher's probabilities over the student's tokens, and the shipped graph as weights again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evals.train.batches import encode, load_tokenizer
from evals.train.data import Example
from evals.train.distil import Teacher, taught
from evals.train.measure import onnx_logits
from evals.train.train import TAUGHT, load_model, loss_of
from evals.train.unpack import unpack
from rag.types import Span

MODEL = Path(__file__).parents[2] / "rag" / "models" / "reader"
TEXT = "The rink was built in 1897. Ann Lee skated there until 1901."


def example(text: str = TEXT, *, region: bool = False) -> Example:
    span = Span(0, 27) if region else Span(22, 26)
    return Example(question="When was the rink built?", context=text, span=span, kind="span", region=region)


@pytest.fixture(scope="module")
def teacher() -> Teacher:
    tokenizer = load_tokenizer(MODEL, 96)
    return Teacher(onnx_logits(MODEL / "reader.onnx"), tokenizer, tokenizer)


def test_what_is_taught_are_probabilities_of_tokens(teacher: Teacher) -> None:
    """Starts and ends each sum to one, and the best start is where the year stands."""
    (said,) = teacher.ask([example()])
    code = load_tokenizer(MODEL, 96).encode("When was the rink built?", TEXT)
    assert said.shape == (2, len(code.ids))
    assert said.sum(axis=1) == pytest.approx([1.0, 1.0], abs=0.01)
    assert code.offsets[int(said[0].argmax())][0] == TEXT.index("1897")


def test_of_a_known_sentence_nothing_else_is_taught(teacher: Teacher) -> None:
    """All of the probability lies in the sentence, none on "no answer"."""
    (said,) = teacher.ask([example(region=True)])
    code = load_tokenizer(MODEL, 96).encode("When was the rink built?", TEXT)
    inside = [s == 1 and o[1] <= 27 for o, s in zip(code.offsets, code.sequence_ids, strict=True)]
    assert said[:, inside].sum(axis=1) == pytest.approx([1.0, 1.0], abs=0.01)
    assert said[:, ~np.array(inside)].sum() == 0


def test_another_cut_of_the_text_is_not_taught() -> None:
    """Where the teacher's tokens of the text aren't the student's, the example stays as it was."""
    short, whole = load_tokenizer(MODEL, 16), load_tokenizer(MODEL, 96)
    (said,) = Teacher(onnx_logits(MODEL / "reader.onnx"), short, whole).ask([example()])
    assert said.size == 0


def test_lessons_go_on_where_they_were_broken_off(teacher: Teacher, tmp_path: Path) -> None:
    """Out of time nothing is lost: what was taught is kept, and not asked for again."""
    examples = [example(TEXT + " Yes." * n) for n in range(5)]
    keep = tmp_path / "taught.npz"
    none = taught(examples, teacher, keep=keep, minutes=1e-9, say=print)
    assert all(e.taught is None for e in none)
    first = taught(examples[:3], teacher, keep=keep, say=print)

    class Silent(Teacher):
        def ask(self, examples):  # type: ignore[no-untyped-def]
            raise AssertionError("asked again")

    again = taught(examples[:3], Silent(*[None] * 3), keep=keep, say=print)  # type: ignore[arg-type]
    for one, other in zip(first, again, strict=True):
        assert one.taught is not None
        assert other.taught is not None
        assert np.array_equal(one.taught, other.taught)


def test_the_shipped_graph_unpacks_to_the_same_model(tmp_path: Path) -> None:
    """Unpacked weights give the graph's logits, but for the rounding of its activations."""
    import torch

    unpack(MODEL, tmp_path)
    model = load_model(tmp_path).eval()
    batch = encode([example()], load_tokenizer(MODEL, 96))
    graph, _ = onnx_logits(MODEL / "reader.onnx")(batch.inputs)
    with torch.no_grad():
        out = model(**{name: torch.from_numpy(a) for name, a in batch.inputs.items()})
    assert np.corrcoef(graph[0], out.start_logits[0].numpy())[0, 1] > 0.98


def test_a_taught_example_is_learnt_from_both(teacher: Teacher, tmp_path: Path) -> None:
    """The loss lies between the label's and the teacher's, by the stated share."""
    import torch

    unpack(MODEL, tmp_path)
    model, tokenizer = load_model(tmp_path).eval(), load_tokenizer(MODEL, 96)
    (lesson,) = taught([example()], teacher, keep=tmp_path / "taught.npz", say=print)
    batch = encode([lesson], tokenizer)
    assert batch.soft is not None
    with torch.no_grad():
        both = float(loss_of(model, batch))
        label = float(loss_of(model, encode([example()], tokenizer)))
        batch.soft[:] = np.stack([batch.starts, batch.ends])
        same = float(loss_of(model, batch))
    assert same == pytest.approx(label, abs=1e-4)
    assert 0 < TAUGHT < 1
    assert both != pytest.approx(label, abs=1e-4)
