"""Badges: small words with an icon whose shape tells the family and whose colour tells the state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme

Family = Literal["signature", "delivery", "lifecycle", "answer"]
Fill = Literal["filled", "outlined", "plain"]
Tone = Literal["pass", "fail", "warn", "dup", "info", "neut", "accent"]

PADDING_PX = 6
ICON_PX = 13
ICON_GAP_PX = 4
BADGE_GAP_PX = 7
LARGEST_COUNT = 99  # counts over this are cut to "99+" so that a flag keeps its column


@dataclass(frozen=True, slots=True)
class Badge:
    """One badge. Delivery badges have round ends, all others radius 4; a plain one has no ground and no padding."""

    text: str
    icon: str = ""
    family: Family = "answer"
    fill: Fill = "filled"
    tone: Tone = "neut"
    tip: str = ""

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        return self.tip or self.text


def badge_width(badge: Badge, theme: Theme) -> int:
    """Return how wide a badge is painted, in device-independent pixels."""
    padding = 0 if badge.fill == "plain" else PADDING_PX
    text = QFontMetricsF(theme.font("badge")).horizontalAdvance(badge.text)
    gap = ICON_GAP_PX if badge.icon and badge.text else 0
    return round(padding + (ICON_PX if badge.icon else 0) + gap + text + padding)


def paint_badge(painter: QPainter, rect: QRect, badge: Badge, theme: Theme, icons: Icons) -> int:
    """Paint a badge at the left of a rectangle, centred in its height, and return its width.

    What is wider than the rectangle is cut at the right by the painter's own clip, never squeezed.
    """
    ratio = painter.device().devicePixelRatioF()
    height = min(theme.size("badge"), rect.height())
    pixmap = icons.cached(("badge", badge, height, ratio), lambda: _draw(badge, height, ratio, theme, icons))
    painter.drawPixmap(rect.left(), rect.top() + (rect.height() - height) // 2, pixmap)
    return round(pixmap.width() / ratio)


def _draw(badge: Badge, height: int, ratio: float, theme: Theme, icons: Icons) -> QPixmap:
    width = badge_width(badge, theme)
    pixmap = QPixmap(round(width * ratio), round(height * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    pixmap.setDevicePixelRatio(ratio)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink, ground = badge_colors(badge, theme)
    _paint_ground(painter, QRectF(0, 0, width, height), badge, ink, ground, theme)
    x = 0.0 if badge.fill == "plain" else float(PADDING_PX)
    if badge.icon:
        icons.paint(painter, badge.icon, ink, x, (height - ICON_PX) / 2, ICON_PX)
        x += ICON_PX + ICON_GAP_PX
    font = theme.font("badge")
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(QPointF(x, round((height + metrics.capHeight()) / 2)), badge.text)
    painter.end()
    return pixmap


def _paint_ground(painter: QPainter, rect: QRectF, badge: Badge, ink: QColor, ground: QColor, theme: Theme) -> None:
    radius = rect.height() / 2 if badge.family == "delivery" else float(theme.radius("badge"))
    if badge.fill == "filled" and not theme.high_contrast:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(rect, radius, radius)
    elif badge.fill != "plain":
        painter.setPen(QPen(ink, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius - 0.5, radius - 0.5)


def badge_colors(badge: Badge, theme: Theme) -> tuple[QColor, QColor]:
    """Return the colours of a badge's text and of its ground."""
    if badge.tone == "accent":
        return theme.tokens.accent, theme.tokens.accentTint
    return theme.color(f"{badge.tone}Fg"), theme.color(f"{badge.tone}Bg")


@dataclass(frozen=True, slots=True)
class _VerdictRow:
    short: str
    long: str
    icon: str
    tone: Tone
    quiet: bool = False  # plain text in lists: this is the normal case


_VERDICTS: dict[str, _VerdictRow] = {
    "valid": _VerdictRow("Valid", "Signature valid", "shield-check", "pass", quiet=True),
    "invalid": _VerdictRow("Invalid", "Signature invalid", "shield-x", "fail"),
    "stale": _VerdictRow("Stale", "Signature stale", "timer-off", "warn"),
    "unsigned": _VerdictRow("Unsigned", "Not signed", "shield-off", "neut", quiet=True),
    "no_secret": _VerdictRow("No secret", "No secret to check with", "key-round", "warn"),
    "blocked": _VerdictRow("Blocked", "Blocked", "ban", "neut"),
}
VERDICTS = tuple(_VERDICTS)


def signature_badge(verdict: str, filled: bool = False, *, long: bool = False) -> Badge:
    """Return the badge of a verdict's value ("valid", "no_secret", …).

    The normal verdicts stay plain in lists; `filled` gives all of them a ground, `long` the inspector's wording.

    Raises:
        KeyError: there is no such verdict.
    """
    row = _VERDICTS[verdict]
    fill: Fill = "plain" if row.quiet and not filled else "filled"
    return Badge(row.long if long else row.short, row.icon, "signature", fill, row.tone, tip=row.long)


def repeat_badge(kind: str, number: int, *, total: int = 0, short: bool = False) -> Badge:
    """Return the badge of a repeat: `number` counts sightings, so the first repeat has 2.

    A duplicate reads "2nd", or "Duplicate, 2nd of 3" with `total`; a retry reads "Retry 1", or "1" when `short`.

    Raises:
        ValueError: `kind` is neither "duplicate" nor "retry".
    """
    if kind == "duplicate":
        text = f"Duplicate, {ordinal(number)} of {total}" if total else ordinal(number)
        return Badge(text, "layers-2", "delivery", "filled", "dup", tip=f"Duplicate, {ordinal(number)} time received")
    if kind == "retry":
        count = max(1, number - 1)
        text = str(count) if short else f"Retry {count}"
        return Badge(text, "rotate-cw", "delivery", "outlined", "warn", tip=f"Retry {count}")
    raise ValueError(f"not a kind of repeat: {kind!r}")


def replay_badge(count: int) -> Badge:
    """Return the badge that counts how often an event was replayed."""
    text = "99+" if count > LARGEST_COUNT else str(count)
    return Badge(text, "repeat-2", "delivery", "filled", "info", tip=f"Replayed {count} times")


REPLAYING = Badge("Replaying", "loader-circle", "delivery", "filled", "info")

_REFUSALS: dict[str, tuple[str, str, Tone, str]] = {
    "unknown_endpoint": ("No endpoint", "search-x", "warn", "No endpoint has this path"),
    "method": ("Method", "ban", "warn", "The endpoint does not accept this method"),
    "password": ("No password", "lock", "neut", "The user name or password was wrong or missing"),
    "too_slow": ("Too slow", "timer-off", "warn", "The request took too long to arrive"),
    "tls": ("Not encrypted", "lock", "fail", "The connection could not be encrypted"),
    "blocked": ("Blocked", "ban", "neut", "The sender is not on the allow-list"),
    "too_large": ("Too large", "hard-drive", "warn", "The body is larger than the limit"),
    "rate_limited": ("Rate limited", "zap", "warn", "Too many requests from this sender"),
    "malformed": ("Malformed", "file-x", "fail", "The request could not be read"),
    "paused": ("Paused", "pause", "warn", "Receiving was paused"),
}
REFUSALS = tuple(_REFUSALS)


def refusal_badge(refusal: str) -> Badge:
    """Return the badge of a request that was turned away.

    Raises:
        KeyError: there is no such refusal.
    """
    text, icon, tone, tip = _REFUSALS[refusal]
    return Badge(text, icon, "signature", "filled", tone, tip=tip)


def answer_badge(status: int, ms: float | None) -> Badge:
    """Return what we answered and how fast: neutral for 2xx and 3xx, red from 400."""
    text = f"{status} in {duration(ms)}" if ms is not None else str(status)
    tone: Tone = "fail" if status >= 400 else "neut"
    return Badge(text, "", "answer", "filled", tone, tip=f"Answered {text}")


def attempt_badge(number: int) -> Badge:
    """Return the badge that says which delivery attempt an event was."""
    return Badge(f"Attempt {number}", "", "answer", "filled", "neut")


def lifecycle_badge(text: str, icon: str, tone: Tone) -> Badge:
    """Return a badge of a message's state, such as "Out of order" or "Failed 4102"."""
    return Badge(text, icon, "lifecycle", "filled", tone)


def ordinal(number: int) -> str:
    """Write a number as 1st, 2nd, 3rd, 4th … 11th, 21st."""
    if number % 100 in {11, 12, 13}:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def duration(ms: float) -> str:
    """Write milliseconds the way the list does: "11 ms" under a second, then "1.2 s"."""
    return f"{ms:.0f} ms" if ms < 999.5 else f"{ms / 1000:.1f} s"


class BadgeLabel(QWidget):
    """A row of badges, as in the inspector's header; badges that do not fit are left out from the end."""

    def __init__(self, theme: Theme, icons: Icons, badges: Sequence[Badge] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._badges: tuple[Badge, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._on_theme)
        self.set_badges(badges)

    @property
    def badges(self) -> tuple[Badge, ...]:
        """What is shown."""
        return self._badges

    def set_badges(self, badges: Sequence[Badge]) -> None:
        """Show other badges, from left to right."""
        self._badges = tuple(badges)
        self.setAccessibleName(", ".join(badge.spoken for badge in self._badges))
        self._on_theme()

    def _on_theme(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        widths = [badge_width(badge, self._theme) for badge in self._badges]
        return QSize(sum(widths) + BADGE_GAP_PX * max(0, len(widths) - 1), self._theme.size("badge"))

    def minimumSizeHint(self) -> QSize:
        first = badge_width(self._badges[0], self._theme) if self._badges else 0
        return QSize(first, self._theme.size("badge"))

    def _placed(self) -> list[tuple[QRect, Badge]]:
        placed: list[tuple[QRect, Badge]] = []
        x = 0
        for badge in self._badges:
            width = badge_width(badge, self._theme)
            if placed and x + width > self.width():
                break
            placed.append((QRect(x, 0, width, self.height()), badge))
            x += width + BADGE_GAP_PX
        return placed

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        for rect, badge in self._placed():
            paint_badge(painter, rect, badge, self._theme, self._icons)
        painter.end()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            hit = [badge for rect, badge in self._placed() if rect.contains(event.pos())]
            QToolTip.showText(event.globalPos(), hit[0].tip if hit else "", self)
            return True
        return super().event(event)
