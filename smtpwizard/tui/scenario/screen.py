"""Choose what the practice server plays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets.option_list import Option

from smtpwizard.model.stage import Stage, Status
from smtpwizard.practice.scenario import Scenario
from smtpwizard.tui.frame.choosing import ChoicePage
from smtpwizard.tui.scenario.theatre import account_for, options_for
from smtpwizard.wizard import changes
from smtpwizard.wizard.state import Step
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


class ScenarioScreen(ChoicePage):
    """All scenarios, each with what it plays."""

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
    ]
    LIST = "scenarios"
    EXAMPLES = "certificate, gmail, timeout …"

    @property
    def setup(self) -> PracticeSetup:
        """The scenarios, and who plays them."""
        setup = self.wizard.surroundings.practice
        if setup is None:
            raise LookupError("this page belongs to the demonstration")
        return setup

    def on_mount(self) -> None:
        if self.setup.first is not None and self.progress.provider is None:
            named = [scenario for scenario in self.setup.scenarios if scenario.id == self.setup.first]
            for scenario in named:
                self.play(scenario)

    def options_for(self, text: str) -> Sequence[Option]:
        return [Option(_row(scenario), id=scenario.id) for scenario in matching(self.setup.scenarios, text)]

    def about(self, marked: str) -> Content:
        scenario = self._scenario(marked)
        provider = self.wizard.surroundings.knowledge.providers.get(scenario.provider or "")
        plays = f"plays {provider.name}" if provider is not None else "plays a mail server"
        account = (f"{plays}, as {scenario.username or 'nobody'}", "$quiet")
        return Content.assemble((scenario.title, "bold"), "\n", account)

    def take(self, marked: str) -> None:
        self.play(self._scenario(marked))

    def _scenario(self, scenario_id: str) -> Scenario:
        return next(scenario for scenario in self.setup.scenarios if scenario.id == scenario_id)

    @work(exclusive=True, group="play", exit_on_error=False)
    async def play(self, scenario: Scenario) -> None:
        """Raise the curtain, and go on with everything filled in."""
        served = await self.wizard.theatre.play(self.setup, scenario)
        providers = self.wizard.surroundings.knowledge.providers
        provider = providers.get(scenario.provider or "custom")
        self.wizard.go(
            changes.choose_practice(
                self.remember(), provider, account_for(served), served.password, options_for(served)
            )
        )


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
