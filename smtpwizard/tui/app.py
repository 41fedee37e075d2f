"""The wizard's app: holds the progress, shows the page that belongs to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from smtpwizard.tui.frame.page import Page
from smtpwizard.tui.pages import page_for
from smtpwizard.tui.theme import ANSI_VARIABLES, DARK, LIGHT
from smtpwizard.wizard.outcome import Outcome, outcome
from smtpwizard.wizard.state import JOURNEY, Progress, Step

if TYPE_CHECKING:
    from smtpwizard.model.ports import Ports
    from smtpwizard.tui.scenario.theatre import Theatre
    from smtpwizard.wizard.surroundings import Surroundings

UNSAVED = "What you entered and found out is not written to a file yet, and would be gone."


class WizardApp(App[Outcome]):
    """From a provider to a proven file, full screen."""

    TITLE = "smtpwizard"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_DISPLAY = "^p"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "page_help", "Help", id="help", key_display="f1", tooltip="What this page is for"),
        # With priority, so that what is typed right behind the key already goes to the next field.
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
        Binding("ctrl+p", "command_palette", "Commands", id="commands", key_display="^p", tooltip="All commands"),
        Binding("ctrl+q,ctrl+c", "leave", "Quit", id="quit", key_display="^q", priority=True, tooltip="End the wizard"),
    ]

    def __init__(
        self,
        surroundings: Surroundings,
        progress: Progress | None = None,
        when_shown: Callable[[], None] | None = None,
    ) -> None:
        """`when_shown` is called once the first page has been drawn."""
        self.surroundings = surroundings
        self._when_shown = when_shown
        self.progress = progress or Progress()
        super().__init__(css_path=["app.tcss", "frame/page.tcss", f"{self._first}/screen.tcss"])
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        # Setting the theme as such would parse every style sheet a second time.
        self.set_reactive(App.theme, DARK.name)
        self.stylesheet.set_variables(self.get_css_variables())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return ANSI_VARIABLES

    @property
    def practice(self) -> bool:
        """Whether this is a demonstration."""
        return self.surroundings.practice is not None

    @property
    def _first(self) -> str:
        """Folder of the page that stays at the bottom of all others. Its style sheet is loaded with the app's own."""
        return "scenario" if self.practice else "provider"

    def get_default_screen(self) -> Screen[None]:
        return page_for(Step.PROVIDER, practice=self.practice)

    def on_mount(self) -> None:
        if self.progress.step is not Step.PROVIDER:
            self.push_screen(self._page())
        if self._when_shown is not None:
            self.call_after_refresh(self._when_shown)

    def go(self, progress: Progress) -> None:
        """Take over the progress, and show its page."""
        here = self.progress.step
        self.progress = progress
        if progress.step is here and progress.focus is None:
            return
        while not isinstance(self.screen, Page):
            # Help, or a question, that lies over the page which is left.
            self.pop_screen()
        if progress.step is Step.PROVIDER:
            self.pop_screen()
        elif here is Step.PROVIDER:
            self.push_screen(self._page())
        else:
            self.switch_screen(self._page())

    def _page(self) -> Page:
        """A new page for the progress."""
        page = page_for(self.progress.step, practice=self.practice)
        for path in page.css_path:
            # One that Textual has to load itself makes it parse all others again, and keep both.
            if not self.stylesheet.has_source(str(path), ""):
                self.stylesheet.read(path)
        return page

    @cached_property
    def ports(self) -> Ports:
        """The adapters for what is not a run: one keyring for the whole time."""
        from smtpwizard.model.check import Options

        return self.surroundings.ports(self.progress.options or Options())

    @cached_property
    def theatre(self) -> Theatre:
        """Where the scenarios of a demonstration are played."""
        from smtpwizard.tui.scenario.theatre import Theatre

        return Theatre()

    async def on_unmount(self) -> None:
        if "theatre" in self.__dict__:
            await self.theatre.close()

    def action_page_help(self) -> None:
        """Explain the page."""
        page = self.screen
        if not isinstance(page, Page):
            return
        from smtpwizard.tui.frame.help import HelpScreen

        keys = tuple(
            (self.get_key_display(active.binding), active.binding.tooltip or active.binding.description)
            for active in page.active_bindings.values()
            if active.binding.id is not None
        )
        self.push_screen(HelpScreen(page.HEADING, page.HELP, tuple(dict.fromkeys(keys))))

    def action_leave(self) -> None:
        """End the wizard, after a question where something would be lost."""
        from smtpwizard.tui.frame.leave import LeaveScreen
        from smtpwizard.wizard import needs

        page = next(screen for screen in reversed(self.screen_stack) if isinstance(screen, Page))
        self.progress = page.remember()
        if isinstance(self.screen, LeaveScreen) or not needs.leaving_loses(self.progress):
            self.exit(outcome(self.progress))
            return

        def answered(leave: bool | None) -> None:
            if leave:
                self.exit(outcome(self.progress))

        self.push_screen(LeaveScreen(UNSAVED), answered)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette offers."""
        from smtpwizard.wizard import needs

        if isinstance(screen, Page):
            for stop in JOURNEY:
                if stop is not screen.STEP and not needs.lacks(self.progress, stop):
                    yield SystemCommand(
                        f"Go to {stop}", "Open this page of the wizard", lambda stop=stop: screen.visit(stop)
                    )
            yield SystemCommand("Help", "Explain this page and its keys", self.action_page_help)
        yield SystemCommand("Theme: dark", "Dark colours", lambda: setattr(self, "theme", DARK.name))
        yield SystemCommand("Theme: light", "Light colours", lambda: setattr(self, "theme", LIGHT.name))
        yield SystemCommand("Theme: another", "Choose among all themes", self.action_change_theme)
        yield SystemCommand("Quit", "End the wizard", self.action_leave)
