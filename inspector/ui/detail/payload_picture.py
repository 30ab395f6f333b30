"""A picture on screen, decoded within limits and away from the loop when it is large."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QObject, QRectF, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QImageReader, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.payload.pictures import picture_of
from inspector.ui.detail.sizes import spell_size
from inspector.ui.theme import Theme
from inspector.ui.widgets.paint import draw_text

MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2048
"""Larger pictures are made smaller while they are read: no screen shows more of them here."""

AT_ONCE_BYTES = 64 * 1024
AT_ONCE_PIXELS = 250_000
_CAPTION_PX = 28


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded picture, or why there is none."""

    image: QImage
    problem: str = ""


def decode_picture(data: bytes) -> Decoded:
    """Decode a picture of up to MOST_PIXELS; safe in any thread."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and size.width() * size.height() > MOST_PIXELS:
        return Decoded(QImage(), f"Too large to show: {size.width():,} × {size.height():,} pixels.")
    if size.isValid() and max(size.width(), size.height()) > LONGEST_SIDE:
        reader.setScaledSize(size.scaled(LONGEST_SIDE, LONGEST_SIDE, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    return Decoded(image, "" if not image.isNull() else f"It cannot be decoded: {reader.errorString()}.")


class _News(QObject):
    """Carries what a thread made back to the window."""

    done = Signal(int, object)


class PictureBox(QWidget):
    """One picture, as large as it is or smaller to fit, over a line that names it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, name: str = "Picture") -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self._image = QImage()
        self._turn = 0
        self._news: list[_News] = []
        self.caption = ""
        self.busy = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    @property
    def has_picture(self) -> bool:
        """Whether a decoded picture is shown."""
        return not self._image.isNull()

    def show_data(self, data: bytes) -> None:
        """Show a picture; a large one appears a little later."""
        self._turn += 1
        picture = picture_of(data)
        words = picture.words if picture is not None else "Picture"
        self.caption = f"{words}, {spell_size(len(data))}"
        pixels = picture.width * picture.height if picture is not None else 0
        self._image = QImage()
        self.busy = True
        if len(data) <= AT_ONCE_BYTES and 0 < pixels <= AT_ONCE_PIXELS:
            self._take(self._turn, decode_picture(data))
        else:
            self._start(data)
        self._tell()

    def clear(self) -> None:
        """Show nothing."""
        self._turn += 1
        self._image, self.caption, self.busy = QImage(), "", False
        self._tell()

    def _start(self, data: bytes) -> None:
        news, turn = _News(), self._turn
        news.done.connect(self._take)
        self._news.append(news)
        work: Callable[[], None] = lambda: news.done.emit(turn, decode_picture(data))  # noqa: E731
        QThreadPool.globalInstance().start(work)

    def _take(self, turn: int, decoded: Decoded) -> None:
        if turn != self._turn:
            return
        self._news.clear()
        self._image, self.busy = decoded.image, False
        if decoded.problem:
            self.caption = f"{self.caption}. {decoded.problem}"
        self._tell()

    def _tell(self) -> None:
        self.setAccessibleDescription(self.caption)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, 160)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self._theme.tokens
        room = QRectF(self.rect()).adjusted(16, 8, -16, -_CAPTION_PX)
        if not self._image.isNull() and room.width() > 4 and room.height() > 4:
            ratio = self.devicePixelRatioF()
            size = self._image.size().toSizeF() / ratio
            if size.width() > room.width() or size.height() > room.height():
                size = size.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
            box = QRectF(0, 0, size.width(), size.height())
            box.moveCenter(room.center())
            # Pictures with see-through parts were drawn for a light page.
            painter.fillRect(box, Qt.GlobalColor.white)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(box, self._image)
            painter.setPen(tokens.border)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(-1, -1, 0, 0))
        line = QRectF(16, self.height() - _CAPTION_PX, self.width() - 32, _CAPTION_PX)
        align = Qt.AlignmentFlag.AlignHCenter
        draw_text(painter, line, self.caption, self._theme.font("small"), tokens.text2, align=align)
        painter.end()
