"""What is told from outside a run: pasted text, the person's answers, and probes."""

from __future__ import annotations

from smtpwizard.model.evidence.base import Evidence
from smtpwizard.model.smtp import Endpoint
from smtpwizard.model.stage import Stage, Status


class Wording(Evidence, frozen=True, tag="wording"):
    """Text of an unknown program, as a person pasted it."""

    text: str
    stage: Stage | None = None
    tool: str | None = None
    errno: str | None = None

    @property
    def at_stage(self) -> Stage | None:
        return self.stage


class Answer(Evidence, frozen=True, tag="answer"):
    """What the person answered to a question of the troubleshooter."""

    question: str
    value: str

    @property
    def fact(self) -> str:
        return f"answer:{self.question}={self.value}"


class Probed(Evidence, frozen=True, tag="probe"):
    """What a probe of the troubleshooter saw with other settings."""

    node: str
    endpoint: Endpoint
    status: Status
    facts: tuple[str, ...]

    @property
    def fact(self) -> str:
        return f"probe:{self.node}={self.status}"


AnswerEvidence = Wording | Answer | Probed
