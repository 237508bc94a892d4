"""What ``saywhere doctor`` says of an LLM."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.cli.commands import doctor
from api.cli.commands.doctor import Check, checks
from rag.settings import LlmSettings, Settings
from tests.fakes.llm_server import Reply, llm_server
from tests.fakes.models import BagEmbedder, PhraseReader


@pytest.fixture(autouse=True)
def _fake_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "open_embedder", lambda _: BagEmbedder())
    monkeypatch.setattr(doctor, "open_reader", lambda _: PhraseReader())


def llm_check(folder: Path, **llm: object) -> Check:
    settings = Settings(data=folder, llm=LlmSettings(**llm))  # type: ignore[arg-type]
    return next(check for check in checks(settings) if check.name == "LLM")


def test_without_an_llm_nothing_is_judged(tmp_path: Path) -> None:
    """Neither right nor wrong."""
    assert llm_check(tmp_path) == Check(name="LLM", ok=None, detail="none is set")


def test_an_llm_is_tried(tmp_path: Path) -> None:
    """With one request that holds no text of documents; what it may do is said."""
    with llm_server(Reply(text="Yes")) as server:
        check = llm_check(tmp_path, provider="ollama", base_url=server.url, model="small", may_draft=True)
    assert check.ok is True
    assert check.detail.startswith("ollama:small answers after ")
    assert check.detail.endswith("may_draft")
    assert [request.prompt for request in server.requests] == ["Answer with one word.\nAre you ready?"]


def test_an_llm_that_fails_is_a_fault(tmp_path: Path) -> None:
    """The reason is named."""
    with llm_server(Reply(status=401, body=b"{}")) as server:
        check = llm_check(tmp_path, provider="openai_like", base_url=f"{server.url}/v1", model="small")
    assert check.ok is False
    assert "its key is wrong" in check.detail
