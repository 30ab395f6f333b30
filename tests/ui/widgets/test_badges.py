"""Badges and marks: as wide as designed, and told apart by shape as well as by colour."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from inspector.domain.event import Refusal, Repeat
from inspector.domain.verification import Verdict
from inspector.ui.icons import Icons, icon_path
from inspector.ui.theme import Theme
from inspector.ui.widgets.badges import (
    REFUSALS,
    VERDICTS,
    Badge,
    BadgeLabel,
    answer_badge,
    attempt_badge,
    badge_width,
    duration,
    ordinal,
    paint_badge,
    repeat_badge,
    signature_badge,
)
from inspector.ui.widgets.marks import STAGE_MARKS, paint_mark
from tests.ui.widgets.makers import (
    ALL_BADGES,
)


@pytest.mark.parametrize("badge", ALL_BADGES, ids=lambda badge: badge.spoken)
def test_a_badge_is_painted_as_wide_as_it_says(badge: Badge, theme: Theme, icons: Icons) -> None:
    image = QImage(240, 20, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    width = paint_badge(painter, QRect(0, 0, 240, 20), badge, theme, icons)
    painter.end()
    inked = [x for x in range(240) if any(image.pixelColor(x, y).alpha() for y in range(20))]
    assert width == badge_width(badge, theme)
    assert max(inked) < width
    if badge.fill != "plain":
        assert (min(inked), max(inked)) == (0, width - 1)


@pytest.mark.parametrize("badge", ALL_BADGES, ids=lambda badge: badge.spoken)
def test_the_icon_of_every_badge_exists(badge: Badge) -> None:
    assert not badge.icon or icon_path(badge.icon).is_file()


def test_badges_are_as_wide_as_in_the_design(theme: Theme) -> None:
    widths = {
        signature_badge("valid", filled=True): 55,
        signature_badge("invalid"): 63,
        signature_badge("no_secret"): 80,
        repeat_badge("duplicate", 2): 49,
        repeat_badge("retry", 2): 65,
        answer_badge(200, 11): 77,
    }
    assert {badge: badge_width(badge, theme) for badge in widths} == {
        badge: pytest.approx(width, abs=1) for badge, width in widths.items()
    }


def test_a_valid_signature_is_quiet_in_lists_and_an_invalid_one_is_not() -> None:
    assert signature_badge("valid").fill == "plain"
    assert signature_badge("unsigned").fill == "plain"
    assert signature_badge("invalid").fill == "filled"
    assert signature_badge("valid", filled=True).fill == "filled"


def test_a_duplicate_and_a_retry_differ_in_more_than_colour() -> None:
    duplicate, retry = repeat_badge(Repeat.DUPLICATE, 2), repeat_badge(Repeat.RETRY, 2)
    assert (duplicate.fill, duplicate.icon, duplicate.text) == ("filled", "layers-2", "2nd")
    assert (retry.fill, retry.icon, retry.text) == ("outlined", "rotate-cw", "Retry 1")


def test_every_verdict_and_refusal_has_a_badge() -> None:
    assert {verdict.value for verdict in Verdict} <= set(VERDICTS)
    assert {refusal.value for refusal in Refusal} <= set(REFUSALS)


def test_an_answer_that_failed_is_red() -> None:
    assert answer_badge(200, 11) == Badge("200 in 11 ms", tip="Answered 200 in 11 ms")
    assert answer_badge(401, 3).tone == "fail"


@pytest.mark.parametrize(
    ("number", "words"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd"), (113, "113th")]
)
def test_ordinals_read_as_english_does(number: int, words: str) -> None:
    assert ordinal(number) == words


@pytest.mark.parametrize(("ms", "words"), [(0.4, "0 ms"), (11, "11 ms"), (999.6, "1.0 s"), (5030, "5.0 s")])
def test_durations_change_unit_at_a_second(ms: float, words: str) -> None:
    assert duration(ms) == words


def test_an_unknown_repeat_is_an_error() -> None:
    with pytest.raises(ValueError, match="not a kind of repeat"):
        repeat_badge("echo", 2)


def test_badges_that_do_not_fit_are_left_out_from_the_end(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    badges = [signature_badge("valid", True, long=True), answer_badge(200, 11), attempt_badge(1)]
    label = BadgeLabel(theme, icons, badges)
    qtbot.addWidget(label)
    label.resize(label.sizeHint())
    assert len(label._placed()) == 3
    label.resize(label.sizeHint().width() - 10, 20)
    assert len(label._placed()) == 2


@pytest.mark.parametrize("one", STAGE_MARKS)
def test_stage_marks_differ_in_shape_and_not_only_in_colour(one: str, theme: Theme, icons: Icons) -> None:
    def shape(mark: str) -> list[int]:
        image = QImage(24, 24, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(theme.tokens.surface)
        painter = QPainter(image)
        paint_mark(painter, QPointF(12, 12), mark, theme, icons)  # type: ignore[arg-type]  # from the tuple of marks
        painter.end()
        grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
        return [grey.pixelColor(x, y).red() // 16 for x in range(24) for y in range(24)]

    assert [other for other in STAGE_MARKS if other != one and shape(other) == shape(one)] == []
