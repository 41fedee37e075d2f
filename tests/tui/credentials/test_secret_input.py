from __future__ import annotations

from textual import events, on
from textual.app import App, ComposeResult
from textual.message import Message

from smtpwizard.model.secret import MAX_SECRET_LENGTH, Secret
from smtpwizard.tui.credentials.secret_input import SecretInput

SECRET = "pa#s$w0\"rd' x\\"


class FieldApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.changes = 0

    def compose(self) -> ComposeResult:
        yield SecretInput("Password", id="field")

    @on(SecretInput.Changed)
    def count(self) -> None:
        self.changes += 1

    @property
    def field(self) -> SecretInput:
        return self.query_one(SecretInput)


async def test_what_is_typed_is_a_secret() -> None:
    app = FieldApp()
    async with app.run_test() as pilot:
        await pilot.press(*SECRET)
        assert app.field.secret == Secret(SECRET)


async def test_no_message_ever_shows_the_secret() -> None:
    seen: list[Message] = []
    app = FieldApp()
    async with app.run_test(message_hook=seen.append) as pilot:
        event = events.Paste("hunter2-plain")
        app.field.post_message(event)
        await pilot.press("enter")
        assert app.field.secret == Secret("hunter2-plain")
    assert any(isinstance(message, SecretInput.Changed) for message in seen)
    assert all("hunter2" not in repr(message) for message in seen)


async def test_the_screen_shows_dots() -> None:
    app = FieldApp()
    async with app.run_test() as pilot:
        await pilot.press(*"hunter2")
        await pilot.pause()
        picture = app.export_screenshot()
        assert "hunter2" not in picture
        assert "•••••••" in picture


async def test_taking_the_secret_empties_the_field() -> None:
    app = FieldApp()
    async with app.run_test() as pilot:
        await pilot.press(*"abc")
        assert app.field.take() == Secret("abc")
        assert not app.field.secret


async def test_the_keys_of_a_line_editor_work() -> None:
    app = FieldApp()
    async with app.run_test() as pilot:
        await pilot.press(*"abcd", "left", "left", "backspace", "X", "home", "delete", "end", "Y")
        assert app.field.secret == Secret("XcdY")
        await pilot.press("ctrl+u")
        assert not app.field.secret
        await pilot.press("backspace", "delete", "left", "right")
        assert not app.field.secret


async def test_a_non_breaking_space_is_taken_in_and_can_be_named_later() -> None:
    app = FieldApp()
    async with app.run_test() as pilot:
        app.field.post_message(events.Key("unknown", "\u00a0"))
        await pilot.pause()
        assert app.field.secret == Secret("\u00a0")


async def test_more_than_any_secret_is_not_taken() -> None:
    app = FieldApp()
    async with app.run_test() as pilot:
        app.field.post_message(events.Paste("x" * (MAX_SECRET_LENGTH * 2 + 1)))
        await pilot.pause()
        assert not app.field.secret


async def test_a_long_secret_keeps_the_cursor_in_sight() -> None:
    app = FieldApp()
    async with app.run_test(size=(40, 5)) as pilot:
        app.field.post_message(events.Paste("x" * 10_000))
        await pilot.pause()
        assert app.field.secret.length == 10_000
        assert "10000" in app.export_screenshot()


async def test_a_secret_from_before_shows_no_length() -> None:
    class Held(FieldApp):
        def compose(self) -> ComposeResult:
            yield SecretInput("Password", held=True)

    app = Held()
    async with app.run_test() as pilot:
        await pilot.pause()
        assert "kept" in app.export_screenshot()
