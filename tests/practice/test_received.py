from __future__ import annotations

from smtpwizard.practice.received import ARGUMENTS, COMMANDS, MESSAGES, Memory, Message


def _message(number: int) -> Message:
    return Message("a@practice.test", (f"{number}@practice.test",), b"x", 1, True, None)


def test_messages_are_kept_oldest_first() -> None:
    memory = Memory()
    memory.keep(_message(1))
    memory.keep(_message(2))

    assert memory.messages == (_message(1), _message(2))


def test_more_messages_than_are_kept_push_the_oldest_out() -> None:
    memory = Memory()
    for number in range(MESSAGES + 3):
        memory.keep(_message(number))

    assert len(memory.messages) == MESSAGES
    assert memory.messages[0] == _message(3)


def test_commands_are_bounded() -> None:
    memory = Memory()
    for number in range(COMMANDS + 1):
        memory.note(f"NOOP {number}")

    assert len(memory.commands) == COMMANDS


def test_arguments_are_counted_apart_and_whatever_their_case() -> None:
    memory = Memory()

    assert [memory.times_heard(0, word) for word in ("a", "A", "b")] == [0, 1, 0]
    assert memory.times_heard(1, "a") == 0


def test_counting_is_bounded() -> None:
    memory = Memory()
    memory.times_heard(0, "first")
    for number in range(ARGUMENTS):
        memory.times_heard(0, str(number))

    assert memory.times_heard(0, "first") == 0
