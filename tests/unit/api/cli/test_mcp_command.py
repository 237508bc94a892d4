"""``saywhere mcp`` where its SDK is missing."""

from __future__ import annotations

import pytest

from api.cli.commands import mcp


def test_without_the_sdk_it_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 1, and nothing on standard output, which belongs to the protocol."""
    monkeypatch.setattr(mcp, "find_spec", lambda _name: None)
    assert mcp.run(data=None, url=None) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "pip install 'saywhere[mcp]'" in printed.err
