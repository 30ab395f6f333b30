"""General and Appearance: fonts and times apply at once, and the start at login is what the system says it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from PySide6.QtGui import QFontDatabase
from pytestqt.qtbot import QtBot

from inspector.app import App, SettingsKeeper
from inspector.domain.errors import UsageError
from inspector.secret_store import MemorySecrets
from inspector.settings import Settings
from inspector.ui.fonts import fixed_families, system_family
from inspector.ui.icons import Icons
from inspector.ui.login_start import LoginStart
from inspector.ui.settings.small_pages import AppearancePage, GeneralPage
from inspector.ui.theme import Theme
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.segments import Segments
from tests.ui.desk import Desk


class FakeLogin(LoginStart):
    """An entry in memory that may refuse."""

    def __init__(self, *, on: bool = False, refusal: Exception | None = None) -> None:
        self.on, self.refusal = on, refusal

    def is_on(self) -> bool:
        return self.on

    def turn_on(self) -> None:
        self._set(True)

    def turn_off(self) -> None:
        self._set(False)

    def _set(self, on: bool) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.on = on


@pytest.fixture
def app(tmp_path: Path) -> App:
    keeper = SettingsKeeper(tmp_path)
    return cast("App", SimpleNamespace(settings=keeper, folder=tmp_path, secret_store=MemorySecrets()))


@pytest.fixture
def general(dressed: Theme, qtbot: QtBot, app: App) -> Callable[[LoginStart | None], GeneralPage]:
    def make(login: LoginStart | None) -> GeneralPage:
        page = GeneralPage(dressed, Icons(dressed), app, login)
        qtbot.addWidget(page)
        page.finish()
        page.show()
        return page

    return make


@pytest.fixture
def appearance(dressed: Theme, qtbot: QtBot, app: App) -> AppearancePage:
    page = AppearancePage(dressed, Icons(dressed), app)
    qtbot.addWidget(page)
    page.finish()
    return page


def test_the_box_shows_what_the_system_says_and_changes_it(general: Callable[..., GeneralPage]) -> None:
    login = FakeLogin(on=True)
    page = general(login)
    assert page.at_login is not None
    assert page.at_login.isChecked()
    page.at_login.click()
    assert not login.on
    page.at_login.click()
    assert login.on


@pytest.mark.parametrize(
    "refusal", [PermissionError(13, "Permission denied"), UsageError("Permission denied.")], ids=["system", "program"]
)
def test_what_the_system_refuses_is_told_and_the_box_goes_back(
    general: Callable[..., GeneralPage], refusal: Exception
) -> None:
    page = general(FakeLogin(refusal=refusal))
    assert page.at_login is not None
    page.at_login.click()
    assert not page.at_login.isChecked()
    assert any("Permission denied" in label.text() for label in page.findChildren(Label) if label.isVisible())


def test_where_it_cannot_work_there_is_no_box(general: Callable[..., GeneralPage]) -> None:
    assert general(None).at_login is None


def test_restoring_the_defaults_ends_the_start_at_login(general: Callable[..., GeneralPage], app: App) -> None:
    login = FakeLogin(on=True)
    page = general(login)
    app.settings.change(restore_scope=False, theme="dark")
    page.restore_defaults()
    assert not login.on
    assert app.settings.current == Settings(theme="dark")


def segments(page: AppearancePage, name: str) -> Segments:
    return next(item for item in page.findChildren(Segments) if item.accessibleName() == name)


def test_the_fixed_width_fonts_are_those_installed(appearance: AppearancePage) -> None:
    offered = [str(appearance.mono.itemData(row)) for row in range(appearance.mono.count())]
    assert offered[0] == ""  # the design's own
    assert len(offered) == len(set(offered))
    assert all(QFontDatabase.isFixedPitch(family) for family in offered[1:])
    assert "Inter" not in offered


def test_all_families_are_looked_at_in_parts() -> None:
    names = [f"No such family {number}" for number in range(45)]
    assert list(fixed_families([*names, "JetBrains Mono"])) == [(), (), ("JetBrains Mono",)]


def test_a_font_that_was_chosen_and_is_gone_is_still_named(appearance: AppearancePage, app: App) -> None:
    app.settings.change(mono_font="Departed Mono")
    assert appearance.mono.currentText() == "Departed Mono"


def test_fonts_and_times_are_settings_of_their_page(appearance: AppearancePage, app: App) -> None:
    segments(appearance, "Font").set_current("system")
    segments(appearance, "Times of events").set_current("utc")
    assert (app.settings.current.ui_font, app.settings.current.times) == ("system", "utc")
    assert {"ui_font", "mono_font", "times"} <= set(appearance.names)


@pytest.mark.asyncio
async def test_the_window_takes_fonts_and_times_over_at_once(desk: Desk) -> None:
    theme = desk.window.theme
    await desk.post()
    await desk.row(0, of=1)
    desk.app.settings.change(ui_font="system", mono_font="Some Mono", times="relative")
    assert theme.font("body").families()[0] == system_family()
    assert theme.font("mono").families() == ["Some Mono", "monospace"]
    assert desk.window.page.model.index(0, 2).data() in {"now", "1 s ago", "2 s ago"}
    desk.app.settings.change(ui_font="inter", mono_font="", times="local")
    assert theme.font("body").families()[0] == "Inter"
    assert theme.font("mono").families()[0] == "JetBrains Mono"
    assert ":" in desk.window.page.model.index(0, 2).data()
