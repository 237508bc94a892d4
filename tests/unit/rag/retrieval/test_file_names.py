"""The words of a document's address."""

from __future__ import annotations

import pytest

from rag.retrieval.file_names import address_words


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("docs/hr/leave-policy_2026.md", "hr leave policy 2026"),
        ("https://example.com/team/SLAOverview.html?id=3", "team SLA Overview"),
        ("a/b/c/travelExpenses.tar.gz", "b c travel Expenses"),
        ("What is C#?.md", "What is C"),
        ("C:\\Team\\Budget%202024.xlsx", "C Team Budget 2024"),
        ("minutes/2023-10-18.md", "minutes 2023 10 18"),
        ("content/onboarding/_index.md", "onboarding"),
        ("notes/9f86d081884c7d65.txt", "notes"),
        ("3f2b8c1e-1234-4c5d-9e8f-aabbccddeeff", ""),
        ("tickets/20481633.eml", "tickets"),
        ("decade/facade.md", "decade facade"),
        ("", ""),
    ],
)
def test_words_of_an_address(uri: str, words: str) -> None:
    """The last three parts, cut into words; no extensions, general names, ids or hashes."""
    assert address_words(uri) == words
