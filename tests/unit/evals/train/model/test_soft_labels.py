"""A teacher's probabilities over the student's tokens, and the shipped graph as weights again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evals.train.data.examples import Example
from evals.train.dequantize import unpack
from evals.train.evaluate_reader import onnx_logits
from evals.train.model.batches import encode, load_tokenizer
from evals.train.model.soft_labels import Teacher, taught
from evals.train.model.trainer import TAUGHT, TEMPERATURE, Recipe, Trainer, load_model, loss_of
from rag.types import Span
from tests.unit.evals.train.model.test_trainer import tiny_model

MODEL = Path(__file__).parents[5] / "rag" / "models" / "reader"
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


def test_a_labelled_example_stays_as_it_is(teacher: Teacher, tmp_path: Path) -> None:
    """The teacher never saw such texts; its neighbour is taught all the same."""
    labelled = replace(example(), labelled=True)
    own, other = taught([labelled, example()], teacher, keep=tmp_path / "taught.npz", say=print)
    assert own is labelled
    assert other.taught is not None


def test_lessons_go_on_where_they_were_broken_off(
    teacher: Teacher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was taught before a crash is kept, and not asked for again."""
    monkeypatch.setattr("evals.train.model.soft_labels._BATCH", 2)
    monkeypatch.setattr("evals.train.model.soft_labels._KEPT_EVERY", 1)
    examples = [example(TEXT + " Yes." * n) for n in range(5)]
    keep = tmp_path / "taught.npz"
    asked: list[int] = []

    class Counted(Teacher):
        def ask(self, examples):  # type: ignore[no-untyped-def]
            asked.append(len(examples))
            return teacher.ask(examples)

    class Tired(Counted):
        def ask(self, examples):  # type: ignore[no-untyped-def]
            if asked:
                raise KeyboardInterrupt
            return super().ask(examples)

    with pytest.raises(KeyboardInterrupt):
        taught(examples, Tired(*[None] * 3), keep=keep, say=print)  # type: ignore[arg-type]
    first = taught(examples, Counted(*[None] * 3), keep=keep, say=print)  # type: ignore[arg-type]
    assert asked == [2, 2, 1]
    again = taught(examples, Tired(*[None] * 3), keep=keep, say=print)  # type: ignore[arg-type]
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
    """The loss is the label's and the softened teacher's, by the stated share."""
    import torch

    unpack(MODEL, tmp_path)
    model, tokenizer = load_model(tmp_path).eval(), load_tokenizer(MODEL, 96)
    (lesson,) = taught([example()], teacher, keep=tmp_path / "taught.npz", say=print)
    batch = encode([lesson], tokenizer)
    assert batch.soft is not None
    with torch.no_grad():
        both = float(loss_of(model, batch))
        label = float(loss_of(model, encode([example()], tokenizer)))
        inputs = {name: torch.from_numpy(array) for name, array in batch.inputs.items()}
        with torch.autocast("cpu", dtype=torch.bfloat16):
            out = model(**inputs)
    parts = []
    for logits, soft in zip((out.start_logits, out.end_logits), batch.soft, strict=True):
        theirs = np.sqrt(soft[0].astype(np.float64))  # at a temperature of 2
        ours = (logits[0].double() / 2).log_softmax(0).numpy()
        parts.append(-4 * float((theirs / theirs.sum() * ours).sum()))
    assert (TAUGHT, TEMPERATURE) == (0.7, 2.0)
    assert both == pytest.approx(0.3 * label + 0.7 * sum(parts) / 2, rel=1e-3)


def test_kept_words_stay_as_they_are(tmp_path: Path) -> None:
    """Training moves the layers, not the words' vectors; dropout is as asked for."""
    import torch

    tiny_model().save_pretrained(tmp_path / "start")
    model = load_model(tmp_path / "start", dropout=0.05, keep_words=True)
    assert model.config.hidden_dropout_prob == 0.05
    before = {name: value.clone() for name, value in model.state_dict().items()}
    trainer = Trainer(model, tmp_path / "run", Recipe(steps=4, batch=2, rate=1e-2, threads=1), print)
    trainer.run([example()] * 8, load_tokenizer(MODEL, 96))
    after = model.state_dict()
    words = "bert.embeddings.word_embeddings.weight"
    assert torch.equal(after[words], before[words])
    assert not torch.equal(after["qa_outputs.weight"], before["qa_outputs.weight"])
