"""The page of an endpoint without events: three steps from an address to the first verified webhook."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from inspector.providers.catalogue import Catalogue
from inspector.ui.endpoints.provider_choice import ProviderChoice
from inspector.ui.icons import BOLD_STROKE, Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.address_field import AddressField, AddressKind
from inspector.ui.widgets.buttons import LinkButton, PrimaryButton, SecondaryButton
from inspector.ui.widgets.fields import ComboBox
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.marks import paint_dot
from inspector.ui.widgets.paint import draw_text
from inspector.ui.widgets.secret_field import SecretField
from inspector.ui.widgets.window_size import scaled

COLUMN_PX = 688
STEP_LEFT_PX = 42
CIRCLE_PX = 24
SAVE_PX = 90
PULSE_MS = 1600
PULSE_FRAME_MS = 80


class FirstRun(QScrollArea):
    """Everything on it works at once: the receiver is listening already.

    Signals:
        copied(str): the address went to the clipboard.
        own_address_requested: the user wants to enter the address their proxy or tunnel has.
        tunnel_requested(str): start this kind of tunnel, "" to be told which there are.
        install_requested(str): open this page, where a program for tunnels is got.
        secret_given(str, str): provider id and secret, as typed.
        secret_help_requested(str): "Where do I find it?" for a provider id.
        test_requested(str): send this sample, signed.
        samples_requested: send a row of sample events.
        doctor_requested: find out why nothing arrives.
    """

    copied = Signal(str)
    own_address_requested = Signal()
    tunnel_requested = Signal(str)
    install_requested = Signal(str)
    secret_given = Signal(str, str)
    secret_help_requested = Signal(str)
    test_requested = Signal(str)
    samples_requested = Signal()
    doctor_requested = Signal()

    def __init__(self, theme: Theme, icons: Icons, catalogue: Catalogue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._catalogue = theme, icons, catalogue
        self._shown: tuple[int, str] = (0, "")
        self._tunnel_kind = ""
        self._install_page = ""
        self._marks: list[_StepMark] = []
        self.setAccessibleName("First steps")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = QWidget()
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._build()
        room = QHBoxLayout(page)
        room.setContentsMargins(24, 0, 24, 0)
        room.addStretch(1)
        self._holder = holder = QWidget()
        holder.setLayout(self._column)
        holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        room.addWidget(holder, 10_000)
        room.addStretch(1)
        self.setWidget(page)
        page.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        theme.changed.connect(self._on_theme)
        self._on_theme()

    def _on_theme(self) -> None:
        self._holder.setMaximumWidth(scaled(self._theme, COLUMN_PX))

    def set_address(self, kind: AddressKind, url: str, path: str) -> None:
        """Show the endpoint's address, and its path in the waiting line."""
        self.address.set_address(kind, url)
        short = path if len(path) < 34 else path[:31] + "…"
        self.waiting.set_text(f"Waiting for the first request on {short}")

    def set_tunnel(
        self, kind: str, words: str, *, offered: bool, done: bool, install: tuple[str, str] = ("", "")
    ) -> None:
        """Offer a kind of tunnel with the sentence that names its carrier, or say how it goes; `done` checks the step.

        A kind "" lets the user choose among all there are. `install` are the name of a program and the page where it
        is got, offered as a link.
        """
        self._tunnel_kind = kind
        program, self._install_page = install
        self.install.setText(f"Get {program}")
        self.install.setVisible(bool(program))
        self.tunnel.setVisible(offered)
        self.tunnel_hint.setText(words)
        self._marks[0].set_done(done)

    def set_endpoint(self, endpoint_id: int, provider: str) -> None:
        """Choose the provider of an endpoint; what is being typed stays while endpoint and provider do."""
        if self._shown == (endpoint_id, provider):
            return
        self._shown = (endpoint_id, provider)
        self.provider.choose(provider)
        self.secret.clear()

    def set_samples(self, samples: Sequence[tuple[str, str]], preferred: str) -> None:
        """Offer these test events, as key and title; `preferred` is chosen where the offer is another one."""
        if [(self.samples.itemData(row), self.samples.itemText(row)) for row in range(self.samples.count())] == list(
            samples
        ):
            return
        self.samples.clear()
        for key, title in samples:
            self.samples.addItem(title, key)
        self.samples.setCurrentIndex(max(0, self.samples.findData(preferred)))
        self.send.setEnabled(bool(samples))
        self.more.setVisible(len(samples) > 1)

    # -- building -----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        theme, icons = self._theme, self._icons
        self._column.addStretch(1)
        self._column.addWidget(Label(theme, "Receive your first webhook", font="hero"))
        self._column.addSpacing(3)
        intro = "The receiver is already running. Three steps and the events appear here, live."
        self._column.addWidget(Label(theme, intro, color="text2", wrap=True))
        self._column.addSpacing(25)
        self._column.addWidget(self._step(1, *self._address_step()))
        self._column.addWidget(self._step(2, *self._provider_step()))
        self._column.addWidget(self._step(3, *self._send_step(), last=True))
        self._column.addStretch(1)
        self.waiting = _Waiting(theme)
        self._column.addWidget(self.waiting, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addSpacing(6)
        self.more = LinkButton(theme, icons, "Send a whole set of sample events")
        self.more.clicked.connect(self.samples_requested)
        self.doctor = LinkButton(theme, icons, "Nothing arrived? Find out why")
        self.doctor.clicked.connect(self.doctor_requested)
        links = QHBoxLayout()
        links.setSpacing(20)
        links.addStretch(1)
        links.addWidget(self.more)
        links.addWidget(self.doctor)
        links.addStretch(1)
        self._column.addLayout(links)
        self._column.addSpacing(18)

    def _step(self, number: int, title: str, text: str, content: QWidget, *, last: bool = False) -> QWidget:
        step = QWidget()
        grid = QGridLayout(step)
        grid.setContentsMargins(0, 0, 0, 0 if last else 20)
        grid.setHorizontalSpacing(STEP_LEFT_PX - CIRCLE_PX - 2)
        grid.setVerticalSpacing(3)
        self._marks.append(_StepMark(self._theme, self._icons, number, last))
        grid.addWidget(self._marks[-1], 0, 0, 3, 1)
        grid.addWidget(Label(self._theme, title, font="title"), 0, 1)
        grid.addWidget(Label(self._theme, text, color="text2", wrap=True), 1, 1)
        grid.addWidget(content, 2, 1)
        grid.setColumnStretch(1, 1)
        return step

    def _address_step(self) -> tuple[str, str, QWidget]:
        content, column = _content(11)
        self.address = AddressField(self._theme, self._icons)
        self.address.copied.connect(self.copied)
        column.addWidget(self.address)
        row = QHBoxLayout()
        row.setSpacing(10)
        self.tunnel = SecondaryButton(self._theme, self._icons, "Start a tunnel", "cable")
        self.tunnel.clicked.connect(lambda: self.tunnel_requested.emit(self._tunnel_kind))
        self.own_address = SecondaryButton(self._theme, self._icons, "Use my own address…")
        self.own_address.clicked.connect(self.own_address_requested)
        row.addWidget(self.tunnel)
        row.addWidget(self.own_address)
        self.tunnel_hint = Label(self._theme, "", font="small", color="text2", wrap=True)
        about = QVBoxLayout()
        about.setSpacing(0)
        about.addWidget(self.tunnel_hint)
        self.install = LinkButton(self._theme, self._icons, "")
        self.install.clicked.connect(lambda: self.install_requested.emit(self._install_page))
        self.install.hide()
        about.addWidget(self.install, 0, Qt.AlignmentFlag.AlignLeft)
        row.addLayout(about, 1)
        column.addLayout(row)
        text = "The local address works on this computer. A provider on the internet needs a public one."
        return "Get an address your provider can reach", text, content

    def _provider_step(self) -> tuple[str, str, QWidget]:
        theme, icons = self._theme, self._icons
        content, column = _content(5)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(5)
        self.provider = ProviderChoice(theme, icons, self._catalogue)
        self.secret = SecretField(theme, name="Signing secret")
        self.save = SecondaryButton(theme, icons, "Save")
        self.save.setMinimumWidth(SAVE_PX)
        self.save.clicked.connect(self._give_secret)
        self.secret.returnPressed.connect(self._give_secret)
        grid.addWidget(Label(theme, "Provider", font="column", color="text2"), 0, 0)
        grid.addWidget(Label(theme, "Signing secret, from the same page", font="column", color="text2"), 0, 1)
        grid.addWidget(self.provider, 1, 0)
        grid.addWidget(self.secret, 1, 1)
        grid.addWidget(self.save, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        row = QHBoxLayout()
        row.setSpacing(9)
        made = "No secret yet? One was made for your test events; replace it any time."
        row.addWidget(Label(theme, made, font="small", color="text2"))
        where = LinkButton(theme, icons, "Where do I find it?")
        where.clicked.connect(lambda: self.secret_help_requested.emit(self.provider.provider_id))
        row.addWidget(where)
        row.addStretch(1)
        column.addLayout(row)
        text = "Then choose the provider here and paste its secret, so that every signature can be checked."
        return "Paste it into your provider’s webhook settings", text, content

    def _send_step(self) -> tuple[str, str, QWidget]:
        content, column = _content(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.samples = ComboBox(self._theme, self._icons, name="Test event")
        self.samples.setMinimumWidth(180)
        self.send = PrimaryButton(self._theme, self._icons, "Send signed test event", "send", size_name="controlTop")
        self.send.clicked.connect(lambda: self.test_requested.emit(str(self.samples.currentData())))
        row.addWidget(self.send)
        row.addWidget(self.samples)
        row.addStretch(1)
        column.addLayout(row)
        hint = "Signed with this endpoint’s secret and sent to the local address. Nothing leaves this computer."
        column.addWidget(Label(self._theme, hint, font="small", color="text2", wrap=True))
        text = "See signature, payload, duplicate check and answer without touching the provider."
        return "Send a test event, or wait for a real one", text, content

    def _give_secret(self) -> None:
        self.secret_given.emit(self.provider.provider_id, self.secret.text().strip())


def _content(spacing_px: int) -> tuple[QWidget, QVBoxLayout]:
    content = QWidget()
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 8, 0, 0)
    column.setSpacing(spacing_px)
    return content, column


class _StepMark(QWidget):
    """The number in its circle, and the line down to the next."""

    def __init__(self, theme: Theme, icons: Icons, number: int, last: bool) -> None:
        super().__init__()
        self._theme, self._icons, self._number, self._last = theme, icons, number, last
        self._done = False
        self.setFixedWidth(CIRCLE_PX + 2)
        self.setAccessibleName(f"Step {number}")
        theme.changed.connect(self.update)

    def set_done(self, done: bool) -> None:
        """Show a check instead of the number."""
        if done != self._done:
            self._done = done
            self.setAccessibleName(f"Step {self._number}, done" if done else f"Step {self._number}")
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        circle = QRectF(1, 1, CIRCLE_PX, CIRCLE_PX)
        if self._done:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.passSolid)
            painter.drawEllipse(circle)
            self._icons.paint(painter, "check", tokens.surface, 6, 6, CIRCLE_PX - 10, BOLD_STROKE)
        else:
            painter.setPen(QPen(tokens.accent, 1.25))
            painter.drawEllipse(circle)
            text = str(self._number)
            font = self._theme.font("strong")
            wide = painter.fontMetrics().horizontalAdvance(text)
            draw_text(painter, circle.adjusted((CIRCLE_PX - wide) / 2, 0, 0, 0), text, font, tokens.accent)
        if not self._last:
            painter.fillRect(
                QRectF(CIRCLE_PX / 2 + 0.5, CIRCLE_PX + 7, 1, self.height() - CIRCLE_PX), tokens.borderStrong
            )
        painter.end()


class _Waiting(QWidget):
    """A slow pulse and what the page waits for; it rests while it cannot be seen."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._phase = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(34, 4, 0, 4)
        self._label = Label(theme, "", font="label", color="text2")
        row.addWidget(self._label)
        self._pulse = QTimer(self, interval=PULSE_FRAME_MS)
        self._pulse.timeout.connect(self._step)

    def set_text(self, text: str) -> None:
        """Say what the page waits for."""
        self._label.setText(text)
        self.setAccessibleName(text)

    def showEvent(self, event: object) -> None:
        if not self._theme.reduced_motion:
            self._pulse.start()

    def hideEvent(self, event: object) -> None:
        self._pulse.stop()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), 34)

    def _step(self) -> None:
        self._phase = (self._phase + PULSE_FRAME_MS) % PULSE_MS
        self.update(0, 0, 32, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._theme.tokens
        center = QPointF(14, self.height() / 2)
        share = abs(self._phase / PULSE_MS * 2 - 1)
        painter.setPen(Qt.PenStyle.NoPen)
        ground = tokens.passBg.toRgb()
        painter.setBrush(ground)
        radius = 9 + 4 * (1 - share)
        painter.drawEllipse(center, radius, radius)
        paint_dot(painter, center, tokens.passSolid, 9.0)
        painter.end()
