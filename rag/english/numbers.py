"""Number words."""

from __future__ import annotations

CARDINALS = tuple(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty""".split()
)
"""The words of 0 to 20, each at the index that it names."""

TENS = tuple("twenty thirty forty fifty sixty seventy eighty ninety".split())
SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
NUMBER_WORDS = (
    frozenset(CARDINALS)
    | frozenset(TENS)
    | frozenset(SCALES)
    | frozenset(
        """hundred hundreds thousands millions billions dozen dozens half third quarter first second once
        twice single double couple several few many none both never always daily weekly monthly yearly
        annually""".split()
    )
)
"""An answer to "how many?" or "how often?" has at least one of these, or a digit."""
