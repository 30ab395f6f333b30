"""Icons drawn from SVG in any colour and at any pixel ratio, and the tables that say which one means what."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from inspector.resources import resource_path
from inspector.ui.theme import Theme

FULL_STROKE = 2.0  # Lucide's own width, for rows, badges and tiles
CALM_STROKE = 1.9  # for buttons, where a full one looks heavier than the words beside it
THIN_STROKE = 1.75  # for grey icons inside fields
BOLD_STROKE = 3.0  # for checks and marks on a filled ground
FULL_STROKE_UP_TO_PX = 15
FILLED_STAR = "star-filled"

_ICON_SIZES_PX = (16, 20)
_ICON_RATIOS = (1.0, 2.0)
_CACHE_LIMIT = 4096


@dataclass(frozen=True, slots=True)
class Look:
    """An icon and the colour token it is drawn in."""

    icon: str
    color: str

    @property
    def ground(self) -> str:
        """The token of the tint that goes behind the icon on a tile."""
        return _GROUNDS.get(self.color, "neutBg")


_GROUNDS = {
    "passFg": "passBg",
    "failFg": "failBg",
    "warnFg": "warnBg",
    "dupFg": "dupBg",
    "infoFg": "infoBg",
    "accent": "accentTint",
}

# By the provider's word where it has the form noun.verb, else by our kind: both stand here.
KIND_ICONS: dict[str, Look] = {
    "message.queued": Look("clock", "text2"),
    "message.sent": Look("send", "text2"),
    "message.delivered": Look("check-check", "passFg"),
    "message.read": Look("eye", "infoFg"),
    "message.failed": Look("circle-x", "failFg"),
    "message.expired": Look("timer-off", "warnFg"),
    "message.deleted": Look("trash-2", "text2"),
    "message.fallback": Look("undo-2", "warnFg"),
    "message.inbound": Look("reply", "accent"),
    "message.replied": Look("reply", "accent"),
    "message.clicked": Look("mouse-pointer-click", "accent"),
    "message.optout": Look("user-minus", "warnFg"),
    "message.optin": Look("user-plus", "passFg"),
    "message.complained": Look("flag", "failFg"),
    "user.typing": Look("ellipsis", "text2"),
    "user.optin": Look("user-plus", "passFg"),
    "user.optout": Look("user-minus", "warnFg"),
    "user.complained": Look("flag", "failFg"),
    "conversation.started": Look("message-circle", "accent"),
    "template.approved": Look("file-check", "passFg"),
    "template.rejected": Look("file-x", "failFg"),
    "agent.status": Look("bot", "text2"),
    "webhook.challenge": Look("link", "text2"),
    "other": Look("webhook", "text2"),
}
OTHER_KIND = Look("webhook", "text2")

VERDICT_ICONS: dict[str, Look] = {
    "valid": Look("shield-check", "passFg"),
    "invalid": Look("shield-x", "failFg"),
    "stale": Look("timer-off", "warnFg"),
    "unsigned": Look("shield-off", "neutFg"),
    "no_secret": Look("key-round", "warnFg"),
    "blocked": Look("ban", "neutFg"),
}

REFUSAL_ICONS: dict[str, Look] = {
    "unknown_endpoint": Look("search-x", "warnFg"),
    "method": Look("ban", "warnFg"),
    "password": Look("lock", "neutFg"),
    "too_slow": Look("timer-off", "warnFg"),
    "tls": Look("lock", "failFg"),
    "blocked": Look("ban", "neutFg"),
    "too_large": Look("hard-drive", "warnFg"),
    "rate_limited": Look("zap", "warnFg"),
    "malformed": Look("file-x", "failFg"),
    "paused": Look("pause", "warnFg"),
}


def kind_look(kind: str) -> Look:
    """Return how an event of this kind, or with this provider's word for it, is shown."""
    return KIND_ICONS.get(kind, OTHER_KIND)


class Icons(QObject):
    """Draws icons by name and keeps what it drew.

    A colour is a QColor or the name of a token. Pixmaps of an old scheme are dropped when the theme changes; owners of
    a QIcon ask for it again on `theme.changed`.
    """

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sources: dict[str, str] = {}
        self._pixmaps: dict[Hashable, QPixmap] = {}
        theme.changed.connect(self.clear)

    def clear(self) -> None:
        """Forget every drawn pixmap."""
        self._pixmaps.clear()

    def pixmap(
        self, name: str, color: QColor | str, size_px: int = 16, dpr: float = 0.0, stroke: float = 0.0
    ) -> QPixmap:
        """Return an icon, `size_px` device-independent pixels wide, for a pixel ratio (0 means the sharpest screen's).

        `stroke` is the width of its lines on Lucide's 24 px grid, 0 for the usual one of its size.

        Raises:
            KeyError: there is no such icon or colour token.
        """
        ratio = dpr or self._sharpest_ratio()
        drawn_in = self._theme.color(color) if isinstance(color, str) else color
        width = stroke or (FULL_STROKE if size_px <= FULL_STROKE_UP_TO_PX else CALM_STROKE)
        key = ("icon", name, drawn_in.rgba(), size_px, ratio, width)
        return self.cached(key, lambda: self._draw(name, drawn_in, size_px, ratio, width))

    def icon(self, name: str, color: QColor | str = "text2", disabled: QColor | str = "text3") -> QIcon:
        """Return an icon for Qt's own controls, sharp at the usual sizes."""
        icon = QIcon()
        for mode, tint in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, disabled)):
            for size_px in _ICON_SIZES_PX:
                for ratio in _ratios(self._sharpest_ratio()):
                    icon.addPixmap(self.pixmap(name, tint, size_px, ratio), mode)
        return icon

    def paint(
        self,
        painter: QPainter,
        name: str,
        color: QColor | str,
        x: float,
        y: float,
        size_px: int = 16,
        stroke: float = 0.0,
    ) -> None:
        """Draw an icon with its top left corner at a point of the painter's device."""
        ratio = painter.device().devicePixelRatioF()
        pixmap = self.pixmap(name, color, size_px, ratio, stroke)
        painter.drawPixmap(QPointF(x, y), pixmap)

    def cached(self, key: Hashable, make: Callable[[], QPixmap]) -> QPixmap:
        """Return the pixmap kept under a key, made first if there is none; all go when the theme changes."""
        found = self._pixmaps.get(key)
        if found is None:
            if len(self._pixmaps) >= _CACHE_LIMIT:
                self._pixmaps.clear()
            found = self._pixmaps[key] = make()
        return found

    def _draw(self, name: str, color: QColor, size_px: int, ratio: float, stroke: float) -> QPixmap:
        source = self._source(name).replace("currentColor", color.name())
        source = source.replace('stroke-width="2"', f'stroke-width="{stroke:g}"')
        renderer = QSvgRenderer(QByteArray(source.encode()))
        pixels = max(1, round(size_px * ratio))
        pixmap = QPixmap(pixels, pixels)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(color.alphaF())
        renderer.render(painter, QRectF(0, 0, pixels, pixels))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def _source(self, name: str) -> str:
        if name not in self._sources:
            outline = name == FILLED_STAR
            path = icon_path("star" if outline else name)
            if not path.is_file():
                raise KeyError(f"no icon named {name!r}")
            text = path.read_text("utf-8")
            self._sources[name] = text.replace('fill="none"', 'fill="currentColor"') if outline else text
        return self._sources[name]

    @staticmethod
    def _sharpest_ratio() -> float:
        ratios = [screen.devicePixelRatio() for screen in QGuiApplication.screens()]
        return max(ratios, default=1.0)


def icon_path(name: str) -> Path:
    """Return the file of an icon, whether it exists or not."""
    return resource_path("icons", f"{name}.svg")


def _ratios(sharpest: float) -> Iterable[float]:
    return sorted({*_ICON_RATIOS, sharpest})
