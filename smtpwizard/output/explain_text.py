"""An explanation, a cause and a provider, as a person likes to read them."""

from __future__ import annotations

import shlex

from smtpwizard.model.account import Account
from smtpwizard.model.cause import Cause
from smtpwizard.model.document import ExplainDocument, RemedyDocument
from smtpwizard.model.provider import Provider
from smtpwizard.model.stage import Stage
from smtpwizard.output.causes_text import causes_text, remedy_lines
from smtpwizard.output.remedies import fill
from smtpwizard.output.style import paint, wrapped

GUESS = 0.25
"""Confidence below which a cause is no more than a guess."""


def explanation_text(
    document: ExplainDocument, provider: Provider | None, proof: str | None, account: Account | None = None
) -> str:
    """What a text means, and how to test `account`, the server that it is about, as far as that is known."""
    lines = []
    for reply in document.replies[-3:]:
        lines.append(
            paint(
                wrapped(" ".join(filter(None, ("Reply", str(reply.code), reply.enhanced, reply.text))), "  "), dim=True
            )
        )
    if provider is not None:
        lines.append(paint(f"  From {provider.name}", dim=True))
    if not document.causes:
        lines.append(paint("This text names no error that is known here.", bold=True))
        lines.append(wrapped("Paste more of it: the lines before and after, with any three-digit code."))
    else:
        if document.causes[0].confidence < GUESS:
            lines += ["", paint("The text says little. This is a guess:", bold=True)]
        lines.append(causes_text(document.causes))
    lines += ["", *_live_check(document, provider, account, proof)]
    return "\n".join(lines)


def _live_check(
    document: ExplainDocument, provider: Provider | None, account: Account | None, proof: str | None
) -> list[str]:
    """How to let the program find out, and see that it is cured."""
    settled = proof is None or document.causes[0].decided_by is None
    stage = Stage(proof.partition(".")[0]) if proof is not None else Stage.AUTH
    if proof is None:
        words = "A live check tells more:"
    elif stage in _BY_EYE:
        words = _BY_EYE[stage]
    elif settled:
        words = f"Test it live; it is cured when {proof} passes:"
    else:
        words = f"The text alone cannot settle this; a live check can. It is cured when {proof} passes:"
    if stage in _COMMANDS:
        command = _COMMANDS[stage]
    else:
        command = f"smtpwizard check {_where(provider, account, stage)}{_further(stage)}"
    return [wrapped(words), paint(f"  $ {command}", "cyan")]


_BY_EYE = {
    Stage.DELIVERY: "Send one message, and look in the recipient's mailbox whether it arrives:",
    Stage.DOMAIN: "Look the records of the domain up, and compare them with what your provider shows:",
    Stage.EXPORT: "Write the settings from here, and see the program read them:",
}
"""What is asked for where a person has to look."""
_COMMANDS = {
    Stage.DOMAIN: "nslookup -type=txt DOMAIN",
    Stage.EXPORT: "smtpwizard export --env .env --for TARGET -o new.env",
    Stage.VAULT: "smtpwizard profiles",
}
"""What tests the stages that are no part of a session."""


def _where(provider: Provider | None, account: Account | None, stage: Stage) -> str:
    """The server to test, as options. A receiver's server, which a bounce names, takes no log-in."""
    if account is not None and account.host in {each.host for each in (provider.endpoint if provider else ())}:
        account = None
    elif account is not None and stage.order >= Stage.MAIL.order:
        return "--host HOST"
    if account is not None:
        return f"--host {shlex.quote(account.host)} --port {account.port} --security {account.security}"
    return f"--provider {provider.id}" if provider is not None else "--host HOST"


def _further(stage: Stage) -> str:
    """What a check needs besides, to come as far as a stage."""
    if stage.order < Stage.AUTH.order:
        return ""
    log_in = " --username USER --password-stdin"
    if stage is Stage.AUTH:
        return log_in
    if stage is Stage.MAIL:
        return f"{log_in} --from SENDER"
    return f"{log_in} --to RECIPIENT" + ("" if stage is Stage.RCPT else " --send")


def cause_page(cause: Cause) -> str:
    """Everything known of one cause."""
    lines = [paint(cause.title, bold=True), paint(f"{cause.id}, stage {cause.stage}", dim=True), ""]
    lines.append(wrapped(cause.explanation))
    lines += ["", paint("How to be sure", bold=True), wrapped(cause.sure, "  ")]
    lines += ["", paint("What to do", bold=True)]
    everyones_first = sorted(cause.remedy, key=lambda remedy: bool(remedy.provider))
    for number, remedy in enumerate((fill(remedy, None) for remedy in everyones_first), 1):
        document = RemedyDocument(remedy.text, remedy.commands, remedy.links, remedy.action, remedy.steps)
        lines.extend(remedy_lines(number, document))
        if remedy.provider:
            lines.append(f"     for {', '.join(remedy.provider)}")
    stage = Stage(cause.proof.partition(".")[0])
    if stage in _BY_EYE:
        command = _COMMANDS.get(stage) or f"smtpwizard check --host HOST{_further(stage)}"
        lines += ["", wrapped(_BY_EYE[stage]), paint(f"  $ {command}", "cyan")]
    else:
        lines += ["", f"It is cured when this check passes: {cause.proof}"]
    examples = [example for sign in cause.sign for example in sign.examples][:5]
    if examples:
        lines += ["", paint("What it looks like", bold=True)]
        lines.extend(wrapped(example, "    ", "  • ") for example in examples)
    lines += ["", paint("Sources", bold=True)]
    lines.extend(f"  {source.url} ({source.checked})" for source in cause.source)
    return "\n".join(lines)
