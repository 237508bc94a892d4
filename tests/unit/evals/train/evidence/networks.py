"""A network small enough to train in a test."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from evals.train.evidence.model import open_model
from tests.unit.evals.train.model.tiny_model import tiny_model


def tiny_network() -> Any:
    """The evidence network on a tiny span reader."""
    with tempfile.TemporaryDirectory() as folder:
        tiny_model(hidden_size=32, intermediate_size=64).save_pretrained(folder)
        return open_model(Path(folder))
