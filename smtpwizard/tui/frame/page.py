"""The base of every page of the wizard. What is needed only once a key is pressed is imported then."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from smtpwizard.tui.frame.fault import ending_words
from smtpwizard.tui.frame.journey import Journey
from smtpwizard.tui.frame.keys import Keys
from smtpwizard.tui.frame.too_small import HEIGHT, WIDTH, TooSmall
from smtpwizard.tui.plain import PlainStatic
from smtpwizard.wizard.state import Progress, Step

if TYPE_CHECKING:
    from smtpwizard.tui.app import WizardApp

PRACTICE = "Practice: nothing leaves this machine"


_WIDTHS: list[tuple[int, str]] = [(0, "-tiny"), (WIDTH, "-narrow"), (110, "-wide")]
_HEIGHTS: list[tuple[int, str]] = [(0, "-flat"), (HEIGHT, "-short"), (32, "-tall")]
_LAST = ("back", "help", "commands", "quit")


def _place(item: tuple[str, ActiveBinding]) -> int:
    binding_id = item[1].binding.id or ""
    return _LAST.index(binding_id) + 1 if binding_id in _LAST else 0


class Page(Screen[None]):
    """A page: journey on top, keys below, and in between what `body` composes.

    A page keeps nothing to itself: `remember` puts what was typed into the progress, and a new page is made from it.
    """

    STEP: ClassVar[Step]
    HEADING: ClassVar[str] = ""
    SUBTITLE: ClassVar[str] = ""
    HELP: ClassVar[str] = ""
    """What the page is for and what can be done on it, in a few sentences."""
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="back", tooltip="One page back; nothing is lost"),
    ]

    @property
    def wizard(self) -> WizardApp:
        """The app, by its own type."""
        return cast("WizardApp", self.app)

    @property
    def progress(self) -> Progress:
        """What is known so far."""
        return self.wizard.progress

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys, the page's own first: the order of the line below."""
        return dict(sorted(super().active_bindings.items(), key=_place))

    def compose(self) -> ComposeResult:
        yield Journey(self.STEP)
        if self.wizard.practice:
            yield PlainStatic(f"◆ {PRACTICE}", id="practice")
        with Vertical(id="page"):
            if self.HEADING:
                yield PlainStatic(self.HEADING, id="heading")
            if self.SUBTITLE:
                yield PlainStatic(self.SUBTITLE, id="subtitle")
            yield from self.body()
        yield TooSmall()
        yield Keys()

    def body(self) -> ComposeResult:
        """The page's own widgets."""
        yield from ()

    def remember(self) -> Progress:
        """The progress with what stands on the page."""
        return self.progress

    def after_typing(self, then: Callable[[], None]) -> None:
        """Do something once all keys before this one have been dealt with.

        A key that comes first (with priority) overtakes the ones that were typed before it and still wait for their
        widget.
        """
        focused = self.focused
        if focused is None:
            then()
        else:
            focused.call_later(self.call_later, then)

    @on(Worker.StateChanged)
    def _follow_worker(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            self.say_fault(ending_words(event.worker))

    def say_fault(self, text: str) -> None:
        """Say what went wrong behind the page."""
        self.notify(text, severity="error", markup=False)

    def open(self, url: str) -> bool:
        """Open a web page, and tell whether there is a browser; where there is none, its address can be pasted."""
        opened = self.wizard.surroundings.open_page(url)
        if not opened:
            self.app.copy_to_clipboard(url)
            self.notify(f"No browser here. The address is on the clipboard: {url}", markup=False)
        return opened

    def action_back(self) -> None:
        """Go one step back."""
        from smtpwizard.wizard import flow

        self.wizard.go(flow.back(self.remember()))

    @on(Journey.Chosen)
    def go_to_stop(self, event: Journey.Chosen) -> None:
        """Go to a stop, where nothing is missing for it."""
        self.visit(event.step)

    def visit(self, step: Step) -> None:
        """Go to another page, where nothing is missing for it."""
        from smtpwizard.wizard import flow

        if step is not self.STEP:
            self.wizard.go(flow.go_to(self.remember(), step))
