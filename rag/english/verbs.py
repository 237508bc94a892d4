"""Auxiliary verbs and copulas, and verbs by their form or by their possible subjects."""

from __future__ import annotations

FINITE_BE = frozenset("is are was were".split())
BE = FINITE_BE | frozenset("be been being".split())
HAVE = frozenset("have has had".split())
DO = frozenset("do does did".split())
MODALS = frozenset("can could may might must shall should will would".split())
AUXILIARIES = FINITE_BE | HAVE | DO | MODALS
"""A question that opens with one of these asks for yes or no."""

COPULAS = frozenset("is was be being became becomes as".split())
"""Words between a name and what its bearer is; "as" is used so without being a verb ("hired as a cook")."""

IRREGULAR_PASTS = frozenset(
    """became began bore bought broke brought built came caught chose drew drove fell felt fought found gave
    got grew held kept knew led left let lost made met put ran rose said sang saw sent set sold sought spent
    spoke stood taught thought threw told took understood went won wore wrote""".split()
)
SINGULAR_VERBS = IRREGULAR_PASTS | MODALS | frozenset("is was has had does did says".split())
"""Verbs that may follow one person's name and that no regular ending shows to be verbs."""

HUMAN_VERBS = frozenset(
    """attended born cried danced died dreamed graduated laughed married marries resigned retired sang slept
    smiled starred studied wept""".split()
)
"""Verbs whose subject is a person."""
