"""What the window's controls do, through menus, keys and dialogs, in the running program."""

from __future__ import annotations

import asyncio
import gzip

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from inspector.domain.endpoint import Endpoint
from inspector.monitor.board import MeasuredAt, Span
from inspector.receiver.state import Status
from inspector.ui.actions import ACTIONS
from inspector.ui.control import event_control
from inspector.ui.dialogs.question import Question
from inspector.ui.dialogs.scrim import Scrim
from inspector.ui.endpoints.settings_dialog import EndpointSettings
from inspector.ui.events.filter_row import SEGMENTS
from inspector.ui.palette import CommandPalette
from inspector.ui.replay.dialog import ReplayDialog
from inspector.ui.settings.settings_dialog import SettingsDialog
from inspector.ui.widgets.labels import Label
from tests.fakes import a_target
from tests.ui.desk import BODY, Desk
from tests.ui.waiting import a_dialog, until


async def another(desk: Desk, name: str = "Staging") -> Endpoint:
    """Return a second endpoint with the first one's secret."""
    endpoint = await desk.app.directory.create(name)
    return await desk.app.directory.set_secret(endpoint.id, desk.secret)


async def open_settings(desk: Desk, page: str) -> SettingsDialog:
    desk.window.commands.open_settings(page)
    dialog = await a_dialog(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    return dialog


@pytest.mark.asyncio
async def test_clearing_an_endpoint_empties_its_list(desk: Desk) -> None:
    await desk.post_many(3)
    await desk.row(0, of=3)
    desk.window.endpoints.clear(desk.endpoint.id)
    question = await a_dialog(Question)
    assert question.windowTitle() == "Delete 3 events of My endpoint?"
    assert any("figures on the Monitor page stay" in label.text() for label in question.findChildren(Label))
    question.accept()  # type: ignore[attr-defined]
    await until(lambda: desk.window.page.model.rowCount() == 0)
    await until(desk.window.first_run.isVisible)
    board = await desk.app.monitor.board(None, Span.HOUR, MeasuredAt.RECEIVER)
    assert board.deliveries == 3  # as the question said


@pytest.mark.asyncio
async def test_deleting_an_endpoint_takes_its_events_out_of_all_endpoints(desk: Desk) -> None:
    staging = await another(desk)
    await desk.post()
    await desk.post(to=staging)
    desk.window.select_endpoint(None)
    await desk.row(0, of=2)
    desk.window.endpoints.delete(staging.id)
    question = await a_dialog(Question)
    assert question.windowTitle() == "Delete Staging and its 1 event?"
    question.accept()  # type: ignore[attr-defined]
    assert (await desk.row(0, of=1)).endpoint_id == desk.endpoint.id
    rows = desk.window.sidebar.scopes_model
    await until(lambda: [row.name for row in rows.rows] == ["All endpoints", "My endpoint"])


@pytest.mark.asyncio
async def test_news_of_an_event_does_not_bring_it_back_once_its_endpoint_is_gone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inspector.ui.bridge.FRAME_MS", 600_000)  # the next frame comes late, as on a busy computer
    staging = await another(desk)
    desk.window.select_endpoint(desk.endpoint.id)
    await desk.post()
    await desk.post(to=staging)
    desk.window.select_endpoint(None)
    await desk.row(0, of=2)
    desk.window.endpoints.delete(staging.id)
    (await a_dialog(Question)).accept()  # type: ignore[attr-defined]
    await desk.row(0, of=1)
    desk.window.bridge.flush()
    assert desk.window.page.model.rowCount() == 1


@pytest.mark.asyncio
async def test_the_last_endpoint_that_is_deleted_makes_room_for_a_new_one(desk: Desk) -> None:
    gone = desk.endpoint
    desk.window.endpoints.delete(gone.id)
    (await a_dialog(Question)).accept()  # type: ignore[attr-defined]
    await until(lambda: [item.id for item in desk.app.directory.all()] not in ([], [gone.id]))
    assert desk.window.endpoints.current.id == desk.endpoint.id


@pytest.mark.asyncio
async def test_the_dialogs_test_event_goes_to_its_own_endpoint(desk: Desk) -> None:
    staging = await another(desk)
    desk.window.select_endpoint(desk.endpoint.id)
    desk.window.endpoints.open_settings(staging.id)
    dialog = await a_dialog(EndpointSettings)
    assert isinstance(dialog, EndpointSettings)
    dialog.test_requested.emit(int(staging.id))
    desk.window.select_endpoint(None)
    assert (await desk.row(0, of=1)).endpoint_id == staging.id
    dialog.reject()


@pytest.mark.asyncio
async def test_a_new_endpoint_is_named_in_its_dialog_and_shown(desk: Desk) -> None:
    desk.window.actions_table["new_endpoint"].trigger()
    dialog = await a_dialog(EndpointSettings)
    assert isinstance(dialog, EndpointSettings)
    dialog.general.name.setText("Staging")
    dialog.save()
    await until(lambda: [item.name for item in desk.app.directory.all()] == ["My endpoint", "Staging"])
    assert desk.window.endpoints.current.name == "Staging"
    await until(lambda: desk.window.sidebar.scopes_model.rows[2].name == "Staging")


@pytest.mark.asyncio
async def test_a_paused_endpoint_refuses_and_its_mark_says_so(desk: Desk) -> None:
    desk.window.sidebar.pause_requested.emit(int(desk.endpoint.id), True)
    await until(lambda: desk.endpoint.paused)
    assert await desk.post() == 503
    await until(lambda: getattr(desk.window.sidebar.scopes_model.rows[1], "state", "") == "paused")


@pytest.mark.asyncio
async def test_a_port_taken_before_the_first_event_stands_in_place_of_the_first_steps(desk: Desk) -> None:
    page = desk.window.start_page
    await until(desk.window.first_run.isVisible)
    async with a_target() as other:
        desk.window.receiving.use_port(other.port)
        await until(page.trouble.isVisible)
        assert page.trouble.title.text() == f"Port {other.port} is taken"
        page.trouble.buttons[0].click()  # another port
        await until(desk.window.first_run.isVisible)
    assert desk.app.receiver.state.status is Status.RECEIVING


@pytest.mark.asyncio
async def test_a_pause_banner_that_was_closed_stays_closed_until_the_next_pause(desk: Desk) -> None:
    pause = desk.window.actions_table["pause"]
    pause.trigger()
    banner = await until(lambda: desk.window.banners.banner)
    banner.close_button.click()
    told: list[int] = []
    unsubscribe = desk.app.receiver.changed.subscribe(lambda state: told.append(state.turned_away))
    assert await desk.post() == 503
    await until(lambda: 1 in told)
    unsubscribe()
    assert desk.window.banners.banner is None
    pause.trigger()
    await until(lambda: desk.app.receiver.state.status is Status.RECEIVING)
    pause.trigger()
    await until(lambda: desk.window.banners.banner)


@pytest.mark.asyncio
async def test_a_menu_that_is_open_stays_whole_while_events_are_turned_away(desk: Desk) -> None:
    desk.window.actions_table["pause"].trigger()
    await until(lambda: desk.app.receiver.state.status is Status.PAUSED)
    before: list[QAction] = desk.window.top_bar._test_menu.actions()
    receiver = desk.window.top_bar._receiver_menu.actions()
    told: list[int] = []
    unsubscribe = desk.app.receiver.changed.subscribe(lambda state: told.append(state.turned_away))
    assert await desk.post() == 503
    await until(lambda: 1 in told)
    unsubscribe()
    assert desk.window.top_bar._test_menu.actions() == before
    assert desk.window.top_bar._receiver_menu.actions() == receiver


@pytest.mark.asyncio
async def test_tab_goes_through_the_window_in_reading_order_and_comes_round(desk: Desk, qtbot: QtBot) -> None:
    await desk.post_many(2)
    event = await desk.row(0, of=2)
    desk.window.page.table.select_event(event.id)
    await until(lambda: desk.window.pane.event_shown is not None)
    desk.window.activateWindow()
    first = desk.window.top_bar.receiver
    first.setFocus()
    names: list[str] = []
    part: QWidget | None = first
    while part is not None and len(names) < 100:
        names.append(part.accessibleName() or getattr(part, "text", str)())
        qtbot.keyClick(part, Qt.Key.Key_Tab)
        part = QApplication.focusWidget()
        if part is first:
            break
    assert part is first, names
    expected = (
        "Pause receiving", "Copy address", "Send test event", "Settings", "New endpoint", "Endpoints", "Saved views",
        "Pages", "Search events", "Issues", "List is live", "Columns and rows", "Events", "Star", "Replay",
        "Event details",
    )  # fmt: skip
    places = [next(place for place, name in enumerate(names) if name.startswith(word)) for word in expected]
    assert places == sorted(places), names


@pytest.mark.asyncio
async def test_a_large_selection_is_summed_up_in_slices(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_control, "SLICE", 3)
    await desk.post_many(8)
    await desk.row(0, of=8)
    desk.window.page.table.selectAll()
    many = desk.window.pane.many
    await until(many.isVisible)
    assert many.title.text() == "8 events selected"
    await until(lambda: len(many.rows) > 0)
    assert any("message.delivered" in row.value.text() for row in many.rows)


@pytest.mark.asyncio
async def test_recipients_are_masked_from_menu_and_settings_alike(desk: Desk) -> None:
    await desk.post()
    await desk.row(0, of=1)
    desk.window.actions_table["mask_recipients"].trigger()
    assert desk.app.settings.current.mask_recipients
    assert desk.window.page.model.style.mask_recipients
    assert desk.window.actions_table["mask_recipients"].isChecked()
    dialog = await open_settings(desk, "privacy")
    dialog.restore.click()
    dialog.accept()
    assert not desk.window.page.model.style.mask_recipients


@pytest.mark.asyncio
async def test_the_scheme_changes_under_an_open_dialog_and_the_window_is_dim_meanwhile(desk: Desk) -> None:
    dialog = await open_settings(desk, "appearance")
    assert desk.window.findChild(Scrim) is not None
    desk.app.settings.change(theme="dark")
    assert dialog.grab().toImage().pixelColor(400, 20) == desk.window.theme.tokens.surface
    assert desk.window.grab().toImage().pixelColor(5, 200).lightness() < 60
    dialog.accept()
    await until(lambda: desk.window.findChild(Scrim) is None)
    desk.app.settings.change(theme="light")


@pytest.mark.asyncio
async def test_the_palette_shows_an_endpoint_and_does_what_the_menus_do(desk: Desk, qtbot: QtBot) -> None:
    staging = await another(desk)
    desk.window.select_endpoint(desk.endpoint.id)
    desk.window.actions_table["palette"].trigger()
    palette = await a_dialog(CommandPalette)
    assert isinstance(palette, CommandPalette)
    qtbot.keyClicks(palette.field, "show staging")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert desk.window.endpoints.current.id == staging.id


@pytest.mark.asyncio
async def test_sidebar_and_inspector_can_be_hidden_and_that_is_kept(desk: Desk) -> None:
    await desk.post()
    await desk.row(0, of=1)
    await until(desk.window.pane.isVisible)
    for key, setting, part in (
        ("show_sidebar", "sidebar_shown", desk.window.sidebar),
        ("show_inspector", "inspector_shown", desk.window.pane),
    ):
        desk.window.actions_table[key].trigger()
        assert not part.isVisible()
        assert not getattr(desk.app.settings.current, setting)
        desk.window.actions_table[key].trigger()
        assert part.isVisible()


@pytest.mark.asyncio
async def test_cancel_ends_a_replay_that_hangs(desk: Desk) -> None:
    await desk.post()
    event = await desk.row(0, of=1)
    held = asyncio.Event()

    async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    desk.window.replays.replay_to([event.id])
    dialog = await a_dialog(ReplayDialog)
    assert isinstance(dialog, ReplayDialog)
    dialog.target.field.setText(f"http://127.0.0.1:{port}/")
    dialog.send()
    await until(lambda: desk.app.replayer.running_now)
    desk.window.pane.attempt_cancel_requested.emit(event.id)
    await until(lambda: not desk.app.replayer.running_now)
    held.set()
    server.close()
    await server.wait_closed()


@pytest.mark.asyncio
async def test_every_action_that_opens_nothing_can_be_triggered_at_any_time(desk: Desk) -> None:
    await desk.post_many(2)
    event = await desk.row(0, of=2)
    desk.window.page.table.select_event(event.id)
    elsewhere = {"quit", "close_window", "show_data_folder", "local_network", "restart_receiver", "full_screen"}
    for spec in ACTIONS:
        if spec.key in elsewhere or spec.text.endswith("…"):
            continue
        action = desk.window.actions_table[spec.key]
        action.trigger()
        await asyncio.sleep(0)
        for item in QApplication.topLevelWidgets():
            if item is not desk.window and item.isVisible():
                item.close()
    desk.window.theme.set_text_scale(1.0)
    assert desk.app.receiver.state.status in (Status.PAUSED, Status.RECEIVING)


@pytest.mark.asyncio
async def test_closing_while_events_arrive_loses_none_that_was_answered(desk: Desk) -> None:
    answers = [asyncio.create_task(desk.post(BODY.replace(b"abc123", b"%06d" % number))) for number in range(60)]
    await until(lambda: desk.window.page.model.rowCount() > 5)
    desk.window.close()
    await desk.window.finish()
    statuses = await asyncio.gather(*answers)
    stored = sum(item.events for item in await desk.app.store.scope_counts())
    assert statuses.count(200) == stored


@pytest.mark.asyncio
async def test_a_packed_body_is_copied_as_its_sender_wrote_it(desk: Desk) -> None:
    packed = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    url = desk.app.receiver.address_of(desk.endpoint)
    async with desk.http.post(url, data=gzip.compress(b'{"a": 1}'), headers=packed):
        pass
    event = await desk.row(0, of=1)
    QGuiApplication.clipboard().clear()
    desk.window.events.copy_body(event.id)
    await until(lambda: QGuiApplication.clipboard().text() == '{"a": 1}')


@pytest.mark.asyncio
async def test_with_large_text_pages_segments_and_address_stay_whole(desk: Desk) -> None:
    window = desk.window
    await desk.post_many(2)
    await desk.row(0, of=2)
    window.resize(1280, 800)
    for key in ("text_larger",) * 5:
        window.actions_table[key].trigger()
    assert desk.app.settings.current.text_percent == 150
    segments = [window.page.filters.segments.button(key) for key, _words in SEGMENTS]

    def whole() -> bool:
        return all(button.width() >= button.sizeHint().width() for button in segments)

    await until(whole)
    assert window.head.tabs.visible_keys() == ["events", "messages", "monitor"]
    assert window.top_bar.address.width() > 600
    window.resize(1280, 780)  # a banner does as much
    await asyncio.sleep(0)
    QApplication.processEvents()
    assert whole()
    window.actions_table["text_normal"].trigger()
