"""Evidence and reports of every kind, for what puts them into words."""

from __future__ import annotations

from smtpwizard.model.account import Account
from smtpwizard.model.event import (
    AnyEvent,
    CheckFinished,
    CheckStarted,
    Direction,
    EvidenceRecorded,
    PlannedCheck,
    RunFinished,
    RunStarted,
    TranscriptLine,
)
from smtpwizard.model.evidence.answers import Answer, Probed, Wording
from smtpwizard.model.evidence.connect import Connection, Control, Families, HostingHint, PortAnswer, Ports, ThirdParty
from smtpwizard.model.evidence.dialogue import (
    AuthAttempt,
    Capabilities,
    Disconnected,
    ForeignProtocol,
    MessageSent,
    MissingExtension,
    ProtocolFlaw,
    ReplyReceived,
    ServerSoftware,
    Silence,
)
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.evidence.machine import AuthorityStore, AuthorityStores, ClockOff, Keyring, PeerClock, Surrounding
from smtpwizard.model.evidence.names import AddressGiven, NamesDiffer, Resolution, SystemResolution
from smtpwizard.model.evidence.run import Crash, Deadline
from smtpwizard.model.evidence.settings import SecretFlawed, SecretShape, SettingFlaw
from smtpwizard.model.evidence.tls import Certificate, Handshake, OldTls, StartTls
from smtpwizard.model.report import CheckResult, Report
from smtpwizard.model.smtp import Endpoint, Security
from smtpwizard.model.stage import Stage, Status, worst

ACCOUNT = Account("smtp.example.com", 587, Security.STARTTLS, username="ann@example.com", sender="ann@example.com")
REFUSED = ReplyReceived(Stage.AUTH, "AUTH", 535, "5.7.8", ("Username and Password not accepted",), 20.0)


def evidence(word: str = "word") -> list[AnyEvidence]:
    """One of every kind, with `word` wherever outside text can stand."""
    certificate = Certificate(
        "invalid", word, word, word, (word,), word, word, word, word, "ab" * 32, "cd" * 32, (word,), 20, word, word
    )
    return [
        SettingFlaw("host", "typo", word, word),
        SettingFlaw("host", "never-heard-of", word),
        SecretFlawed("line-break"),
        SecretShape("app-password", False, word),
        Keyring(word, "locked", word),
        Resolution(word, "A", "answer", (word,), (word,), word, 1.0, word),
        Resolution(word, "AAAA", "servfail", (), (), None, 1.0),
        SystemResolution(word, "answer", (word,), None, 1.0),
        NamesDiffer(word, (word,), (word,), "other-network"),
        AddressGiven(word, 25, word, 25, True),
        Connection(word, word, 25, "IPv4", "open", None, 1.0),
        Connection(word, word, 25, "IPv6", "refused", "ECONNREFUSED", 1.0),
        ReplyReceived(Stage.GREETING, None, 554, None, (word, word), 1.0),
        Silence(Stage.GREETING, 1000.0, word),
        Disconnected(Stage.TLS, "reset", "ECONNRESET", word),
        ForeignProtocol(word, word),
        ProtocolFlaw(Stage.EHLO, word, word),
        ServerSoftware(word),
        Capabilities(False, word, (word, "STARTTLS"), (word,), 1000),
        MissingExtension("SMTPUTF8"),
        StartTls("stripped", word),
        Handshake("failed", None, None, word, word, 1.0),
        Handshake("done", word, word, None, None, 1.0),
        OldTls(word, word),
        certificate,
        AuthAttempt("refused", word, (word,), 1, word),
        MessageSent(word, word, 1, word),
        Deadline(1000.0),
        Crash(word, word),
        Families("ipv6-dead", (word,), 3000.0),
        PortAnswer(word, 25, "IPv4", "open", "silent", 1.0, word),
        Ports("another-open", (465,)),
        Surrounding("proxy", (word,)),
        AuthorityStores((AuthorityStore("openssl", word, 0), AuthorityStore("system", word, 140))),
        ClockOff("behind", word, word, "certificate"),
        PeerClock("greeting", word, word, -7200.0),
        ThirdParty(word, 443, "clock"),
        Control(word, word, 443, "ports", "dead", "timeout"),
        HostingHint(word, 25, (25, 465), True),
        Wording(word),
        Answer("which", word),
        Probed("other-port", Endpoint(word, 465, Security.TLS), Status.PASS, ()),
    ]


def result(check_id: str, status: Status | None, *seen: AnyEvidence, because: str | None = None) -> CheckResult:
    """A check that has ended, or still runs where `status` is None."""
    stage = Stage(check_id.partition(".")[0])
    return CheckResult(check_id, stage, "it works", status, 1.0, 5.0, because=because, evidence=seen)


def finished(*checks: tuple[str, Status, list[AnyEvidence]], account: Account = ACCOUNT) -> Report:
    """A run that has ended."""
    plan = tuple(
        PlannedCheck(check_id, Stage(check_id.partition(".")[0]), f"{check_id} works") for check_id, _, _ in checks
    )
    events: list[AnyEvent] = [RunStarted(account, "2026-11-21T10:00:00Z", plan)]
    for number, (check_id, status, seen) in enumerate(checks):
        events.append(CheckStarted(check_id, number * 10.0))
        events.append(TranscriptLine(number * 10.0 + 1, Direction.SEND, "NOOP"))
        events.extend(EvidenceRecorded(check_id, number * 10.0 + 2, item) for item in seen)
        events.append(CheckFinished(check_id, number * 10.0 + 5, status, 5.0))
    events.append(RunFinished(len(checks) * 10.0, worst([status for _, status, _ in checks])))
    return Report().apply_all(events)
