"""Forms of verbs lead back to their base."""

import pytest

from rag.english.action_verbs import ACTION_VERBS, ACTION_VERBS_ALSO_NOUNS, gerund_base, third_person_base


@pytest.mark.parametrize(
    ("gerund", "base"),
    [("installing", "install"), ("removing", "remove"), ("getting", "get"), ("ring", None)],
)
def test_a_gerund_has_the_base_of_a_listed_verb(gerund: str, base: str | None) -> None:
    """With the e or the single letter that it lost; other words have none."""
    assert gerund_base(gerund, ACTION_VERBS) == base


@pytest.mark.parametrize(
    ("form", "base"), [("removes", "remove"), ("publishes", "publish"), ("tidies", "tidy"), ("keys", None)]
)
def test_a_third_person_has_the_base_of_a_listed_verb(form: str, base: str | None) -> None:
    """With the y that it lost; nouns in the plural have none."""
    assert third_person_base(form, ACTION_VERBS) == base


def test_only_verbs_of_the_list_are_found() -> None:
    """A verb of another list has no base in this one."""
    assert gerund_base("booking", ACTION_VERBS) is None
    assert gerund_base("booking", ACTION_VERBS_ALSO_NOUNS) == "book"
