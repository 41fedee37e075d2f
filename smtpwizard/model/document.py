"""The JSON that commands print: stable, versioned, and readable again."""

from __future__ import annotations

from typing import Literal

import msgspec

from smtpwizard.model.account import Account
from smtpwizard.model.cause import Action
from smtpwizard.model.profile import LastTest, Place
from smtpwizard.model.smtp import Reply
from smtpwizard.model.stage import Stage, Status


class RemedyDocument(msgspec.Struct, frozen=True):
    """One thing to do."""

    text: str
    commands: tuple[str, ...]
    links: tuple[str, ...]
    action: Action | None
    steps: tuple[str, ...] = ()


class CauseDocument(msgspec.Struct, frozen=True):
    """A cause, in a ranking."""

    id: str
    title: str
    stage: Stage
    confidence: float
    temporary: bool
    because: tuple[str, ...]
    remedies: tuple[RemedyDocument, ...]
    explanation: str = ""
    sure: str = ""
    """How to be sure that it is this one."""
    decided_by: str | None = None
    """Id of the check that would tell this cause from its neighbours; None where the text says enough."""
    floor: bool = False
    """Whether only the class of a code is known."""


class ExplainDocument(msgspec.Struct, frozen=True):
    """What `explain --json` prints."""

    input: str
    replies: tuple[Reply, ...]
    provider: str | None
    stage: Stage | None
    causes: tuple[CauseDocument, ...]
    schema: Literal["smtpwizard.explain/1"] = "smtpwizard.explain/1"


class DifferenceDocument(msgspec.Struct, frozen=True):
    """Something that two reports say differently."""

    what: str
    one: str
    other: str


class CompareDocument(msgspec.Struct, frozen=True):
    """What `compare --json` prints."""

    same: bool
    verdicts: tuple[Status, Status]
    first: str | None
    """Id of the first check that passed in one run and failed in the other."""
    meaning: str
    differences: tuple[DifferenceDocument, ...]
    schema: Literal["smtpwizard.compare/1"] = "smtpwizard.compare/1"


class FaultDocument(msgspec.Struct, frozen=True):
    """Something wrong in the knowledge files."""

    rule: str
    file: str
    entry: str
    key: str
    problem: str


class AuditDocument(msgspec.Struct, frozen=True):
    """What `knowledge audit --json` prints."""

    providers: int
    causes: int
    signs: int
    nodes: int
    targets: int
    faults: tuple[FaultDocument, ...]
    schema: Literal["smtpwizard.audit/1"] = "smtpwizard.audit/1"


class ProviderDocument(msgspec.Struct, frozen=True):
    """One line of `providers --json`."""

    id: str
    name: str
    kind: str
    status: str
    summary: str
    schema: Literal["smtpwizard.provider/1"] = "smtpwizard.provider/1"


class ProfileDocument(msgspec.Struct, frozen=True):
    """One saved account, as `profiles --json` prints it."""

    name: str
    file: str
    account: Account
    secret: Place
    tested: LastTest | None
    ehlo: str | None
    ca_file: str | None
    pin: str | None
    nameserver: str | None
    resolve: tuple[str, ...]
    timeout: float | None
    """Seconds for each stage; null is the usual time."""
    schema: Literal["smtpwizard.profile/1"] = "smtpwizard.profile/1"


class ServedDocument(msgspec.Struct, frozen=True):
    """One scenario of the practice server, as `practice --json` prints it."""

    scenario: str
    title: str
    host: str
    """IP address."""
    name: str
    """Host name in the certificate."""
    port: int
    security: str
    username: str
    password: str
    """A practice password: it opens nothing but the practice server."""
    ca_file: str
    nameserver: str | None
    """`IP:PORT` of a name server that knows the host name, where the scenario is about names."""
    expect: str
    schema: Literal["smtpwizard.practice/1"] = "smtpwizard.practice/1"


class ExpectDocument(msgspec.Struct, frozen=True):
    """What a check of a scenario must find."""

    verdict: Status
    cause: str | None
    """Id of the cause that comes first; null where nothing failed."""
    accept: tuple[str, ...]
    """Causes that are as likely, and may come first."""
    check: str | None
    """Id of the first check that does not pass."""


class ScenarioDocument(msgspec.Struct, frozen=True):
    """One line of `practice --list --json`."""

    scenario: str
    title: str
    stage: Stage
    expect: ExpectDocument
    schema: Literal["smtpwizard.scenario/1"] = "smtpwizard.scenario/1"
