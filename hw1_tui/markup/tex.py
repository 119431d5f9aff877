"""Writes any text so that TeX prints it as it is, with every engine and in plain ASCII."""

from __future__ import annotations

import re
import unicodedata

_SIGNS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    '"': r"\textquotedbl{}", "`": r"\textasciigrave{}", "|": r"\textbar{}", "[": "{[}", "]": "{]}", "*": "{*}",
    "\u2212": "$-$", "\u00b1": r"$\pm$", "\u00d7": r"$\times$", "\u00f7": r"$\div$", "\u221a": r"$\surd$",
    "\u00b7": r"$\cdot$", "\u2022": r"\textbullet{}", "\u221e": r"$\infty$", "\u2208": r"$\in$", "\u2207": r"$\nabla$",
    "\u2211": r"$\sum$", "\u2202": r"$\partial$", "\u2264": r"$\leq$", "\u2265": r"$\geq$", "\u2248": r"$\approx$",
    "\u2190": r"$\leftarrow$", "\u2192": r"$\rightarrow$", "\u2044": "/", "\u2010": "-", "\u2011": r"\mbox{-}",
    "\u2013": r"\textendash{}", "\u2014": r"\textemdash{}", "\u2018": r"\textquoteleft{}",
    "\u2019": r"\textquoteright{}", "\u201c": r"\textquotedblleft{}", "\u201d": r"\textquotedblright{}",
    "\u201e": r"\quotedblbase{}", "\u201a": r"\quotesinglbase{}", "\u00ab": r"\guillemotleft{}",
    "\u00bb": r"\guillemotright{}", "\u00a0": "~", "\u00a7": r"\S{}", "\u00b0": r"\textdegree{}", "\u00b5": r"$\mu$",
    "\u20ac": r"\texteuro{}", "\u00a3": r"\pounds{}", "\u00a9": r"\textcopyright{}", "\u2122": r"\texttrademark{}",
    "\u00df": r"\ss{}", "\u00c6": r"\AE{}", "\u00e6": r"\ae{}", "\u0152": r"\OE{}", "\u0153": r"\oe{}",
    "\u00d8": r"\O{}", "\u00f8": r"\o{}", "\u0141": r"\L{}", "\u0142": r"\l{}", "\u0131": r"\i{}",
    "\u00d0": r"\DH{}", "\u00f0": r"\dh{}", "\u0110": r"\DJ{}", "\u0111": r"\dj{}", "\u00de": r"\TH{}",
    "\u00fe": r"\th{}", "\u00a1": r"\textexclamdown{}", "\u00bf": r"\textquestiondown{}",
}  # fmt: skip

_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c", "\u0328": "k",
}  # fmt: skip

_GREEK = re.compile(
    "alpha|beta|[gG]amma|[dD]elta|epsilon|zeta|eta|[tT]heta|iota|kappa|[lL]amda|mu|nu|[xX]i|[pP]i|rho|[sS]igma|tau|"
    "[uU]psilon|[pP]hi|chi|[pP]si|[oO]mega"
)
GLYPH = r"""\providecommand{\glyph}[1]{\ifdefined\pdftexversion\texttt{U+#1}\else
\iffontchar\font"#1 \char"#1 \else\texttt{U+#1}\fi\fi}"""
"""Prints a character, or its number where the font lacks it; for text that has no document of its own."""

_APART = "\u200b"

PREAMBLE = r"""\usepackage{iftex}
\ifPDFTeX
\usepackage[T1]{fontenc}
\usepackage{textcomp}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\newcommand{\glyph}[1]{\texttt{U+#1}}
\else
\newcommand{\glyph}[1]{\iffontchar\font"#1 \char"#1 \else\texttt{U+#1}\fi}
\fi"""
"""What a document needs for text of ``escape``; ``\\glyph`` prints a character's number where the font lacks it."""


def escape(text: str) -> str:
    """Return text as LaTeX prints it: nothing in it is a command, and no two characters run together."""
    text = re.sub(r"(?<=-)-|-(?=-)", "\u2011", text)  # TeX makes longer dashes of two and three hyphens
    text = re.sub(r"([',])(?=\1)", rf"\1{_APART}", text)  # and quotation marks of two apostrophes or commas
    return "".join(map(_character, unicodedata.normalize("NFC", text)))


def _character(character: str) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    if " " <= character <= "~":
        return character
    if unicodedata.category(character) in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    if unicodedata.category(character) == "Cf":  # ``_APART``, and what steers other typesetters
        return r"{\kern0pt}"
    return _greek(character) or _composed(character) or rf"\glyph{{{ord(character):04X}}}"


def _greek(character: str) -> str:
    """Return a Greek letter as mathematics has it; empty for another character."""
    script, _, name = unicodedata.name(character, "").partition(" ")
    case, _, letter = name.partition(" LETTER ")
    letter = letter.capitalize() if case == "CAPITAL" else letter.lower()
    return rf"$\{letter.replace('amda', 'ambda')}$" if script == "GREEK" and _GREEK.fullmatch(letter) else ""


def _composed(character: str) -> str:
    """Return a letter with its accent, or what is raised, lowered or a variant; empty for another character."""
    kind, _, codes = unicodedata.decomposition(character).rpartition("> ")
    parts = "".join(chr(int(code, 16)) for code in codes.split())
    if kind in ("<super", "<sub"):
        return rf"\text{kind[1:]}script{{{escape(parts)}}}"
    if kind:
        return escape(parts)
    if len(parts) == 2 and parts[1] in _ACCENTS and parts[0].isascii():
        return rf"\{_ACCENTS[parts[1]]}{{{parts[0]}}}"
    return ""
