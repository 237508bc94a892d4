"""What is sent to an LLM's endpoint."""

from __future__ import annotations

import pytest

from rag.adapters.llama_index.llm import open_llm
from rag.errors import InvalidSettings
from rag.ports.llm import Prompt
from rag.settings import LlmSettings
from tests.contract.test_llm import settings_for
from tests.fakes.llm_server import Reply, llm_server

PROMPT = Prompt(system="Answer.", user="When do ships leave?")
FOREIGN = {
    "OPENAI_API_KEY": "sk-foreign",
    "OPENAI_ORG_ID": "org-foreign",
    "OPENAI_PROJECT_ID": "proj-foreign",
    "OPENAI_CUSTOM_HEADERS": "X-Foreign: foreign",
    "OPENAI_API_BASE": "http://127.0.0.1:1/foreign",
    "OPENAI_BASE_URL": "http://127.0.0.1:1/foreign",
    "OLLAMA_API_KEY": "foreign",
    "OLLAMA_HOST": "http://127.0.0.1:1",
}


@pytest.mark.parametrize("provider", ["openai_like", "ollama"])
@pytest.mark.parametrize("key", [None, "of-the-settings"])
def test_nothing_of_the_environment_is_sent(
    provider: str, key: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables of the client libraries set no key, header or address; only the settings' key goes out."""
    for name, value in FOREIGN.items():
        monkeypatch.setenv(name, value)
    with llm_server(Reply(text="At nine.")) as server:
        llm = open_llm(settings_for(server, provider, api_key=key))
        llm.complete(PROMPT, seconds=30)
        list(llm.stream(PROMPT, seconds=30))
        llm.close()
    assert len(server.requests) == 2
    for request in server.requests:
        sent = " ".join(f"{name}={value}" for name, value in request.headers.items())
        assert "foreign" not in sent.casefold()
        assert not [name for name in request.headers if name.startswith("x-")]
        assert request.headers.get("authorization") == (f"Bearer {key}" if key else None)


def test_openais_protocol_gets_model_messages_and_limits() -> None:
    """Material in the user's message alone; no sampling; a stream with usage."""
    with llm_server(Reply(text="At nine.")) as server:
        llm = open_llm(settings_for(server, max_tokens=99))
        list(llm.stream(PROMPT, seconds=30))
        llm.close()
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.body == {
        "model": "scripted",
        "messages": [
            {"role": "system", "content": "Answer."},
            {"role": "user", "content": "When do ships leave?"},
        ],
        "temperature": 0.0,
        "max_tokens": 99,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_ollamas_protocol_gets_the_same() -> None:
    """The context size included, since Ollama's default cuts prompts silently."""
    with llm_server(Reply(text="At nine.")) as server:
        llm = open_llm(settings_for(server, "ollama", max_tokens=99, context_tokens=4096))
        llm.complete(PROMPT, seconds=30)
        llm.close()
    (request,) = server.requests
    assert request.path == "/api/chat"
    assert request.body["options"] == {"temperature": 0.0, "num_ctx": 4096, "num_predict": 99}
    assert [message["role"] for message in request.body["messages"]] == ["system", "user"]


def test_a_model_of_another_protocol_is_a_wrong_setting() -> None:
    """llama-index knows some models of OpenAI that have no chat completions."""
    settings = LlmSettings(provider="openai_like", base_url="http://127.0.0.1:1", model="gpt-5.2-pro")
    with pytest.raises(InvalidSettings, match="SAYWHERE_LLM__MODEL"):
        open_llm(settings)
