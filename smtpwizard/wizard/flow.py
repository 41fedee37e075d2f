"""Which step is next. Pure."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from smtpwizard.model.evidence.answers import Answer
from smtpwizard.wizard.needs import lacks
from smtpwizard.wizard.state import Progress, Step, Trial

_AFTER: Final = {
    Step.PROVIDER: Step.GUIDE,
    Step.GUIDE: Step.CREDENTIALS,
    Step.CREDENTIALS: Step.CHECKS,
    Step.CHECKS: Step.PROOF,
    Step.TROUBLE: Step.CHECKS,
    Step.PROOF: Step.EXPORT,
    Step.EXPORT: Step.DONE,
}
_BEFORE: Final = {
    Step.GUIDE: Step.PROVIDER,
    Step.CREDENTIALS: Step.GUIDE,
    Step.CHECKS: Step.CREDENTIALS,
    Step.PROOF: Step.CHECKS,
    Step.EXPORT: Step.PROOF,
    Step.DONE: Step.EXPORT,
}


def forward(progress: Progress) -> Progress:
    """The next step, where nothing is missing for it; else the state as it is."""
    step = _AFTER.get(progress.step)
    if step is None or lacks(progress, step):
        return progress
    return replace(progress, step=step, focus=None)


def back(progress: Progress) -> Progress:
    """One step back. In the troubleshooter the last answer is taken back first, with what it led to."""
    if progress.step is Step.TROUBLE:
        answers = progress.answers
        places = [place for place, item in enumerate(answers) if isinstance(item, Answer)]
        if places:
            return replace(progress, answers=answers[: places[-1]])
        home = Step.PROOF if progress.trouble is Trial.PROOF else Step.CHECKS
        return replace(progress, step=home, focus=None)
    return replace(progress, step=_BEFORE.get(progress.step, progress.step), focus=None)


def go_to(progress: Progress, step: Step) -> Progress:
    """Any step that nothing stands before; else the state as it is."""
    return progress if lacks(progress, step) else replace(progress, step=step, focus=None)


def look_into(progress: Progress, trial: Trial) -> Progress:
    """Open the troubleshooter on a run."""
    same = progress.trouble is trial
    return replace(progress, step=Step.TROUBLE, trouble=trial, answers=progress.answers if same else (), focus=None)
