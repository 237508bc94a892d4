"""What ``saywhere doctor`` says of an LLM."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.cli.commands import doctor
from api.cli.commands.doctor import Check, checks
from ingest.formats.recognition import tesseract
from rag.settings import LlmSettings, OcrSettings, Settings
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


@pytest.mark.parametrize(
    ("version", "missing", "ocr", "ok", "detail"),
    [
        ("5.3.0", (), {}, True, "Tesseract 5.3.0, eng"),
        (None, ("eng",), {}, None, "Tesseract isn't installed (apt-get install tesseract-ocr)"),
        ("5.3.0", (), {"enabled": False}, None, "switched off"),
        ("5.3.0", ("chi_sim",), {"languages": "eng+chi_sim"}, False, "apt-get install tesseract-ocr-chi-sim"),
    ],
)
def test_text_recognition_is_told(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    version: str | None,
    missing: tuple[str, ...],
    ocr: dict[str, object],
    ok: bool | None,
    detail: str,
) -> None:
    """Without Tesseract nothing is wrong; a language that is set and isn't installed is a fault."""
    monkeypatch.setattr(tesseract, "version", lambda: version)
    monkeypatch.setattr(tesseract, "missing_languages", lambda _: missing)
    settings = Settings(data=tmp_path, ocr=OcrSettings(**ocr))  # type: ignore[arg-type]
    check = next(check for check in checks(settings) if check.name == "text recognition")
    assert check.ok is ok
    assert detail in check.detail
