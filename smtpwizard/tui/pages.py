"""Which page shows which step. A page is imported when it is first shown: most of a start is imports."""

from __future__ import annotations

from typing import assert_never

from smtpwizard.tui.frame.page import Page
from smtpwizard.wizard.state import Step


def page_for(step: Step, *, practice: bool) -> Page:
    """A new page for a step. The demonstration begins with scenarios instead of providers."""
    match step:
        case Step.PROVIDER if practice:
            from smtpwizard.tui.scenario.screen import ScenarioScreen

            return ScenarioScreen()
        case Step.PROVIDER:
            from smtpwizard.tui.provider.screen import ProviderScreen

            return ProviderScreen()
        case Step.GUIDE:
            from smtpwizard.tui.guide.screen import GuideScreen

            return GuideScreen()
        case Step.CREDENTIALS:
            from smtpwizard.tui.credentials.screen import CredentialsScreen

            return CredentialsScreen()
        case Step.CHECKS:
            from smtpwizard.tui.checks.screen import ChecksScreen

            return ChecksScreen()
        case Step.TROUBLE:
            from smtpwizard.tui.trouble.screen import TroubleScreen

            return TroubleScreen()
        case Step.PROOF:
            from smtpwizard.tui.proof.screen import ProofScreen

            return ProofScreen()
        case Step.EXPORT:
            from smtpwizard.tui.export.screen import ExportScreen

            return ExportScreen()
        case Step.DONE:
            from smtpwizard.tui.done.screen import DoneScreen

            return DoneScreen()
    assert_never(step)
