"""German small talk."""

from __future__ import annotations

from rag.question.small_talk.language import NO_DOCUMENTS, TalkLanguage
from rag.types import TalkKind

_TO_ALL = r"(?: (?:zusammen|alle|allerseits|da|du|ihr|leute|bot))*"
_YOU = r"(?:du|ihr|sie)"
_DOCUMENTS = r"(?:dokumente|unterlagen|dateien|quellen|texte|seiten)"
_MADE = r"(?:gemacht|gebaut|erschaffen|entwickelt|programmiert|geschrieben|erfunden)"
_BEING = (
    r"(?:ein(?:e)? )?(?:echter |echte )?"
    r"(?:chat ?bot|bot|roboter|maschine|computer|programm|mensch|person|ki|chatgpt)"
)


GERMAN = TalkLanguage(
    tag="de",
    openers=r"(?:na|und|also|bitte|ach|nun|ok|okay)",
    lines={
        TalkKind.GREETING: (
            rf"(?:hallo+|hi|hey|moin(?: moin)?|servus|grüezi|grüß gott|gruess gott){_TO_ALL}",
            rf"gute[nr]? (?:morgen|tag|abend){_TO_ALL}|ist (?:da )?jemand da",
        ),
        TalkKind.WELLBEING: (
            r"wie geht(?: es|['’]?s)(?: (?:dir|euch|ihnen|heute|so))*|alles (?:gut|klar) bei (?:dir|euch"
            r"|ihnen)",
            r"wie läuft(?: es|['’]?s)(?: so)?|was geht(?: ab)?",
        ),
        TalkKind.THANKS: (
            r"(?:vielen |herzlichen |besten |lieben |tausend )?dank(?:e(?: (?:schön|sehr|dir|euch|ihnen"
            r"|vielmals))*)?"
            r"(?: für (?:die|deine|ihre|eure) (?:hilfe|antwort|auskunft))?|dankeschön|merci",
            r"das (?:war|ist) (?:sehr |wirklich )?hilfreich|das hat (?:mir )?(?:sehr )?geholfen",
        ),
        TalkKind.FAREWELL: (
            rf"tschüss?(?:i)?{_TO_ALL}|auf wiedersehen|bis (?:bald|später|morgen|dann)|gute nacht|ade|ciao",
            r"(?:einen )?schönen (?:tag|abend|feierabend)(?: noch)?|schönes wochenende|das war(?:['’]?s"
            r"| es| alles)",
        ),
        TalkKind.ACKNOWLEDGEMENT: (
            r"ok(?:ay)?|alles klar|verstanden|verstehe|ach so|super|toll|prima|sehr gut|gut zu wissen"
            r"|klasse|passt",
        ),
        TalkKind.IDENTITY: (
            rf"(?:wer|was) (?:bist|seid|sind) {_YOU}(?: denn| genau| eigentlich)*|(?:bist|sind"
            rf"|seid) {_YOU} {_BEING}",
            r"wie (?:heißt du|heissen sie|heißen sie|ist (?:dein|ihr) name)|stell dich vor"
            r"|stellen sie sich vor",
            rf"(?:spreche|rede|schreibe) ich mit (?:einem|einer) (?:{_BEING}|menschen)",
        ),
        TalkKind.MAKER: (
            rf"wer hat (?:dich|sie|euch) {_MADE}|von wem (?:wurdest du|wurden sie|stammst du"
            rf"|stammen sie)(?: {_MADE})?",
            r"wer steckt (?:dahinter|hinter (?:dir|ihnen|diesem (?:chat|bot|chatbot)))",
        ),
        TalkKind.ABILITY: (
            rf"was (?:kannst|können|könnt) {_YOU}(?: alles)?(?: (?:tun|machen|für mich tun))?"
            rf"|wie funktionierst du",
            r"was (?:kann|darf) ich (?:dich|sie|euch|hier) (?:alles )?fragen|(?:kannst du"
            r"|können sie) mir helfen",
            r"hilfe|hilf mir|helfen sie mir|wie (?:kannst du|können sie) mir helfen|ich habe eine frage"
            r"|was weißt du",
        ),
        TalkKind.DOCUMENTS: (
            rf"welche {_DOCUMENTS} (?:hast du|haben sie|habt ihr|kennst du|kennen sie|durchsuchst du"
            rf"|durchsuchen sie)",
            rf"(?:zeig|zeige|zeigen sie|nenne|nennen sie)(?: mir)? (?:alle )?(?:deine|ihre) {_DOCUMENTS}",
            rf"(?:was sind|woher (?:hast du|haben sie)) (?:deine|ihre) (?:{_DOCUMENTS}|antworten"
            rf"|informationen)",
            rf"wie viele {_DOCUMENTS} (?:hast du|haben sie|kennst du|kennen sie)",
        ),
    },
    texts={
        TalkKind.GREETING: "Hallo! Stellen Sie eine Frage, und ich suche die Antwort in den Dokumenten.",
        TalkKind.WELLBEING: "Danke, alles in Ordnung. Was möchten Sie aus den Dokumenten wissen?",
        TalkKind.THANKS: "Gern geschehen.",
        TalkKind.FAREWELL: "Auf Wiedersehen!",
        TalkKind.ACKNOWLEDGEMENT: "Gut. Fragen Sie jederzeit weiter.",
        TalkKind.IDENTITY: "Ich bin ein Programm, kein Mensch. Ich beantworte Fragen aus den Dokumenten "
        "hier, "
        "mit wörtlichen Zitaten und den Stellen, an denen sie stehen.",
        TalkKind.MAKER: "Dieser Dienst läuft mit Saywhere, einem Programm, das Fragen aus Dokumenten "
        "beantwortet. Wer ihn hier eingerichtet hat, weiß er nicht.",
        TalkKind.ABILITY: "Fragen Sie mich etwas, eine Sache auf einmal; Fragen auf Englisch verstehe ich am "
        "besten. Ich suche die Antwort in den Dokumenten hier und zeige das wörtliche Zitat mit seiner "
        "Stelle. Wo sie es nicht sagen, sage ich das. „Welche Dokumente hast du?“ zählt sie auf.",
        TalkKind.DOCUMENTS: "Antworten suche ich in diesen Dokumenten:",
        NO_DOCUMENTS: "Hier gibt es noch keine Dokumente.",
    },
)
