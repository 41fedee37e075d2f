"""A field for a secret. What is typed into it is a `Secret` from the first character on."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from smtpwizard.model.secret import MAX_SECRET_LENGTH, Secret
from smtpwizard.tui.field import act_at_once

DOT = "•"
HELD = DOT * 12
"""What stands for a secret that was entered before: no dot too many or too few tells its length."""


class SecretInput(Widget, can_focus=True):
    """Shows dots, hands out only a `Secret`, and forgets it then.

    No message, no reactive and no local variable ever holds the text: a crash report prints those.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Continue", id="continue", key_display="enter", tooltip="Go on with what is here"),
        Binding("left", "move(-1)", show=False),
        Binding("right", "move(1)", show=False),
        Binding("home,ctrl+a", "home", show=False),
        Binding("end,ctrl+e", "end", show=False),
        Binding("backspace", "erase(-1)", show=False),
        Binding("delete,ctrl+d", "erase(1)", show=False),
        Binding("ctrl+u,ctrl+w", "clear", "Empty", id="empty-secret", tooltip="Empty the field"),
    ]

    cursor: reactive[int] = reactive(0)
    held: reactive[bool] = reactive(False)
    """A secret was entered before and is in use; what is typed replaces it."""

    @dataclass
    class Changed(Message):
        """The text has changed. The message does not carry it."""

        secret_input: SecretInput
        pasted: bool

        @property
        def control(self) -> SecretInput:
            """The field."""
            return self.secret_input

    @dataclass
    class Submitted(Message):
        """Enter was pressed."""

        secret_input: SecretInput

        @property
        def control(self) -> SecretInput:
            """The field."""
            return self.secret_input

    def __init__(self, title: str, *, held: bool = False, hint: str = "paste it here", id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = title
        self.set_reactive(SecretInput.held, held)
        self._secret = Secret("")
        self._hint = hint

    @property
    def secret(self) -> Secret:
        """What stands in the field."""
        return self._secret

    def replace(self, secret: Secret) -> None:
        """Put something else into the field, with the cursor at its end."""
        self._secret = secret
        self.cursor = secret.length
        self.refresh()

    def take(self) -> Secret:
        """Hand out what stands in the field, and forget it."""
        secret = self._secret
        self.replace(Secret(""))
        return secret

    def render(self) -> Content:
        length = self._secret.length
        if not length and self.held:
            rest = "  kept from before; type or paste to replace it"
            return Content.assemble((HELD, "$foreground"), (rest, "$quiet"))
        if not length and not self.has_focus:
            return Content.styled(self._hint, "$quiet")
        room = max(4, self.content_size.width - 8)
        first = max(0, min(self.cursor - room // 2, length - room))
        shown = min(length - first, room)
        dots = Content(DOT * shown + " ")
        if self.has_focus:
            at = min(self.cursor - first, shown)
            dots = dots.stylize("reverse", at, at + 1)
        count = f"  {length}" if length else ""
        return Content.assemble(dots, (count, "$quiet"))

    async def on_key(self, event: events.Key) -> None:
        """Take a character. Non-breaking spaces count as characters: they are found, and named, later."""
        if event.character is not None and unicodedata.category(event.character[0]) != "Cc":
            event.stop()
            event.prevent_default()
            self._insert(Secret(event.character), pasted=False)
        else:
            await act_at_once(self, event)

    def on_paste(self, event: events.Paste) -> None:
        """Take a paste, and wipe it from the event."""
        pasted = Secret(event.text)
        event.text = ""
        event.stop()
        event.prevent_default()
        self._insert(pasted, pasted=True)

    def _insert(self, inserted: Secret, *, pasted: bool) -> None:
        if self._secret.length + inserted.length > MAX_SECRET_LENGTH * 2:
            self.app.bell()
            return
        self._secret = self._secret.spliced(self.cursor, self.cursor, inserted)
        self.cursor += inserted.length
        self._changed(pasted=pasted)

    def _changed(self, *, pasted: bool = False) -> None:
        self.refresh()
        self.post_message(self.Changed(self, pasted))

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.cursor = max(0, min(self._secret.length, self.cursor + by))

    def action_home(self) -> None:
        """Move the cursor to the beginning."""
        self.cursor = 0

    def action_end(self) -> None:
        """Move the cursor to the end."""
        self.cursor = self._secret.length

    def action_erase(self, by: int) -> None:
        """Erase the character before or under the cursor."""
        start, end = sorted((self.cursor, max(0, min(self._secret.length, self.cursor + by))))
        if start != end:
            self._secret = self._secret.spliced(start, end, Secret(""))
            self.cursor = start
            self._changed()

    def action_clear(self) -> None:
        """Empty the field."""
        self.take()
        self._changed()

    def action_submit(self) -> None:
        """Go on."""
        self.post_message(self.Submitted(self))
