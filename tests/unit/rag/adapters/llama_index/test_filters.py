"""MetadataFilters become exact matches, or an error that says what isn't supported."""

from __future__ import annotations

import pytest
from llama_index.core.vector_stores.types import (
    ExactMatchFilter,
    FilterCondition,
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
)

from rag.adapters.llama_index.filters import to_exact_filters

TEAM = MetadataFilter(key="team", value="people")
YEAR = MetadataFilter(key="year", value=2024)


def test_no_filters_are_no_matches() -> None:
    assert to_exact_filters(None) == {}
    assert to_exact_filters(MetadataFilters(filters=[])) == {}


def test_equality_joined_by_and_is_an_exact_match_on_text() -> None:
    """Numbers as documents store them; nested groups count as one."""
    nested = MetadataFilters(
        filters=[TEAM, MetadataFilters(filters=[YEAR, ExactMatchFilter(key="a", value="b")])]
    )
    assert to_exact_filters(nested) == {"team": "people", "year": "2024", "a": "b"}
    assert to_exact_filters(MetadataFilters(filters=[TEAM, YEAR], condition=None)) == {
        "team": "people",
        "year": "2024",
    }


def test_a_single_filter_needs_no_condition() -> None:
    """Joined by ``or`` with nothing, it is what it is."""
    assert to_exact_filters(MetadataFilters(filters=[TEAM], condition=FilterCondition.OR)) == {
        "team": "people"
    }


@pytest.mark.parametrize("operator", [each for each in FilterOperator if each is not FilterOperator.EQ])
def test_other_operators_are_refused(operator: FilterOperator) -> None:
    """By name, with the key."""
    filters = MetadataFilters(filters=[MetadataFilter(key="year", value=2024, operator=operator)])
    with pytest.raises(ValueError, match=f"'year' has the operator '{operator.value}'"):
        to_exact_filters(filters)


@pytest.mark.parametrize(
    "filters",
    [
        MetadataFilters(filters=[TEAM, YEAR], condition=FilterCondition.OR),
        MetadataFilters(filters=[TEAM], condition=FilterCondition.NOT),
        MetadataFilters(filters=[YEAR, MetadataFilters(filters=[TEAM], condition=FilterCondition.NOT)]),
    ],
)
def test_other_conditions_are_refused(filters: MetadataFilters) -> None:
    """Also within a group."""
    with pytest.raises(ValueError, match="only 'and' is"):
        to_exact_filters(filters)


def test_filters_that_no_document_can_pass_are_refused() -> None:
    """Two values of a key, or none."""
    with pytest.raises(ValueError, match="two values of 'team'"):
        to_exact_filters(MetadataFilters(filters=[TEAM, MetadataFilter(key="team", value="other")]))
    with pytest.raises(ValueError, match="'team' has no value"):
        to_exact_filters(MetadataFilters(filters=[MetadataFilter(key="team", value=None)]))
