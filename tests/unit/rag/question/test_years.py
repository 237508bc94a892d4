"""Years and versions that questions and documents name."""

from __future__ import annotations

import pytest

from rag.question.years import agrees_on_version, named_versions, named_years, names_other_version


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("policy 2025", {2025}),
        ("docs/leave-policy-2026.md", {2026}),
        ("docs/Policy2025.pdf", {2025}),
        ("minutes/2023-10-18.md", {2023}),
        ("season 2024-25", {2024, 2025}),
        ("2018–2020", {2018, 2019, 2020}),
        ("budget FY24", {2024}),
        ("FY2024Q3", {2024}),
        ("fiscal year '26", {2026}),
        ("$2000, 12,024 and 2.2024", set()),
        ("a1b2019c", set()),
        ("2048 bits", {2048}),
    ],
)
def test_years_are_named(text: str, years: set[int]) -> None:
    """In words, names of files, ranges and fiscal years; not within numbers, prices and hashes."""
    assert named_years(text) == years


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("v2.3", {("", ("2", "3"))}),
        ("Version 4", {("", ("4",))}),
        ("release-1.23.0", {("", ("1", "23", "0"))}),
        ("Python 3.13 is out", {("python", ("3", "13"))}),
        ("what is 14.1.0", {("", ("14", "1", "0"))}),
        ("2.3 Scope", set()),
        ("in 1.5 days", set()),
        ("conversion 2", set()),
    ],
)
def test_versions_are_named(text: str, versions: set[tuple[str, tuple[str, ...]]]) -> None:
    """With the word before them; a section's number is none."""
    assert named_versions(text) == versions


@pytest.mark.parametrize(
    ("question", "naming", "agrees"),
    [
        ("leave policy 2025", "Leave policy 2025", True),
        ("leave policy 2025", "Leave policy 2026\ndocs/leave-2026.md", False),
        ("leave policy 2025", "Leave policy 2024-25", True),
        ("leave policy 2025", "Leave policy", None),
        ("leave policy", "Leave policy 2026", None),
        ("what changed in v2", "Changes in 2.3.1", True),
        ("what changed in v2.3", "Changes in v2.4", False),
        ("new in Python 3.1", "What's new in Python 3.13", False),
        ("new in Python 3.13", "Go 1.8", None),
        ("the 2025 notes of v2.3", "Notes 2025, v2.4", False),
    ],
)
def test_a_document_agrees_or_not(question: str, naming: str, agrees: bool | None) -> None:
    """A coarser version agrees with a finer one; other products aren't compared."""
    assert agrees_on_version(question, naming) is agrees
    assert names_other_version(question, naming) is (agrees is False)
