"""The banner of open alerts on the monitor page: one at a time, the most severe first."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import cast

from PySide6.QtCore import QRectF, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inspector.app import App
from inspector.domain.errors import InspectorError
from inspector.domain.query import Query
from inspector.monitor.alerts import MUTE_S, Alert, AlertId, AlertNews, NewsKind
from inspector.ui.events.search_reading import read_search
from inspector.ui.icons import Icons
from inspector.ui.monitor.alert_words import (
    LOOKS,
    answer_limit_s,
    banner_text,
    by_severity,
    events_search,
    in_scope,
    show_words,
    wall_us,
)
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import faded
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.banner import Banner, BannerContent
from inspector.ui.widgets.callout import Action, tone_tokens
from inspector.ui.widgets.paint import fill_box

LINE_SHARE = 0.35
ICON_PX = 16
ICON_LEFT_PX = 14
GAP_PX = 22
REFRESH_MS = 20_000

_log = logging.getLogger(__name__)


class CardBanner(Banner):
    """A banner with the corners and the line of a card."""

    def __init__(self, theme: Theme, icons: Icons, content: BannerContent, parent: QWidget | None = None) -> None:
        self._look = (theme, icons)
        super().__init__(theme, icons, content, parent)
        self._gap = QWidget(self)
        self._gap.setFixedWidth(GAP_PX)
        row = cast("QHBoxLayout", self.layout())
        row.insertWidget(row.indexOf(self.more), self._gap)

    def set_waiting(self, count: int) -> None:
        """Say how many other banners wait behind this one, at some distance from what can be done."""
        super().set_waiting(count)
        self._gap.setVisible(count > 0 and not self.content.dismissible)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, icons = self._look
        ink_name, ground_name = tone_tokens(self.content.tone)
        ink = theme.color(ink_name)
        painter = QPainter(self)
        line = faded(ink, LINE_SHARE)
        fill_box(painter, QRectF(self.rect()), theme.radius("card"), theme.color(ground_name), line)
        icons.paint(painter, self.content.icon, ink, ICON_LEFT_PX, round((self.height() - ICON_PX) / 2), ICON_PX)
        painter.end()


class AlertBanner(QWidget):
    """Follows the monitor and the endpoint in view by itself; it takes no room while no alert is to be told.

    Muted alerts are left out; what was dismissed stays away until the next start.

    Signals:
        events_wanted(object): show the events of this Alert.
        mute_wanted(object, int): mute this Alert for so many seconds.
        doctor_wanted: find out why nothing arrives.
    """

    events_wanted = Signal(object)
    mute_wanted = Signal(object, int)
    doctor_wanted = Signal()

    def __init__(self, theme: Theme, icons: Icons, app: App, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._app = theme, icons, app
        self._tasks = Tasks(lambda error: _log.info("The events of an alert cannot be counted: %s", error))
        self._dismissed: set[AlertId] = set()
        self._counts: dict[AlertId, tuple[str, int]] = {}
        self._shown: AlertId | None = None
        self._waiting: list[Alert] = []
        self._counting = False
        self.banner: CardBanner | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self, interval=REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        unsubscribes = (
            app.monitor.news.subscribe(self._on_news),
            app.settings.changed.subscribe(lambda _: self.refresh()),
            app.directory.changed.subscribe(lambda _: self.refresh()),
        )
        self._task: list[asyncio.Task[None]] = []
        self.destroyed.connect(partial(_leave, unsubscribes, self._task))
        self.refresh()

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """What is to be told, the most severe first."""
        return tuple(self._waiting)

    def refresh(self) -> None:
        """Show what is open now."""
        now_us, scope = wall_us(), self._app.settings.current.scope
        self._waiting = by_severity(
            alert
            for alert in self._app.monitor.open_alerts
            if in_scope(alert, scope) and not alert.is_muted(now_us) and alert.id not in self._dismissed
        )
        alert = next((item for item in self._waiting if item.id == self._shown), None) or next(
            iter(self._waiting), None
        )
        if alert is None:
            self._shown = None
            self._replace(None)
            return
        self._shown = alert.id
        self._show(self._content(alert, now_us))
        self._count(alert)

    def _content(self, alert: Alert, now_us: int) -> BannerContent:
        look = LOOKS[alert.rule]
        names = {int(endpoint.id): endpoint.name for endpoint in self._app.directory.all()}
        actions: list[Action] = []
        if alert.search:
            count = self._counts.get(alert.id)
            actions.append((show_words(count[1] if count else None), partial(self.events_wanted.emit, alert)))
        elif look.asks_doctor:
            actions.append(("Find out why", self.doctor_wanted.emit))
        actions.append(("Mute 1 h", partial(self.mute_wanted.emit, alert, MUTE_S)))
        text = banner_text(alert, names, now_us)
        return BannerContent(str(alert.id), look.tone, look.icon, alert.title, text, tuple(actions))

    def _show(self, content: BannerContent) -> None:
        banner = self.banner
        if banner is None or _words(banner.content) != _words(content):
            had_focus = banner is not None and banner.isAncestorOf(self.focusWidget() or self)
            banner = CardBanner(self._theme, self._icons, content, self)
            banner.dismissed.connect(self._dismiss)
            banner.more_requested.connect(self._next)
            self._replace(banner)
            if had_focus and banner.buttons:
                banner.buttons[0].setFocus()
        else:
            banner.set_text(content)
        banner.set_waiting(len(self._waiting) - 1)

    def _replace(self, banner: CardBanner | None) -> None:
        if self.banner is not None:
            self._column.removeWidget(self.banner)
            self.banner.hide()
            self.banner.deleteLater()
        self.banner = banner
        if banner is not None:
            self._column.addWidget(banner)
        self.setVisible(banner is not None)

    def _on_news(self, news: AlertNews) -> None:
        if news.kind is NewsKind.OPENED:
            announce(self, f"{news.alert.title}. {news.alert.detail}", at_once=LOOKS[news.alert.rule].tone == "fail")
            self._shown = None  # the most severe one comes first again
        elif news.kind is NewsKind.CLOSED:
            self._counts.pop(news.alert.id, None)
            self._dismissed.discard(news.alert.id)
        self.refresh()

    def _dismiss(self, key: str) -> None:
        self._dismissed.add(AlertId(int(key)))
        self.refresh()

    def _next(self) -> None:
        ids = [alert.id for alert in self._waiting]
        place = ids.index(self._shown) if self._shown in ids else 0
        self._shown = ids[(place + 1) % len(ids)] if ids else None
        self.refresh()

    # -- how many events ----------------------------------------------------------------------------------------

    def _count(self, alert: Alert) -> None:
        known = self._counts.get(alert.id)
        if not alert.search or self._counting or not self.isVisible() or (known and known[0] == alert.detail):
            return
        self._counting = True
        self._task[:] = [self._tasks.start(self._read_count(alert), "Counting an alert's events")]

    async def _read_count(self, alert: Alert) -> None:
        limit_s = answer_limit_s(self._app, alert)
        search = read_search(events_search(alert, self._app.monitor.rules, limit_s))
        query = Query(endpoint_id=alert.endpoint_id, terms=search.terms)
        try:
            count = (await self._app.store.counts(query)).total
        except InspectorError as error:
            _log.info("The events of an alert cannot be counted: %s", error)
            return
        finally:
            self._counting = False
        self._counts[alert.id] = (alert.detail, count)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()


def _words(content: BannerContent) -> BannerContent:
    """Everything but the text and what the links do, so that a countdown does not make a new banner."""
    return replace(content, text="", actions=tuple((words, _nothing) for words, _ in content.actions))


def _nothing() -> None:
    """Stand for any action in a comparison."""


def _leave(unsubscribes: tuple[Callable[[], None], ...], tasks: list[asyncio.Task[None]], *_gone: object) -> None:
    for unsubscribe in unsubscribes:
        unsubscribe()
    for task in tasks:
        task.cancel()
