"""Which parts with an LLM a service gets, by its settings."""

from __future__ import annotations

import sys

import pytest

from rag.errors import InvalidSettings
from rag.settings import LlmSettings, Settings
from rag.wiring import open_drafter, open_llm, open_rewriter
from tests.fakes.llm import ScriptedLlm
from tests.fakes.llm_server import Reply, llm_server


def settings(**llm: object) -> Settings:
    return Settings(llm=LlmSettings(**llm))  # type: ignore[arg-type]


def test_without_a_provider_there_is_no_llm() -> None:
    """And nothing that would use one."""
    off = settings(may_draft=True, may_rewrite=True)
    assert open_llm(off) is None
    assert open_rewriter(off, None) is None
    assert open_drafter(off, None) is None


def test_an_llm_does_only_what_it_may() -> None:
    """Each by a setting of its own."""
    llm = ScriptedLlm()
    assert open_rewriter(settings(), llm) is None
    assert open_drafter(settings(), llm) is None
    assert open_rewriter(settings(may_rewrite=True), llm) is not None
    assert open_drafter(settings(may_draft=True), llm) is not None


def test_opening_an_llm_sends_nothing() -> None:
    """The first question does."""
    with llm_server(Reply(text="ready")) as server:
        llm = open_llm(settings(provider="ollama", base_url=server.url, model="small"))
        assert llm is not None
        assert (llm.name, server.requests) == ("ollama:small", [])
        llm.close()


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it."""
    monkeypatch.setitem(sys.modules, "llama_index.llms.ollama", None)
    with pytest.raises(InvalidSettings, match=r"pip install 'saywhere\[ollama\]'"):
        open_llm(settings(provider="ollama", base_url="http://localhost", model="small"))
