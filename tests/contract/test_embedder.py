"""The laws of ``Embedder``: the fake and the packaged model in both precisions keep them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.adapters.onnx.embedder import PACKAGED, OnnxEmbedder
from rag.errors import ModelError
from rag.ports.embedder import Embedder
from tests.fakes.models import BagEmbedder

TEXTS = [
    "Who demanded an apology?",
    "x",
    "",
    "日本語のテキスト",
    "lone \ud800 surrogate",
    "long " * 2_000,
    "a\x00b",
]


@pytest.fixture(params=["fake", "int8", "fp32"])
def any_embedder(request: pytest.FixtureRequest, model_cache: Path) -> Embedder:
    if request.param == "fake":
        return BagEmbedder()
    return OnnxEmbedder(PACKAGED, precision=request.param, cache=model_cache)


def test_rows_are_unit_vectors(any_embedder: Embedder) -> None:
    """Whatever the text: empty, in any script, with a lone surrogate, far too long."""
    vectors = any_embedder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), any_embedder.dimensions)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)


def test_no_texts_give_no_rows(any_embedder: Embedder) -> None:
    """An empty list keeps its second dimension."""
    assert any_embedder.embed([]).shape == (0, any_embedder.dimensions)


def test_a_vector_does_not_depend_on_the_batch(any_embedder: Embedder) -> None:
    """Alone, first, last, among long texts: the same numbers."""
    alone = any_embedder.embed([TEXTS[0]])[0]
    together = any_embedder.embed([*TEXTS, TEXTS[0]])
    assert np.array_equal(together[0], alone)
    assert np.array_equal(together[-1], alone)


def test_a_paraphrase_has_a_higher_cosine(embedder: OnnxEmbedder) -> None:
    """Than a text on another subject, with the packaged model."""
    question, paraphrase, other = embedder.embed(
        ["Who wants an apology?", "He demanded that she say sorry.", "The recipe needs two eggs."]
    )
    assert question @ paraphrase > question @ other + 0.2


def test_int8_vectors_are_close_to_fp32(model_cache: Path) -> None:
    """Their cosine is over 0.95."""
    fp32 = OnnxEmbedder(PACKAGED, precision="fp32", cache=model_cache).embed(TEXTS[:1])
    int8 = OnnxEmbedder(PACKAGED, precision="int8", cache=model_cache).embed(TEXTS[:1])
    assert float((fp32 * int8).sum()) > 0.95


def test_fingerprints_differ_by_precision(model_cache: Path) -> None:
    """Different vectors have different fingerprints."""
    fingerprints = {
        OnnxEmbedder(PACKAGED, precision=p, cache=model_cache).fingerprint for p in ("int8", "fp32")
    }
    assert len(fingerprints) == 2


def test_a_missing_model_is_an_error(tmp_path: Path) -> None:
    """A folder without one."""
    (tmp_path / "none").mkdir()
    with pytest.raises(ModelError, match="can't be compiled"):
        OnnxEmbedder(str(tmp_path / "none"), precision="int8", cache=tmp_path / "cache")
