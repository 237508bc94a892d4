"""LaTeX inside a paragraph to plain text: accents, signs, formulas on one line, no commands."""

from __future__ import annotations

import re
from unicodedata import normalize

_ACCENTS = dict(zip("'`^\"~=.uvHckrdb", map(chr, (
    0x301, 0x300, 0x302, 0x308, 0x303, 0x304, 0x307, 0x306, 0x30C, 0x30B, 0x327, 0x328, 0x30A, 0x323, 0x331,
)), strict=True))  # fmt: skip
_ACCENT = re.compile(
    r"\\(?:(['`^\"~=.])\s*(?:\{\\?([A-Za-z])\}|\\?([A-Za-z]))|([uvHckrdb])\{\\?([A-Za-z])\})"
)
_LETTERS = dict(
    pair.split(":")
    for pair in "ss:ß o:ø O:Ø ae:æ AE:Æ oe:œ OE:Œ l:ł L:Ł aa:å AA:Å i:i j:j S:§ P:¶ pounds:£ euro:€"
    " texteuro:€"
    " EUR:€ copyright:© textcopyright:© texttrademark:™ textregistered:® textdegree:° degree:° dag:†"
    " ldots:… dots:… cdots:… textellipsis:… textbackslash:\\ textendash:– textemdash:— textbullet:•"
    " guillemotleft:« guillemotright:» TeX:TeX LaTeX:LaTeX textquoteright:’ textquoteleft:‘"
    " textquotedblleft:“ textquotedblright:” quad:\u2003 qquad:\u2003 textasciitilde:~"
    " textunderscore:_".split()
)
_SYMBOLS = dict(
    pair.split(":")
    for pair in "alpha:α beta:β gamma:γ delta:δ epsilon:ε varepsilon:ε zeta:ζ eta:η theta:θ vartheta:ϑ iota:ι"
    " kappa:κ lambda:λ mu:μ nu:ν xi:ξ pi:π rho:ρ sigma:σ tau:τ upsilon:υ phi:φ varphi:φ chi:χ psi:ψ omega:ω"
    " Gamma:Γ Delta:Δ Theta:Θ Lambda:Λ Xi:Ξ Pi:Π Sigma:Σ Upsilon:Υ Phi:Φ Psi:Ψ Omega:Ω leq:≤ le:≤ geq:≥ ge:≥"
    " neq:≠ ne:≠ approx:≈ sim:∼ equiv:≡ times:× cdot:· pm:± mp:∓ div:÷ infty:∞ partial:∂ nabla:∇ sum:∑"
    " prod:∏ int:∫ in:∈ notin:∉ subset:⊂ subseteq:⊆ cup:∪ cap:∩ emptyset:∅ forall:∀ exists:∃ neg:¬ land:∧"
    " wedge:∧ lor:∨ vee:∨ to:→ rightarrow:→ leftarrow:← Rightarrow:⇒ Leftarrow:⇐ leftrightarrow:↔ mapsto:↦"
    " propto:∝ circ:∘ ast:∗ star:⋆ perp:⊥ parallel:∥ mid:| langle:⟨ rangle:⟩ ell:ℓ hbar:ℏ prime:′ ll:≪"
    " gg:≫ cong:≅ oplus:⊕ otimes:⊗ lfloor:⌊ rfloor:⌋ lceil:⌈ rceil:⌉ therefore:∴ because:∵"
    " checkmark:✓".split()
)
_SIGNS = {**_LETTERS, **_SYMBOLS}
_ESCAPED = dict(zip("%$&#_{}", map(chr, range(0xE000, 0xE007)), strict=True))
_RESTORED = {ord(sign): character for character, sign in _ESCAPED.items()}
_DROPPED = re.compile(
    r"\\(?:label|index|vspace|hspace|includegraphics|bibliographystyle|bibliography|input|include|pagestyle"
    r"|thispagestyle|setlength|addtolength|setcounter|addtocounter"
    r"|stepcounter|color|pagecolor|usepackage|nocite|hypersetup|phantom|hphantom|vphantom"
    r"|newcommand|renewcommand|providecommand|graphicspath|rule|looseness|captionsetup|addcontentsline|selectlanguage"
    r"|fontsize|linespread|enlargethispage|resizebox|scalebox|vskip|hskip|cline|cmidrule|arrayrulecolor|rowcolor"
    r"|cellcolor|columncolor|theoremstyle|newtheorem|pdfbookmark|markboth|markright)"
    r"\*?(?:\([^()]*\))?(?:\[[^\[\]]*\])*(?:\s*\{[^{}]*\}){0,3}"
)
_REFERENCE = re.compile(r"\s*\\(?:eq|page|auto|c|C|name|v)?ref\*?\{[^{}]*\}")
_CITATION = re.compile(r"\\(?:[a-zA-Z]*cite[a-zA-Z]*)\*?(?:\[[^\[\]]*\])*\{([^{}]*)\}")
_LINK = re.compile(r"\\href\{([^{}]*)\}\{([^{}]*)\}")
_COLOURED = re.compile(r"\\(?:textcolor|colorbox)(?:\[[^\[\]]*\])?\{[^{}]*\}")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_ROOT = re.compile(r"\\sqrt\s*\{([^{}]*)\}")
_SPAN = re.compile(
    r"\\multi(?:column|row)\*?(?:\[[^\[\]]*\])?\{[^{}]*\}(?:\[[^\[\]]*\])?\{[^{}]*\}(?:\[[^\[\]]*\])?"
)
_COMMAND = re.compile(r"\\([A-Za-z@]+)\*?[ \t]*(?:\[[^\[\]\n]{0,200}\])?")
_POWER = re.compile(r"(?<=[\w)\]}])\^\{?([0-9+\-−()n]{1,4})\}?(?![\w])")
_SUPERSCRIPT = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
_OTHER = re.compile(r"\\(?:[,;:!/@ ]|\\(?:\[[^\[\]]*\])?|[()\[\]])")
_DASHES = ((re.compile(r"(?<!-)---(?!-)"), "—"), (re.compile(r"(?<!-)--(?!-)"), "–"))
_MAX_NESTING = 12  # of braces that are looked into


def inline_text(text: str) -> str:
    """The text of a paragraph on one line. Arguments of unknown commands are kept, their names are not."""
    text = re.sub(r"\\([%$&#_{}])", lambda match: _ESCAPED[match[1]], text)
    text = _ACCENT.sub(_accent, text)
    text = text.replace("``", "“").replace("''", "”").replace("~", " ")
    for _ in range(_MAX_NESTING):
        before = text
        text = _REFERENCE.sub("", _DROPPED.sub("", _COLOURED.sub("", _SPAN.sub("", text))))
        text = _CITATION.sub(lambda match: f"[{match[1]}]", text)
        text = _LINK.sub(lambda match: f"{match[2]} ({match[1]})" if match[1] != match[2] else match[1], text)
        text = _ROOT.sub(r"√(\1)", _FRACTION.sub(r"(\1)/(\2)", text))
        text = re.sub(r"\\[A-Za-z@]+\*?\s*(?:\[[^\[\]{}]{0,200}\])?\{([^{}]*)\}", _unwrapped, text)
        text = re.sub(r"(?<![\^_\\A-Za-z*\]])\{([^{}]*)\}", r"\1", text)
        if text == before:
            break
    text = _COMMAND.sub(_sign, text)
    text = _OTHER.sub(" ", text)
    text = _POWER.sub(lambda match: match[1].translate(_SUPERSCRIPT), text)
    text = text.replace("$", "").replace("{", "").replace("}", "")
    for pattern, dash in _DASHES:
        text = pattern.sub(dash, text)
    return " ".join(text.translate(_RESTORED).split()).replace(" .", ".").replace(" ,", ",")


def _accent(match: re.Match[str]) -> str:
    mark, letter = match[1] or match[4], match[2] or match[3] or match[5]
    return normalize("NFC", letter + _ACCENTS[mark])


def _sign(match: re.Match[str]) -> str:
    """What a command without an argument shows; TeX drops the space behind it, which formulas need."""
    sign = _SIGNS.get(match[1], "")
    return f"{sign} " if match[1] in _SYMBOLS and match[0][-1:] in " \t" else sign


def _unwrapped(match: re.Match[str]) -> str:
    name = match[0][1:].partition("{")[0].partition("[")[0].strip("* ")
    return f"{_SIGNS.get(name, '')} {match[1]}".strip() if name in _SIGNS else match[1]
