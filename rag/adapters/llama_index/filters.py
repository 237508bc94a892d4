"""``MetadataFilters`` to the exact matches on document metadata that a ``Question`` takes."""

from __future__ import annotations

from typing import Any

from llama_index.core.vector_stores.types import (
    FilterCondition,
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
)

from rag.adapters.llama_index.metadata import metadata_text


def to_exact_filters(filters: MetadataFilters | None) -> dict[str, str]:
    """The values that a document's metadata must have, by key; numbers are compared as text.

    Raises:
        ValueError: an operator other than ``==``, a condition other than ``and`` between several
            filters, a filter without a value, or one key with two values.
    """
    exact: dict[str, str] = {}
    for single in _flattened(filters):
        if FilterOperator(single.operator) is not FilterOperator.EQ:
            raise ValueError(
                f"Saywhere filters by exact match only: {single.key!r} has the operator "
                f"{FilterOperator(single.operator).value!r}, supported is '=='"
            )
        if single.value is None:
            raise ValueError(f"the filter on {single.key!r} has no value")
        value = metadata_text(single.value)
        if exact.setdefault(single.key, value) != value:
            raise ValueError(f"no document has two values of {single.key!r}")
    return exact


def _flattened(filters: Any) -> list[MetadataFilter]:
    if filters is None:
        return []
    if isinstance(filters, MetadataFilter):
        return [filters]
    condition = FilterCondition(filters.condition or FilterCondition.AND)
    several = len(filters.filters) > 1 or condition is FilterCondition.NOT
    if several and condition is not FilterCondition.AND:
        raise ValueError(
            f"Saywhere filters by exact match only: the condition {condition.value!r} is not supported, "
            "only 'and' is"
        )
    return [single for nested in filters.filters for single in _flattened(nested)]
