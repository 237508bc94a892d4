"""The command line with real stores and stand-ins for the models, as a process of its own."""

from __future__ import annotations

import sys

from api.cli.main import main
from rag.wiring import models
from tests.fakes.models import BagEmbedder, PhraseReader

if __name__ == "__main__":
    models.open_embedder = lambda _: BagEmbedder(384)  # type: ignore[assignment]
    models.open_reader = lambda _: PhraseReader()  # type: ignore[assignment]
    models.open_span_reader = lambda _: None
    sys.exit(main())
