"""The examples of the pages about interfaces run, and print what the pages say that they print."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.fakes.seeds_article import seeds_backend
from tests.http.live import in_thread
from tests.require import ROOT

SERVED = "http://127.0.0.1:8000"
_BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.M | re.S)


@pytest.mark.parametrize(("name", "outputs"), [("client", 8), ("openai", 4), ("mcp", 1)])
def test_the_examples_print_what_the_page_says(
    name: str, outputs: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In order, in one namespace, against a server with the article of ``seeds/``."""
    monkeypatch.setenv("HAYSTACK_TELEMETRY_ENABLED", "False")
    page = ROOT / "docs" / f"{name}.md"
    text = page.read_text(encoding="utf-8")
    namespace: dict[str, Any] = {"__name__": "example"}
    compared = 0
    with in_thread(seeds_backend()) as url:
        for block in _BLOCK.finditer(text):
            language, code = block.groups()
            line = text.count("\n", 0, block.start()) + 1
            if language == "text":
                assert capsys.readouterr().out.replace(url, SERVED) == code, f"{page.name}:{line}"
                compared += 1
            else:
                assert capsys.readouterr().out == "", f"{page.name}:{line}: the block before prints"
                source = "\n" * line + code.replace(SERVED, url)
                exec(compile(source, str(page), "exec", dont_inherit=True), namespace)  # noqa: S102
    assert compared == outputs
