"""How many failed connections are listed."""

from __future__ import annotations

from inspector.receiver.row_cap import BURST, SENDER_BURST, SENDERS_KNOWN, RowCap


def test_a_few_failures_are_all_listed() -> None:
    cap = RowCap()
    assert [cap.admit("10.0.0.1", 0.0) for _ in range(SENDER_BURST)] == [0] * SENDER_BURST


def test_a_flood_of_one_sender_leaves_room_for_another() -> None:
    cap = RowCap()
    for _ in range(10_000):
        cap.admit("10.0.0.1", 0.0)
    assert cap.admit("10.0.0.2", 0.0) == 10_000 - SENDER_BURST


def test_many_senders_together_are_capped() -> None:
    cap = RowCap()
    admitted = [cap.admit(f"10.0.{number // 250}.{number % 250}", 0.0) is not None for number in range(5_000)]
    assert sum(admitted) == BURST


def test_the_allowance_comes_back_with_time_and_the_rest_is_counted() -> None:
    cap = RowCap()
    for _ in range(SENDER_BURST + 7):
        cap.admit("10.0.0.1", 0.0)
    assert cap.admit("10.0.0.1", 5.0) == 7
    assert cap.take_unlisted() == 0


def test_what_was_left_out_is_told_once() -> None:
    cap = RowCap()
    for _ in range(SENDER_BURST + 3):
        cap.admit("10.0.0.1", 0.0)
    assert (cap.take_unlisted(), cap.take_unlisted()) == (3, 0)


def test_only_so_many_senders_are_remembered() -> None:
    cap = RowCap()
    for number in range(SENDERS_KNOWN * 4):
        cap.admit(str(number), float(number))
    assert len(cap._senders) == SENDERS_KNOWN
