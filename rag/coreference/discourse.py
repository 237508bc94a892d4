"""The discourse model: the people mentioned so far, how salient each is, and whom a pronoun means.

Each mention adds to a person's salience, a subject more than an object, and each sentence halves it (after
Lappin & Leass 1994, "An Algorithm for Pronominal Anaphora Resolution", and Mitkov 1998,
doi:10.3115/980691.980712). A pronoun's antecedent is the most salient candidate of its gender, and only if
it is clearly more salient than the next: a wrong name misleads, an unresolved pronoun only stays unclear.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rag.coreference.person_mentions import PersonMention
from rag.coreference.subject import LIKELY, SUBJECT
from rag.coreference.tokens import Token, addressee_before, is_generic, is_reporting_subject
from rag.english.gender import PRONOUN_GENDERS, Gender
from rag.types import Mention, Span

# Chosen on evals/bench/pronouns.jsonl; docs/decisions/coreference.md has the figures.
_DECAY = 0.5  # of salience, a sentence
_WINDOW = 6  # sentences after which a person not mentioned again is no candidate
_MAX_CANDIDATES = 32  # the people mentioned last; keeps the time linear
_MAX_NAMESAKES = 4  # people that share a word of their names, those mentioned last
_MIN_SALIENCE = 0.15  # of an antecedent
_MIN_SALIENCE_UNCERTAIN = 0.2  # of one whose capitals are the only evidence of a person
_MIN_SALIENCE_ONE_WORD = 0.3  # of such a one with a name of a single word
_MIN_SALIENCE_RATIO = 1.6  # of an antecedent to the next candidate
_TOPIC_SALIENCE = 0.3  # added for the person whom the document's title names
_QUOTED_SHARE = 0.6  # of its likelihood, for a mention inside a quotation
_UNCERTAIN_SHARE = 0.6  # of salience, where capitals are the only evidence of a person
_UNKNOWN_GENDER_SHARE = 0.75  # of salience, where the gender isn't known
_OTHER_GENDER_SHARE = 0.25  # of salience, where the given name is usually of the other gender


@dataclass(slots=True, eq=False)
class _Entity:
    """One person of a document, by all mentions so far.

    ``representative`` is the span of the fullest mention. ``gender_certain``: known by a title or a pronoun.
    ``named``: mentioned outside a quotation. ``salience`` is that at the end of ``sentence``, the last one
    with a mention, ``salience_before`` that at its beginning, ``likelihood`` the mention's.
    """

    name: tuple[str, ...]
    representative: Span
    gender: Gender
    certain: bool
    titled: bool
    is_topic: bool
    gender_certain: bool
    named: bool = False
    sentence: int = 0
    likelihood: float = 0.0
    salience: float = 0.0
    salience_before: float = 0.0

    @property
    def min_salience(self) -> float:
        """The salience from which it can be an antecedent."""
        if self.certain:
            return _MIN_SALIENCE
        return _MIN_SALIENCE_ONE_WORD if len(self.name) == 1 else _MIN_SALIENCE_UNCERTAIN

    def salience_in(self, sentence: int) -> float:
        """Its salience so far in a sentence."""
        decayed = self.salience * _DECAY ** (sentence - self.sentence)
        return decayed + (_TOPIC_SALIENCE if self.is_topic else 0.0)

    def salience_at_start_of(self, sentence: int) -> float:
        """Its salience when a sentence began."""
        if self.sentence != sentence:
            return self.salience_in(sentence)
        return self.salience_before + (_TOPIC_SALIENCE if self.is_topic and self.salience_before else 0.0)

    def add_salience(self, sentence: int, likelihood: float) -> None:
        """Counts a mention."""
        if self.sentence != sentence:
            self.salience_before = self.salience * _DECAY ** (sentence - self.sentence)
            self.salience = self.salience_before
        self.sentence, self.likelihood = sentence, likelihood
        self.salience += likelihood

    def merge(self, mention: PersonMention) -> None:
        """Adds the information of another mention: a full name, a title, a gender."""
        if (len(mention.name) > 1, mention.titled) > (len(self.name) > 1, self.titled):
            self.name, self.representative, self.titled = mention.name, mention.span, mention.titled
        self.certain = self.certain or mention.certain
        self.gender = self.gender or mention.gender

    def agreement(self, gender: Gender) -> float:
        """0 to 1: how well the person agrees with a pronoun of this gender."""
        if self.gender is gender:
            return 1.0
        if self.gender is Gender.UNKNOWN:
            return _UNKNOWN_GENDER_SHARE
        return 0.0 if self.gender_certain or not self.name else _OTHER_GENDER_SHARE


@dataclass(slots=True)
class Discourse:
    """The people of a document, sentence by sentence.

    ``topic``: the words of the document's title, if it is a name. ``by_word``: the document's people, by each
    word of their names. ``candidates``: those of the current section, the last mentioned last.
    """

    topic: frozenset[str]
    by_word: dict[str, list[_Entity]] = field(default_factory=dict)
    candidates: list[_Entity] = field(default_factory=list)

    def start_section(self) -> None:
        """No pronoun has its antecedent across a heading."""
        self.candidates.clear()

    def process_sentence(
        self, number: int, tokens: Sequence[Token], mentions: Sequence[PersonMention]
    ) -> Iterator[Mention]:
        """Processes one sentence, token by token; yields its pronouns with their antecedents."""
        self.candidates = [entity for entity in self.candidates if number - entity.sentence <= _WINDOW]
        upcoming = iter(mentions)
        mention = next(upcoming, None)
        quoted = False
        by_end: dict[int, _Entity] = {}
        for index, token in enumerate(tokens):
            if mention is not None and mention.span.start == token.start:
                quoted = token.quoted
            if mention is not None and mention.span.end <= token.end:
                by_end[mention.span.end] = self._add(mention, number, quoted)
                mention = next(upcoming, None)
            gender = PRONOUN_GENDERS.get(token.lower)
            if gender is None or token.quoted or is_generic(tokens, index):
                continue
            addressee = addressee_before(tokens, index)
            if addressee is None:
                entity = self._antecedent(number, gender, before=is_reporting_subject(tokens, index))
            else:
                entity = _agreeing(by_end.get(addressee.end), gender)
            if entity is not None:
                entity.add_salience(number, SUBJECT)
                if not entity.gender:
                    entity.gender, entity.gender_certain = gender, True
                if entity.name:
                    yield Mention(span=Span(token.start, token.end), antecedent=entity.representative)

    def _add(self, mention: PersonMention, sentence: int, quoted: bool) -> _Entity:
        """Adds to the salience of the person whom a phrase mentions; adds the person if it is new."""
        entity = self._match(mention) or self._new(mention, sentence)
        entity.merge(mention)
        entity.named = entity.named or not quoted
        for word in set(mention.name):
            namesakes = [other for other in self.by_word.get(word, ()) if other is not entity]
            self.by_word[word] = [*namesakes[1 - _MAX_NAMESAKES :], entity]
        if entity in self.candidates:
            self.candidates.remove(entity)
        else:
            entity.salience = 0.0
        self.candidates = [*self.candidates[1 - _MAX_CANDIDATES :], entity]
        entity.add_salience(sentence, mention.likelihood * (_QUOTED_SHARE if quoted else 1.0))
        return entity

    def _new(self, mention: PersonMention, sentence: int) -> _Entity:
        is_topic = bool(mention.name) and mention.name[-1] in self.topic
        return _Entity(
            name=mention.name,
            representative=mention.span,
            gender=mention.gender,
            certain=mention.certain or is_topic,
            titled=mention.titled,
            is_topic=is_topic,
            gender_certain=mention.titled and bool(mention.gender),
            sentence=sentence,
        )

    def _match(self, mention: PersonMention) -> _Entity | None:
        """The person whom a name belongs to: the one last mentioned by it; None where that is ambiguous."""
        for word in dict.fromkeys(mention.name[-1:] + mention.name[:1]):
            bearers = [
                entity
                for entity in self.by_word.get(word, ())
                if _may_be_same(entity.name, mention.name)
                and not (mention.gender and entity.gender and mention.gender is not entity.gender)
            ]
            in_section = [entity for entity in bearers if entity in self.candidates]
            if in_section or len(bearers) == 1:
                return (in_section or bearers)[-1]
        return None

    def _antecedent(self, sentence: int, gender: Gender, *, before: bool) -> _Entity | None:
        """A pronoun's antecedent; None where there is no candidate, or another is nearly as salient.

        ``before``: the antecedent of "he" in "..., he said" was mentioned before this sentence.
        """
        best: _Entity | None = None
        best_score = best_claim = runner_up = 0.0
        for entity in self.candidates:
            salience = entity.salience_at_start_of(sentence) if before else entity.salience_in(sentence)
            claim = salience * entity.agreement(gender)
            score = claim if entity.certain else claim * _UNCERTAIN_SHARE
            if entity.sentence != sentence or entity.likelihood < LIKELY:
                claim = score
            if score > best_score:
                runner_up = max(runner_up, best_claim)
                best, best_score, best_claim = entity, score, claim
            else:
                runner_up = max(runner_up, claim)
        if (
            best is None
            or not best.named
            or best_score < max(best.min_salience, _MIN_SALIENCE_RATIO * runner_up)
        ):
            return None
        return best


def _agreeing(entity: _Entity | None, gender: Gender) -> _Entity | None:
    """The entity if it is certainly a person, and may be of this gender."""
    if entity is None or not (entity.certain and entity.named and entity.agreement(gender)):
        return None
    return entity


def _may_be_same(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    """Whether two names may be one person's: one has all words of the other, or the ends agree."""
    short, long = sorted((one, two), key=len)
    return set(short) <= set(long) or (short[-1] == long[-1] and short[0] in long)
