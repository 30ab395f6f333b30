"""Colours for JSON, XML and form texts, one regular expression a language."""

from __future__ import annotations

import re

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from inspector.payload.contents import Contents
from inspector.ui.theme import Theme

LONGEST_TEXT = 200_000
"""Characters up to which a text is coloured at all: beyond that it costs more than it tells."""

_LONGEST_LINE = 5_000

# A group's name is the colour token it is drawn in.
_JSON = re.compile(
    r'(?P<jsKey>"(?:[^"\\]|\\.)*+"(?=\s*:))'
    r'|(?P<jsStr>"(?:[^"\\]|\\.)*+"?)'
    r"|(?P<jsNum>-?\b\d[\d.eE+-]*)"
    r"|(?P<jsBool>\b(?:true|false)\b)"
    r"|(?P<jsNull>\bnull\b)"
    r"|(?P<text2>[{}\[\],:]+)"
)
_XML = re.compile(
    r"(?P<jsNull><!--.*?-->|<\?.*?\?>)|(?P<jsKey></?[\w:.-]+|/?>)|(?P<jsNum>[\w:.-]+(?==[\"']))|(?P<jsStr>\"[^\"]*\"|'[^']*')"
)
_FORM = re.compile(r"(?P<jsKey>^[^=]*(?= = ))|(?P<text2> = )|(?P<jsStr>(?<= = ).*$)")
_FORM_RAW = re.compile(r"(?P<jsKey>(?:^|(?<=&))[^=&]+(?==))|(?P<text2>[=&])|(?P<jsStr>[^=&]+)")


class Highlighter(QSyntaxHighlighter):
    """Colours a document as one kind of contents; `set_contents(None)` leaves it plain."""

    def __init__(self, theme: Theme, document: QTextDocument) -> None:
        super().__init__(document)
        self._theme = theme
        self._pattern: re.Pattern[str] | None = None
        self._formats: dict[str, QTextCharFormat] = {}
        theme.changed.connect(self._on_theme)

    def set_contents(self, contents: Contents | None, *, pretty: bool = True) -> None:
        """Choose the language before the text is set."""
        if contents in (Contents.JSON, Contents.JSON_LINES):
            self._pattern = _JSON
        elif contents is Contents.XML:
            self._pattern = _XML
        elif contents is Contents.FORM:
            self._pattern = _FORM if pretty else _FORM_RAW
        else:
            self._pattern = None

    def _on_theme(self) -> None:
        self._formats.clear()
        if self._pattern is not None:
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        if self._pattern is None:
            return
        for match in self._pattern.finditer(text[:_LONGEST_LINE]):
            token = match.lastgroup or "text"
            self.setFormat(match.start(), match.end() - match.start(), self._format(token))

    def _format(self, token: str) -> QTextCharFormat:
        if token not in self._formats:
            self._formats[token] = QTextCharFormat()
            self._formats[token].setForeground(self._theme.color(token))
        return self._formats[token]
