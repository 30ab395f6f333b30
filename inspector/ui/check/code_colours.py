"""Colours for the code of fixes: keywords, names that are called, texts and comments, in five languages at once."""

from __future__ import annotations

import re

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from inspector.ui.theme import Theme

_WORDS = (
    "and|as|async|await|break|case|catch|class|const|continue|def|default|defer|else|except|extends|false|False|finally"
    "|fn|for|from|func|function|go|if|import|in|is|let|match|new|nil|None|not|null|or|package|private|public|raise"
    "|record|return|select|static|struct|switch|throw|throws|true|True|try|type|use|var|void|while|with|yield"
)

# A group's name is the colour token it is drawn in.
_TOKENS = re.compile(
    r"(?P<text3>(?<![:\w\"'])//.*$|(?:^|(?<=\s))#.*$)"
    r"|(?P<jsStr>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`)"
    rf"|(?P<jsBool>\b(?:{_WORDS})\b)"
    r"|(?P<jsKey>[A-Za-z_]\w*(?=\())"
    r"|(?P<jsNum>\b\d[\d_.]*\b)"
)


class CodeColours(QSyntaxHighlighter):
    """Colours a document as code."""

    def __init__(self, theme: Theme, document: QTextDocument) -> None:
        super().__init__(document)
        self._theme = theme
        self._formats: dict[str, QTextCharFormat] = {}
        theme.changed.connect(self._on_theme)

    def _on_theme(self) -> None:
        self._formats.clear()
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        for match in _TOKENS.finditer(text):
            token = match.lastgroup or "text"
            self.setFormat(match.start(), match.end() - match.start(), self._format(token))

    def _format(self, token: str) -> QTextCharFormat:
        if token not in self._formats:
            self._formats[token] = QTextCharFormat()
            self._formats[token].setForeground(self._theme.color(token))
        return self._formats[token]
