"""Verbs that report what somebody said."""

from __future__ import annotations

_COMMON = frozenset(
    """added adds argued asked asks concluded continued replied said says tells told tweeted writes
    wrote""".split()
)
REPORTING_VERBS = _COMMON | frozenset("argues claimed explained insisted noted notes recalled stated".split())
"""Next to a name these show that it is a speaker's: "Lee said", "said Lee"."""

VERBS_AFTER_SPEECH = _COMMON | frozenset("answered cried exclaimed shouted wondered".split())
"""After a name these continue a sentence that quotes a question or an exclamation: "“Why?” Lee cried."."""
