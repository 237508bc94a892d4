"""No secret is in a log, in the data folder or in what a command prints, after everything was used."""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import httpx
import pytest

from tests.http.live import ROOT, in_process

API_KEY, LLM_KEY, PASSWORD = "api-key-3f9c1e77a2", "llm-key-8d20b6c4e1", "pass-word-51ac90"
S3_KEY, S3_SESSION, WIKI_TOKEN = "s3-secret-2b7e90d1c5", "s3-session-77c1", "wiki-token-c09d13"
WRONG = "wrong-key-e7b1c2d3f4a5"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEtNzcxMiJ9.c2lnbmF0dXJlLTkx"
SECRETS = (API_KEY, LLM_KEY, PASSWORD, WRONG, S3_KEY, S3_SESSION, WIKI_TOKEN, *JWT.split(".")[1:])


def _run(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "api", *arguments, "--data", str(data)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.timeout(600)
def test_no_secret_is_written_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Right and wrong keys in every place that a client may send them, a token, an LLM that isn't there."""
    for name, value in {
        "SAYWHERE_API_KEY": API_KEY,
        "SAYWHERE_LLM__PROVIDER": "openai_like",
        "SAYWHERE_LLM__MODEL": "none",
        "SAYWHERE_LLM__BASE_URL": f"http://ada:{PASSWORD}@127.0.0.1:9/v1",
        "SAYWHERE_LLM__API_KEY": LLM_KEY,
        "SAYWHERE_ACCESS__JWKS_URL": f"http://ada:{PASSWORD}@127.0.0.1:9/keys",
        "SAYWHERE_ACCESS__JWT_ISSUER": "https://id.example",
        "SAYWHERE_ACCESS__JWT_AUDIENCE": "saywhere",
        "SAYWHERE_ACCESS_LOG": "true",
        "SAYWHERE_S3__ENDPOINT_URL": "http://127.0.0.1:9",
        "SAYWHERE_S3__ACCESS_KEY": "AKIA7",
        "SAYWHERE_S3__SECRET_KEY": S3_KEY,
        "SAYWHERE_S3__SESSION_TOKEN": S3_SESSION,
        "SAYWHERE_CONFLUENCE__URL": "http://127.0.0.1:9",
        "SAYWHERE_CONFLUENCE__TOKEN": WIKI_TOKEN,
    }.items():
        monkeypatch.setenv(name, value)
    data = tmp_path / "data"
    made = _run(data, "keys", "make", "bot")
    key = made.stdout.strip()
    assert key.startswith("sw_"), made.stderr
    printed = [made.stderr]
    for place in ("s3://handbook/", "confluence:HR"):
        added = _run(data, "sources", "add", place, "--every", "1d")
        assert added.returncode == 0, added.stderr
        printed += [added.stdout, added.stderr]
    with in_process("-m", "api", "serve", "--data", str(data), "--port", "0") as (process, url):
        statuses = [_use(url, credential) for credential in (API_KEY, key, WRONG, JWT, f"{key}x")]
        process.terminate()
        printed += process.communicate(timeout=60)
    assert [status[0] for status in statuses] == [200, 200, 401, 401, 401]
    key_id = key.split("_")[1]
    commands = (
        ["sources", "list", "--json"],
        ["config"],
        ["config", "--json"],
        ["keys", "list"],
        ["keys", "revoke", key_id],
        ["doctor"],
    )
    for command in commands:
        result = _run(data, *command)
        printed += [result.stdout, result.stderr]
    assert "SAYWHERE_API_KEY=********" in "\n".join(printed)
    secrets = [*SECRETS, key.rpartition("_")[2]]
    found = [secret for secret in secrets for text in printed if secret in text]
    assert not found, found
    for path in data.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [secret for secret in secrets if secret.encode() in content], path
    assert (data / "audit.jsonl").read_text().count(f'"key:{key_id}"') > 1


def _use(url: str, credential: str) -> list[int]:
    """The statuses of requests with a credential in the header, as Basic, in the query, and in a body."""
    basic = b64encode(f"ada:{credential}".encode()).decode()
    body = {"question": "Who paid?"}
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        responses = [
            client.post("/v1/ask", json=body, headers={"Authorization": f"Bearer {credential}"}),
            client.get("/v1/search", params={"q": "who"}, headers={"Authorization": f"Basic {basic}"}),
            client.get("/v1/documents", params={"key": credential, "api_key": credential}),
            client.get("/v1/status", headers={"Authorization": credential, "X-Api-Key": credential}),
            client.post("/v1/tokens", json={"key": credential}, headers={"Origin": "https://a.example"}),
            client.post(
                "/v1/documents",
                json={"documents": [{"text": "Ada paid."}]},
                headers={"Authorization": f"Bearer {credential}"},
            ),
            client.get("/v1/nothing", headers={"Authorization": f"Bearer {credential}"}),
        ]
    return [response.status_code for response in responses]


def test_config_names_what_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the environment has it, and whether it is the default; a setting that can't be used is named."""
    for name in [name for name in os.environ if name.startswith("SAYWHERE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SAYWHERE_READERS", '{"hr/": ["hr"]}')
    monkeypatch.setenv("SAYWHERE_CHROMA_URL", f"http://ada:{PASSWORD}@chroma:8000")
    result = _run(tmp_path, "config", "--set")
    assert result.stdout.splitlines() == [
        f"SAYWHERE_DATA={tmp_path}  # set",
        "SAYWHERE_CHROMA_URL=http://********@chroma:8000  # set",
        'SAYWHERE_READERS={"hr/": ["hr"]}  # set',
    ]
    monkeypatch.setenv("SAYWHERE_ACCESS__JWT_ISSUER", "https://id.example")
    result = _run(tmp_path, "config")
    assert result.returncode == 2
    assert "SAYWHERE_ACCESS" in result.stderr
