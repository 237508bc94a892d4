"""Function words by class, and the three lists of them that rules share.

A class is complete as far as the rules need it. The lists differ: ``STOP_WORDS`` have no meaning for a
search, ``FUNCTION_WORDS`` are no names though they may have a capital.
"""

from __future__ import annotations

from rag.english.numbers import CARDINALS
from rag.english.pronouns import OBJECT_PRONOUNS, POSSESSIVE_DETERMINERS, SUBJECT_PRONOUNS
from rag.english.verbs import BE, DO, HAVE, MODALS

ARTICLES = frozenset("a an the".split())
DEMONSTRATIVES = frozenset("this that these those".split())
DETERMINERS = ARTICLES | frozenset("this that his her their its another one".split())
"""Before a noun for a person: "a tall man", "their guide"."""

QUESTION_WORDS = frozenset("what which who whom whose when where why how".split())
CONJUNCTIONS = frozenset(
    """although and as because but if nor once or since so than though unless until whether while
    yet""".split()
)
PREPOSITIONS = frozenset(
    """about across against along alongside among around at behind beside between beyond by despite during
    featuring following for from in including into like of on onto over per through throughout to toward
    towards under unlike upon via with within without""".split()
)
"""Those that a noun phrase follows and no clause, so that a name after one isn't a subject."""

CLAUSE_PREPOSITIONS = frozenset("after as before since till until".split())
"""Those that a clause may follow, too."""

QUANTIFIERS = frozenset(
    """all another any both each either every few less many more most much neither no one other own same
    several some such""".split()
)
CONNECTIVES = frozenset("additionally finally furthermore however instead meanwhile moreover thus".split())
"""Adverbs that join a sentence to the one before it."""

CLITICS = frozenset("d ll m re s t ve".split())
"""What an apostrophe cuts off a word: "they'll", "isn't"."""

_CORE = (
    ARTICLES
    | DEMONSTRATIVES
    | SUBJECT_PRONOUNS
    | OBJECT_PRONOUNS
    | POSSESSIVE_DETERMINERS
    | QUESTION_WORDS
    | BE
    | HAVE
    | DO
)
STOP_WORDS = (
    _CORE
    | frozenset("am having doing can could should will would ought".split())
    | frozenset("and as but if nor once or so than".split())
    | frozenset(
        """about after against at before between by during for from in into of off on over through to under
        with""".split()
    )
    | frozenset("all any both each few many more most much no other own same some such".split())
    | frozenset("again here just not now only then there too very".split())
    | frozenset("name please said say says tell".split())  # requests
    | frozenset("according article document text".split())  # references to the source
    | CLITICS
)
"""Words without meaning for a search, which content words leave out."""

FUNCTION_WORDS = (
    _CORE
    | MODALS
    | CONJUNCTIONS
    | CLAUSE_PREPOSITIONS
    | (PREPOSITIONS - {"alongside", "behind", "featuring"})
    | QUANTIFIERS
    | CONNECTIVES
    | frozenset(CARDINALS[1:11])
    | frozenset("also further here just not now only then there too very yes".split())
    | frozenset("according back besides born even maybe perhaps together unlike".split())
    | frozenset("earlier later recently still today tomorrow yesterday".split())
    | frozenset("afterwards eventually hence initially originally subsequently".split())
    | frozenset("whenever whereas wherever".split())
)
"""Words that are no name, though they have a capital where a sentence begins."""

SENTENCE_STARTERS = (
    ARTICLES
    | DEMONSTRATIVES
    | SUBJECT_PRONOUNS
    | (POSSESSIVE_DETERMINERS - {"your"})
    | (QUESTION_WORDS - {"whom", "whose"})
    | CONNECTIVES
    | frozenset("although and as because but if or since so though while yet".split())
    | frozenset("after at before by despite during for from in on to until with".split())
    | frozenset("all both each many most no one other some such".split())
    | frozenset("also first here not now second then there today".split())
    | frozenset("according let note please see".split())
)
"""Frequent first words: after an abbreviation's full stop they show that a new sentence begins."""
