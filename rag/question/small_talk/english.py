"""English small talk.

What could be asked of documents is left out: "help" alone is a call for help, "which files are available?"
may be a question about a backup.
"""

from __future__ import annotations

from rag.question.small_talk.language import NO_DOCUMENTS, TalkLanguage
from rag.types import TalkKind

_TO_ALL = r"(?: (?:there|again|all|everyone|everybody|team|folks|guys|friend|mate|dear|bot|robot|chatbot))*"
_BOT = r"(?:chat ?bot|bot|chat|chat assistant|assistant)"
_BEING = (
    r"(?:an? )?(?:real |actual |live )?"
    r"(?:chat ?bot|bot|robot|machine|computer|program|human(?: being)?|person|ai|llm|language model"
    r"|chatgpt|gpt)"
)
_MADE = r"(?:made|built|created|developed|programmed|trained|designed|invented|wrote)"
_DOCUMENTS = r"(?:documents|docs|files|sources|texts|pages)"
_HELPED = r"(?:very |really |so |super |quite )*(?:helpful|useful|kind|nice)(?: of you)?"

ENGLISH = TalkLanguage(
    tag="en",
    openers=r"(?:so|well|and|oh|um+|please|just|but|then|now|ok|okay)",
    lines={
        TalkKind.GREETING: (
            rf"(?:h+i+|h+e+y+|hello+|helo|hullo|hiya|howdy|yo|greetings){_TO_ALL}",
            rf"good (?:morning|afternoon|evening|day){_TO_ALL}|(?:morning|evening|afternoon) (?:all"
            rf"|everyone|team)",
            r"(?:is )?any(?:body|one) (?:there|here|home)|are you (?:there|here|awake|online)",
            r"(?:nice|pleased|good|great) to (?:meet|see) you",
        ),
        TalkKind.WELLBEING: (
            r"how are (?:you|things)(?: (?:doing|today|feeling|now|all|going))*",
            r"how(?: is|['’]?s) (?:it going|life|your day(?: going)?|everything(?: going)?)(?: today)?",
            r"how (?:do you do|have you been|are you keeping)|are you (?:ok|okay|well|fine|happy)",
            r"what(?: is|['’]?s) (?:up|new)|w(?:h|ass)?[au]ts? ?up|sup",
        ),
        TalkKind.THANKS: (
            r"(?:many |a thousand )?thank(?:s| you| u)(?: (?:a lot|so much|very much|a million|again"
            r"|anyway|all"
            r"|everyone|mate|indeed))*"
            r"(?: for (?:that|this|everything|it|(?:(?:all )?(?:your|the|that) (?:help|answers?|time"
            r"|reply|info)"
            r"|helping(?: me| us)?)))?",
            r"(?:thx|tnx|ty|tysm|cheers|ta)(?: (?:mate|a lot|all|again))?|(?:much|i"
            r"|we) appreciated?(?: (?:it|that))?",
            rf"(?:that|this|it|you)(?:['’]?s| is| was| are| were|['’]ve been|['’]re)(?: all)? {_HELPED}",
            r"(?:that|this|you)(?:['’]ve| have| has)? (?:really |just )?helped(?: me)?(?: a lot| out)?",
        ),
        TalkKind.FAREWELL: (
            rf"(?:good ?)?bye(?:[- ]?bye)?(?: for now)?{_TO_ALL}|good ?night{_TO_ALL}|cya|ciao|ttyl",
            r"see (?:you|ya)(?: (?:later|soon|tomorrow|around|again))?|take care|until next time",
            r"have a (?:nice|good|great|lovely) (?:day|evening|weekend|night|one)|talk to you (?:later|soon)",
            r"that(?:['’]?s| is| was| will be) (?:all|it)(?: (?:for now|for today|from me))?|no (?:more"
            r"|further) questions",
        ),
        TalkKind.ACKNOWLEDGEMENT: (
            r"ok(?:ay)?|okey[- ]dokey|alright|all right|(?:i )?got it|i see|(?:i )?understood|i understand",
            r"(?:very |really |so )?(?:great|nice|cool|awesome|excellent|wonderful|amazing|brilliant|lovely)",
            r"(?:sounds|looks) (?:good|great)|makes sense|good to know|(?:good|great|nice) (?:job|work"
            r"|answer|one)",
            r"well done|wow|lol|ha(?:ha)+|never ?mind|no worries|no problem",
        ),
        TalkKind.IDENTITY: (
            r"(?:who|what)(?: exactly)? are you(?: exactly| then)?|introduce yourself|tell me about yourself",
            rf"are you {_BEING}|is (?:this|that|there) {_BEING}(?: (?:here|there|answering))?",
            rf"am i (?:talking|speaking|chatting|writing) (?:to|with) {_BEING}|who am i (?:talking"
            rf"|speaking) (?:to|with)",
            r"(?:what(?: is|['’]?s) your name|do you have a name|how should i call you"
            r"|what should i call you)",
            rf"what (?:kind|sort|type) of (?:{_BEING}|thing) are you",
            r"(?:what|which) (?:(?:language )?model|llm|ai) (?:are you|do you use|is behind you)",
        ),
        TalkKind.MAKER: (
            rf"who {_MADE} (?:you|this {_BOT})|who(?: is|['’]?s) your (?:maker|creator|developer|inventor"
            rf"|author)",
            rf"by whom (?:were|was) (?:you|this {_BOT}) {_MADE}|(?:which|what) company (?:is behind you"
            rf"|{_MADE} you)",
            rf"who(?: is|['’]?s) behind (?:you|this {_BOT})|who (?:do you belong to|owns you)"
            rf"|where (?:do you come|are you) from",
        ),
        TalkKind.ABILITY: (
            r"what (?:all )?(?:can|do) you do(?: for (?:me|us))?|what are you (?:for|able to do"
            r"|good (?:at|for)|capable of)",
            r"how can you help(?: me| us)?|can you help(?: me| us)?|(?:please )?help(?: me| us)?(?: out)?"
            r"|i need (?:some |your )?help",
            r"what (?:can|could|may|should) i ask(?: (?:you|here))*(?: about)?|what do you know(?: about)?",
            r"(?:what|which) (?:(?:kinds?|sorts?|types?) of )?(?:questions|things) (?:can|could"
            r"|may) (?:i ask(?: you)?|you answer)",
            rf"how do (?:you|i use you) work|how do you work|how do i use (?:you|this {_BOT})"
            rf"|how does this {_BOT} work",
            r"what(?: is|['’]?s) your (?:purpose|job)|what are your (?:capabilities|abilities|skills"
            r"|features|functions)",
            r"(?:can|may) i ask (?:you )?(?:something|a question|questions)|i have (?:a|some"
            r"|another) questions?",
            r"(?:what|which) languages do you (?:speak|understand|know)|do you (?:speak"
            r"|understand) (?:english|german|french|spanish)",
        ),
        TalkKind.DOCUMENTS: (
            rf"(?:what|which) {_DOCUMENTS} (?:do you (?:have|know|use|search|read|hold|cover)"
            r"|(?:can|could) you (?:search|read|see|use|access)|have you (?:got|read|seen|indexed)"
            r"|are you (?:using|searching)"
            r"|(?:can|could|may) i (?:ask|ask you) about)(?: here| access to)?",
            r"(?:what|which) (?:documents|docs) are (?:there|here|in here|loaded|indexed"
            r"|ingested)(?: here| in here)?",
            rf"(?:please )?(?:list|show(?: me)?|name"
            rf"|give me(?: a list of)?) (?:all )?(?:of )?your {_DOCUMENTS}",
            rf"(?:please )?(?:list|show(?: me)?|name"
            rf"|give me(?: a list of)?) (?:all )?(?:the )?{_DOCUMENTS} (?:that )?you"
            r" (?:have|know|use|search)",
            rf"how many {_DOCUMENTS} (?:do you (?:have|know|use|search)|have you (?:got|read|indexed))",
            r"what are your sources|(?:what|which) (?:information|data|content"
            r"|knowledge) do you have(?: access to)?",
            r"where do (?:you get )?your (?:answers|information|knowledge|data) (?:come )?from",
        ),
    },
    texts={
        TalkKind.GREETING: "Hello! Ask a question, and I'll look for the answer in the documents.",
        TalkKind.WELLBEING: "All is well, thank you. What would you like to know from the documents?",
        TalkKind.THANKS: "You're welcome.",
        TalkKind.FAREWELL: "Goodbye!",
        TalkKind.ACKNOWLEDGEMENT: "Good. Ask again whenever you like.",
        TalkKind.IDENTITY: "I'm a program, not a person. I answer questions from the documents here, with "
        "exact quotes and the places where they stand.",
        TalkKind.MAKER: "This service runs on Saywhere, a program that answers questions from documents. It "
        "doesn't know who set it up here.",
        TalkKind.ABILITY: "Ask me something in plain language, one thing at a time. I look for the answer in "
        "the documents here and show the exact quote and its place. Where they don't say it, I tell you so. "
        "“What documents do you have?” lists them.",
        TalkKind.DOCUMENTS: "I look for answers in these documents:",
        NO_DOCUMENTS: "There are no documents here yet.",
    },
)
