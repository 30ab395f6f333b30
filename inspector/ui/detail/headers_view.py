"""The Headers view: what the provider sent, what the tunnel added, and what we answered."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.domain.event import Event
from inspector.ui.detail.copy_button import CopyButton
from inspector.ui.detail.detail_view import DetailView, Surroundings, copy_text
from inspector.ui.detail.header_groups import HeaderGroup, HeaderLine, header_groups
from inspector.ui.detail.header_rows import HeaderRows
from inspector.ui.detail.overview_view import scroll_area
from inspector.ui.widgets.badges import Badge, signature_badge
from inspector.ui.widgets.fields import SearchField
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.menu import Menu


class HeadersView(DetailView):
    """A filter over three groups."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(around, parent)
        self._event: Event | None = None
        self._groups: tuple[HeaderGroup, ...] = ()
        self._menu: Menu | None = None
        theme, icons = self.theme, self.icons
        self.filter = SearchField(theme, icons, "Filter headers", self, name="Filter headers")
        self.copy_button = CopyButton(theme, icons, "Copy all headers", self)
        self.sections: list[_Section] = []
        self._nothing = Label(theme, "No header matches", self, color="text3")
        self._nothing.hide()
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 10, 10, 4)
        bar.setSpacing(8)
        bar.addWidget(self.filter, 1)
        bar.addWidget(self.copy_button)
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(0, 0, 0, 16)
        self._column.setSpacing(0)
        self._column.addWidget(self._nothing, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addStretch(1)
        area = scroll_area(self)
        area.setWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(area, 1)
        self.filter.textChanged.connect(lambda _text: self._fill())
        self.copy_button.clicked.connect(self.copy_all)

    def show_event(self, event: Event | None) -> None:
        same = event is not None and self._event is not None and event.id == self._event.id
        self._event = event
        if same:
            return  # what can change about an event is not shown here, and what was uncovered stays so
        if event is None:
            self._groups = ()
        else:
            provider = event.summary.provider
            names = self.around.reader.signature_headers(provider) if provider else ()
            self._groups = header_groups(event, names)
        self._fill()

    def _fill(self) -> None:
        wanted = self.filter.text().strip().casefold()
        while len(self.sections) < len(self._groups):
            section = _Section(self)
            self.sections.append(section)
            self._column.insertWidget(self._column.count() - 1, section)
        any_shown = False
        for index, section in enumerate(self.sections):
            group = self._groups[index] if index < len(self._groups) else HeaderGroup("", ())
            lines = tuple(line for line in group.lines if _matches(line, wanted))
            section.set_group(group.title, lines, self._badge())
            any_shown |= bool(lines)
        self._nothing.setVisible(not any_shown and bool(wanted))

    def _badge(self) -> Badge | None:
        summary = self._event.summary if self._event is not None else None
        if summary is None or summary.verdict is None or not summary.checked:
            return None
        return signature_badge(summary.verdict.value)

    def copy_line(self, line: HeaderLine) -> None:
        """Copy one header's value."""
        copy_text(line.value, self, "Header")

    def copy_all(self) -> None:
        """Copy the headers of the request as they were sent, one a line."""
        if self._event is not None:
            lines = (
                f"{name.decode('latin-1')}: {value.decode('latin-1')}" for name, value in self._event.request.headers
            )
            copy_text("\n".join(lines), self, "Headers")

    def open_menu(self, line: HeaderLine, at: QPoint) -> None:
        """Open the context menu of a header."""
        menu = Menu(self.theme, self.icons, self)
        menu.add("Copy value", "copy", lambda: self.copy_line(line), shortcut="Ctrl+C")
        menu.add("Copy header", "code", lambda: copy_text(f"{line.name}: {line.value}", self, "Header"))
        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = menu
        menu.popup(at)


def _matches(line: HeaderLine, wanted: str) -> bool:
    # A masked value is not searched: what is found would give it away.
    return wanted in line.name.casefold() or (not line.secret and wanted in line.value.casefold())


class _Section(QWidget):
    def __init__(self, view: HeadersView) -> None:
        super().__init__()
        self.caption = Label(view.theme, "", self, font="caption", color="text2")
        self.count = Label(view.theme, "", self, font="small", color="text3", numbers=True)
        self.rows = HeaderRows(view.theme, view.icons, self)
        self.rows.copy_requested.connect(view.copy_line)
        self.rows.menu_requested.connect(view.open_menu)
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 16, 4)
        head.setSpacing(7)
        head.addWidget(self.caption)
        head.addWidget(self.count)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.rows)

    def set_group(self, title: str, lines: tuple[HeaderLine, ...], badge: Badge | None) -> None:
        self.setVisible(bool(lines))
        self.caption.setText(title)
        self.count.setText(str(len(lines)))
        self.rows.set_lines(title, lines, badge)
