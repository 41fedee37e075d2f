"""Choose what the practice server plays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from msgspec.structs import replace
from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from smtpwizard.model.stage import Stage, Status
from smtpwizard.practice.scenario import Scenario
from smtpwizard.tui.frame.page import Page
from smtpwizard.tui.scenario.theatre import account_for, options_for
from smtpwizard.wizard import flow
from smtpwizard.wizard.state import Progress, Step
from smtpwizard.wizard.surroundings import PracticeSetup

FIRST: Final = (
    "all-well",
    "gmail-app-password",
    "microsoft-tenant-off",
    "wrong-tls-mode",
    "silent-port",
    "certificate-other-name",
    "sender-refused",
    "greylisting",
)
"""What a first visitor likes to see; the others follow by stage."""
STAGES: Final = {Stage.AUTH: "log-in", Stage.MAIL: "sender", Stage.RCPT: "recipient", Stage.DATA: "message"}


class ScenarioScreen(Page):
    """A list that narrows as you type."""

    CSS_PATH = "screen.tcss"
    STEP = Step.PROVIDER
    HEADING = "What shall happen?"
    SUBTITLE = "A server on this machine plays it. Account and password are filled in."
    HELP = (
        "This is smtpwizard's own practice server: no account, no network, nothing to break. Choose what goes wrong, "
        "and see what the wizard makes of it. Then mend it with the remedies, and test again.\n\n"
        "Files are written into a temporary folder that is deleted at the end, unless a folder was given."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "choose", "Play it", id="choose", key_display="enter", priority=True, tooltip="Play the marked one"
        ),
        Binding("escape", "clear", "Clear", id="back", tooltip="Empty the search"),
        Binding("up", "move('cursor_up')", show=False),
        Binding("down", "move('cursor_down')", show=False),
        Binding("pageup", "move('page_up')", show=False),
        Binding("pagedown", "move('page_down')", show=False),
    ]
    field = getters.query_one("#search", Input)
    options = getters.query_one("#scenarios", OptionList)
    about = getters.query_one("#about", Static)

    @property
    def setup(self) -> PracticeSetup:
        """The scenarios, and who plays them."""
        setup = self.wizard.surroundings.practice
        if setup is None:
            raise LookupError("this page belongs to the demonstration")
        return setup

    def body(self) -> ComposeResult:
        yield Input(self.progress.search, placeholder="certificate, gmail, timeout …", id="search")
        yield OptionList(id="scenarios")
        yield Static(id="about", markup=False)

    def on_mount(self) -> None:
        self._list(self.progress.search)
        self.field.focus()
        if self.setup.first is not None and self.progress.provider is None:
            named = [scenario for scenario in self.setup.scenarios if scenario.id == self.setup.first]
            for scenario in named:
                self.play(scenario)

    def on_screen_resume(self) -> None:
        if self.is_mounted and self.field.value != self.progress.search:
            self.field.value = self.progress.search

    def remember(self) -> Progress:
        return replace(self.progress, search=self.field.value)

    @on(Input.Changed, "#search")
    def narrow(self, event: Input.Changed) -> None:
        """Show what fits."""
        self._list(event.value)

    def _list(self, text: str) -> None:
        self.options.clear_options()
        found = matching(self.setup.scenarios, text)
        self.options.add_options([Option(_row(scenario), id=scenario.id) for scenario in found])
        self.options.highlighted = 0 if found else None

    @property
    def marked(self) -> Scenario | None:
        """The scenario that the cursor is on."""
        option = self.options.highlighted_option
        return next((item for item in self.setup.scenarios if option is not None and item.id == option.id), None)

    @on(OptionList.OptionHighlighted, "#scenarios")
    def describe(self) -> None:
        """Say more of the marked scenario."""
        scenario = self.marked
        if scenario is None:
            self.about.update("")
            return
        provider = self.wizard.surroundings.knowledge.providers.get(scenario.provider or "")
        plays = f"plays {provider.name}" if provider is not None else "plays a mail server"
        self.about.update(
            Content.assemble((scenario.title, "bold"), "\n", (f"{plays}, as {scenario.username or 'nobody'}", "$quiet"))
        )

    def action_choose(self) -> None:
        """Play the marked scenario."""
        self.after_typing(self.choose)

    def choose(self) -> None:
        """Play the marked scenario."""
        scenario = self.marked
        if scenario is not None:
            self.play(scenario)

    @work(exclusive=True, group="play", exit_on_error=False)
    async def play(self, scenario: Scenario) -> None:
        """Raise the curtain, and go on with everything filled in."""
        served = await self.wizard.theatre.play(self.setup, scenario)
        providers = self.wizard.surroundings.knowledge.providers
        provider = providers.get(scenario.provider or "custom")
        self.wizard.go(
            flow.choose_practice(self.remember(), provider, account_for(served), served.password, options_for(served))
        )

    def action_move(self, where: str) -> None:
        """Move the cursor of the list while the search keeps the keyboard."""
        getattr(self.options, f"action_{where}")()

    def action_clear(self) -> None:
        """Empty the search."""
        self.field.value = ""


def matching(scenarios: Iterable[Scenario], text: str) -> list[Scenario]:
    """The scenarios that contain every word of a text, the well-known ones first."""
    words = text.casefold().split()
    found = [
        scenario
        for scenario in scenarios
        if all(
            word in f"{scenario.title} {scenario.id} {scenario.stage} {scenario.provider}".casefold() for word in words
        )
    ]
    place = {scenario_id: number for number, scenario_id in enumerate(FIRST)}
    return sorted(found, key=lambda scenario: place.get(scenario.id, len(FIRST)))


def _row(scenario: Scenario) -> Content:
    well = scenario.expect.verdict is Status.PASS
    glyph, colour = ("✓", "$success") if well else ("✗", "$error")
    stage = STAGES.get(scenario.stage, scenario.stage.value)
    return Content.assemble(" ", (f"{glyph} ", colour), (f"{stage:<12}", "$quiet"), scenario.title)
