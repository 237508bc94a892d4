"""``saywhere mcp`` in a process of its own; the scripted backend stands for a data folder."""

from __future__ import annotations

from unittest.mock import patch

from api.cli.commands.mcp import run
from rag.settings import Settings
from tests.fakes.engine import FakeBackend


def _open(settings: Settings) -> FakeBackend:
    return FakeBackend(settings)


if __name__ == "__main__":
    with patch("rag.wiring.open_service", _open):
        raise SystemExit(run(data=None, url=None))
