"""How clauses open that want one form of answer: patterns of the words, in the order that decides.

``ASKING`` are for clauses with a question word, contractions written out; ``REQUESTING`` for requests, wishes
and nouns that say what is wanted. A pattern is matched at a clause's start, case folded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.english.answer_nouns import VALUE_NOUNS
from rag.types import QuestionForm

FormPattern = tuple[QuestionForm, re.Pattern[str]]

ASKERS = "(?:i|we|you|one|they|he|she|somebody|someone|people|it)"
_WHAT = "what(?: exactly| on earth)?"
_BE = "(?:is|are|was|were)"
_DO = "(?:do|does|did)"
_ANY_AUXILIARY = "(?:am|are|can|could|did|do|does|is|may|might|must|shall|should|will|would)"
_ACT = r"(?:(?:(?:have|need|ought|supposed|meant|expected|going) to|be|is|are|am|was|were) )*do"
_THE = "(?:(?:the|its|your|our|their|my|an?) )?"
_ME = "(?:me|us)"
_VALUE = "|".join(sorted(VALUE_NOUNS))
_REASON = (
    "(?:advantage|aim|benefit|big deal|catch|cause|danger|disadvantage|downside|drawback|goal|harm|idea|logic"
    "|matter|motivation|point|problem|purpose|rationale|reason|risk|sense|snag|thinking|trouble|upside|use)"
)
_WAY = (
    "(?:(?:way|procedure|process|workflow|protocol|fix|trick|steps?|drill|remedy|cure|workaround|recipe)"
    r"(?= (?:to|for|of|when|if|here|with|by|on)\b|$)|(?:route|method|approach|technique)(?= (?:to|for)\b))"
)
_HAVE_READY = (
    "(?:attach|avoid|bring|carry|check|collect|consider|gather|include|know|mention|pack|prepare|provide"
    "|remember|submit|supply|wear|watch)"
)
_ALLOWED = (
    "(?:ok(?:ay)?|all ?right|fine|safe|legal|legit|allowed|permitted|acceptable|compulsory|mandatory|required"
    "|necessary|worth|possible|(?:a )?good idea|any (?:need|harm|point|problem|chance))"
)


def _compiled(form: QuestionForm, *patterns: str) -> Iterable[FormPattern]:
    return ((form, re.compile(pattern, re.IGNORECASE)) for pattern in patterns)


ASKING: tuple[FormPattern, ...] = (
    *_compiled(
        QuestionForm.WHY,
        r"why\b|how come\b|what for$|(?:for )?(?:what|which) reasons?\b",
        rf"what {_BE} {_THE}(?:(?:whole|main|real|actual|big|official) )?{_REASON}"
        r"(?: (?:of|in|for|behind|with|to|why|that|if|not|the|we|they)\b|$)",
        rf"what {_BE} (?:so )?(?:wrong|bad|good|great|special|important) (?:about|in|with)\b",
        r"what (?:makes?|made|causes?|caused|drove|drives?|prompted|triggered|led|leads|justifies|speaks)\b"
        r"(?! up\b| an?\b)",
    ),
    *_compiled(
        QuestionForm.DEFINITION,
        rf"{_WHAT} {_BE} (?:it|that|this|those|these|they)(?: (?:exactly|then|all about))?$",
        rf"{_WHAT} {_BE} (?:the |an? )?[\"“‘'][^\"”’']+(?:[\"”’']|$)(?! (?:{_VALUE})\b)",
        rf"what {_BE} .*\bmeant (?:by|with)\b|what {_BE} meant\b",
        rf"what (?:{_DO}|would|is|are)\b.*\b(?:mean(?! to\b)|means|stands? for|signify|imply|indicate|denote"
        r"|refer to|understand (?:by|under)|(?:regard|count) as (?:an?|good|proper|bad))\b",
    ),
    *_compiled(
        QuestionForm.WHY,
        r"what is in it for\b|what (?:can go|could go|goes|went) wrong\b",
        rf"what good (?:is|are|would|{_DO})\b",
        r"what (?:is|are) (?:the|this|that|these|my)\b.* for$",
        rf"what (?:{_DO}|would|could|will|can|should)\b.*\bfor$",
        rf"how {_DO} (?!{ASKERS}\b).*\b(?:end up|become|get to be)\b",
    ),
    *_compiled(
        QuestionForm.DEFINITION,
        r"(?:what|who|which \w+) (?:exactly )?(?:counts?|qualif(?:y|ies)) as\b",
        r"what (?:is|are) (?:an? )?(?:\S+ ){1,6}?(?:good )?for$",
        rf"what {_BE} (?:the |an? )?(?:\w+ )?differences?\b",
        r"(?:what|which) (?:kind|sort|type) of \w+ (?:is|was) (?:(?:an?|the|this|that)\b|[\"“'‘])",
        rf"how {_BE} .*\b(?:different|unlike)\b|how {_DO} .*\b(?:differ|compare|define)\b",
    ),
    *_compiled(QuestionForm.LIST, r"what\b.* (?:able|allowed) to do\b"),
    *_compiled(
        QuestionForm.DEFINITION,
        rf"what (?:does|do) (?:it|(?!{ASKERS}\b).*) do(?: (?:in|at|for|on|here)\b|$)",
    ),
    *_compiled(
        QuestionForm.OVERVIEW,
        rf"what {_BE} .* (?:all )?about$|what {_BE} there (?:to know )?(?:on|about)\b",
        rf"what (?:do|can|could) (?:we|you|i) (?:know|have|tell {_ME}|say|find|learn|read) (?:on|about)\b",
        r"what (?:do|does) (?:the|our|your|this|these) (?:[\w'’-]+ ){1,5}?(?:say|state|specify|write)"
        r" (?:on|about|regarding|concerning)\b",
    ),
    *_compiled(
        QuestionForm.FACT, r"how (?:about|(?:do|does|would|can|should) \w+ (?:spell|pronounce|call))\b"
    ),
    *_compiled(
        QuestionForm.HOW_TO,
        rf"how (?:{_ANY_AUXILIARY}|was|were|have|has|to|best|exactly|else|not|on earth)\b|how$",
        r"what (?:now|next|then|first)\b|(?:what to do|where to (?:begin|start))\b",
        rf"what (?:do|must|should) {ASKERS} (?:click|press)\b",
        rf"what (?:else )?{_ANY_AUXILIARY} {ASKERS}\b.{{0,40}}?\b{_ACT}(?: (?!this|that|for\b)|$)",
        rf"what (?:else )?(?:do|does|should|must|can)\b.{{1,40}}\b{_ACT} (?:when|if|about|once|after)\b",
        rf"what (?:else )?(?:should|must|can)\b.{{1,40}}\b{_ACT}$",
        r"what (?:has|have|needs?|is|must|ought|should) (?:\w+ )?(?:to )?be (?:\w+ )?"
        r"(?:done|sorted|arranged)\b",
        rf"what {_BE} {_THE}(?:[\w-]+ ){{0,2}}?{_WAY}",
        r"(?:what|which) (?:[\w-]+ )?steps\b|where (?:do|should|can) (?:i|we) (?:start|begin)$",
        r"(?:is|are) there (?:an?|any|some) (?:\w+ )?(?:ways?|tricks?|procedures?|process|chance)"
        r" (?:to|of|for|how)\b",
    ),
    *_compiled(
        QuestionForm.YES_NO,
        rf"(?:is (?:it|this|that) )?{_ALLOWED}"
        r" (?:to|if|that|when|for (?:me|us|someone|somebody)|it|in|with|\w+ing)\b",
    ),
    *_compiled(
        QuestionForm.LIST,
        r"who (?:are|were) (?!(?:you|they|we)\b)|(?:who|what|which) all\b|which ones\b",
        rf"what {_BE} (?:all )?(?:included|covered|needed|required|necessary|allowed|permitted|forbidden"
        r"|banned|excluded|available|expected of|new|there|left|in|inside|on)\b",
        rf"what (?:do|must|did) {ASKERS} (?:all )?(?:have to|need(?: to)?|got to|must)\b",
        rf"what must {ASKERS}\b",
        r"what (?:do|does|did|must|should|has|have|needs?|ought|may|can|will)\b.*\b(?:contain|include"
        r"|consist of|comprise|cover|entail|involve"
        r"|be (?:in|on|part|included|stated|written|mentioned|spelled|spelt|listed))\b",
        rf"what (?:else )?(?:do|should|shall|must|can|could|may) {ASKERS} (?:all )?{_HAVE_READY}\b",
        rf"what (?:should|must) (?:\S+ ){{1,3}}?{_HAVE_READY}\b|what (?:(?:has|have|needs?) to|must) be\b",
        r"what (?:goes|belongs|comes) (?:in|into|on|onto|inside|with)\b|what makes (?:up|an?)\b",
        r"which of .*\b(?:are|were|have)\b",
    ),
)

REQUESTING: tuple[FormPattern, ...] = (
    *_compiled(
        QuestionForm.DEFINITION,
        r"(?:the )?(?:meaning|definition)(?: (?:of|in|for|behind)\b|$)|define\b|short (?:form )?for\b",
        r".*\bmeaning (?:of|in|on|for|here)\b|.*\b(?:meaning|definition|mean|stands? for)$|.*=$",
        r".*(?<!what )(?<!which )\bmeans$|(?:the )?differences? between\b",
        r"(?:\S+ ){1,4}(?:vs\.?|versus)(?: \S+){1,5}$",
    ),
    *_compiled(
        QuestionForm.WHY,
        r"(?:(?:the|any|what) )?(?:\w+ )?reasons?\b(?! codes?| numbers?| field)|purpose of\b",
    ),
    *_compiled(
        QuestionForm.OVERVIEW,
        rf"(?:(?:tell|inform|brief) {_ME} )?(?:\w+ )?(?:about|regarding|concerning)\b",
        r"(?:i|we)(?:['’]d| would)? (?:like|love|want|need)(?: to)? (?:know|learn|hear|read)"
        r" (?:\w+ )?about\b",
        rf"(?:(?:give|send|show|get) {_ME} )?(?:an? |the |some )?(?:\w+ )?(?:overview|summary|outline"
        r"|introduction|intro|primer|rundown|run-down|background|basics|tldr)\b|summari[sz]e\b",
        rf"(?:describe|explain)\b(?! (?:(?:to )?{_ME} )?(?:how|why|what|which|when|where|who|whether)\b)",
        r"(?:anything|everything|something|all|more|(?:some |any |more )?(?:info|information|details|guidance"
        r"|docs|documentation|facts)) (?:there is )?(?:on|about|regarding|to know)\b",
        r".+ (?:overview|summary|basics|in general)$",
    ),
    *_compiled(
        QuestionForm.HOW_TO,
        r"(?:the |all )?(?:[\w-]+ ){0,2}?(?:steps|instructions|procedure|how-to|howto)"
        r"(?: (?:for|to|of|when|if|in|on|towards)\b|$)",
        r"(?:a )?guide (?:to|for|on)\b|step by step\b|process (?:for|of|to)\b|command to\b",
        rf"(?:walk|talk|guide|take) {_ME} through\b|show {_ME} how\b|(?:teach|help) {_ME}\b",
        r"(?:the |a )?(?:[\w-]+ )?way (?:to|of \w+ing)\b",
        r"(?:any |some )?(?:tips?|advice|ideas?|hints?|help|fix|tricks?)(?: (?:to|on)\b.*)?$",
        r"(?:(?:i|we) ?)?(?:(?:['’]?d|would) (?:like|love)|wants?|need|have|wish|hope|plan|wanna"
        r"|(?:am |are |['’](?:m|re) )?trying) (?:\w+ )?to \w",
        r"(?:i|we) wants? (?:out|in|off)\b",
    ),
    *_compiled(
        QuestionForm.LIST,
        r"(?:list|enumerate) (?!price)|(?:an? |the )?(?:\w+ )?(?:check)?list of\b|packing list\b|checklist\b",
        rf"(?:give|show|send|get) (?:{_ME} )?(?:(?:an?|the|all|some|any) )*(?:\w+ )?(?:list|all|examples)\b",
        r"(?:names?|examples?) of all\b",
    ),
)
