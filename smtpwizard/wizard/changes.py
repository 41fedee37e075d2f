"""What becomes of the state when something is chosen, entered or found out. Pure."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from smtpwizard.model.account import Account
from smtpwizard.model.cause import Action, Remedy
from smtpwizard.model.check import Options
from smtpwizard.model.evidence.answers import Answer, Probed
from smtpwizard.model.evidence.machine import Keyring
from smtpwizard.model.provider import Provider, ProviderEndpoint
from smtpwizard.model.report import Report
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Security
from smtpwizard.wizard.account import account_of, vault_name
from smtpwizard.wizard.state import Field, Form, Keeping, Progress, Step


def choose_provider(progress: Progress, provider: Provider, username: str = "") -> Progress:
    """Go on with a provider. Choosing the same one again keeps everything that was entered for it."""
    if progress.provider is not None and progress.provider.id == provider.id:
        return replace(progress, step=Step.GUIDE)
    known = username or progress.form.username
    if provider.username.form == "literal":
        known = provider.username.literal or ""
    elif provider.username.form == "none":
        known = ""
    form = with_security(replace(progress.form, host="", username=known), Security.TLS)
    if provider.preferred is not None:
        form = at_endpoint(form, provider.preferred)
    return Progress(
        step=Step.GUIDE,
        search=progress.search,
        provider=provider,
        form=form,
        keeping=progress.keeping,
        options=progress.options,
        target=progress.target,
        path=progress.path,
    )


def choose_practice(
    progress: Progress, provider: Provider | None, account: Account, secret: Secret, options: Options
) -> Progress:
    """Go on with a scenario of the demonstration, everything filled in. Choosing the same again starts afresh."""
    form = Form(
        host=account.host,
        port=str(account.port),
        security=account.security,
        username=account.username or "",
        sender="" if account.sender in {None, account.username} else account.sender or "",
        recipient=account.recipient or "",
    )
    return Progress(
        step=Step.GUIDE,
        search=progress.search,
        provider=provider,
        form=form,
        mechanism=account.mechanism,
        secret=secret,
        keeping=Keeping.SESSION,
        options=options,
        target=progress.target,
        path=progress.path,
    )


def at_endpoint(form: Form, endpoint: ProviderEndpoint) -> Form:
    """The form with one of the provider's places to connect to."""
    host = "" if endpoint.is_template else endpoint.host
    return replace(form, host=host, port=str(endpoint.port), security=endpoint.security)


def with_security(form: Form, security: Security) -> Form:
    """The form with a kind of security, and the port that goes with it."""
    return replace(form, port=str(security.usual_port), security=security)


def with_form(progress: Progress, form: Form) -> Progress:
    """Take over what was typed. What was found out about other settings no longer counts."""
    if form == progress.form:
        return progress
    tested = replace(form, recipient="") != replace(progress.form, recipient="")
    progress = replace(_in_form(progress, form), proof=None)
    return forget_runs(progress) if tested else progress


def _in_form(progress: Progress, form: Form) -> Progress:
    """The state with another form. What the keyring keeps, it keeps under the name of one account."""
    changed = replace(progress, form=form)
    same = vault_name(account_of(changed)) == vault_name(account_of(progress))
    return changed if same else replace(changed, keyring=None)


def with_envelope(progress: Progress, sender: str, recipient: str) -> Progress:
    """Take over sender and recipient of the proof. Another sender does not undo what the checks found out."""
    form = replace(progress.form, sender=sender, recipient=recipient)
    return progress if form == progress.form else replace(progress, form=form, proof=None, written=None, proven=None)


def with_secret(progress: Progress, secret: Secret) -> Progress:
    """Take over another secret."""
    if progress.secret == secret:
        return progress
    return forget_runs(replace(progress, secret=secret, keyring=None))


def with_keyring(progress: Progress, keyring: Keyring | None) -> Progress:
    """Remember what the keyring did with the secret. One that did not keep it is not counted on."""
    kept = keyring is not None and keyring.outcome == "usable"
    keeping = Keeping.KEYRING if kept else Keeping.SESSION
    return replace(progress, keyring=keyring if kept else None, keeping=keeping)


def with_source(progress: Progress, keeping: Keeping, source: str) -> Progress:
    """Take over where the secret is. One that came from another place is none any more."""
    moved = keeping.elsewhere and (keeping, source) != (progress.keeping, progress.source)
    progress = replace(progress, keeping=keeping, source=source)
    return forget_runs(replace(progress, secret=None)) if moved and progress.secret_held else progress


def forget_runs(progress: Progress) -> Progress:
    """Drop the results of runs: they were about something else."""
    return replace(progress, report=None, proof=None, answers=(), written=None, proven=None)


def checked(progress: Progress, report: Report) -> Progress:
    """A run of the checks has ended."""
    return replace(progress, report=report, answers=())


def proofed(progress: Progress, report: Report) -> Progress:
    """A run of the envelope or the message has ended."""
    return replace(progress, proof=report, answers=())


def answered(progress: Progress, item: Answer | Probed) -> Progress:
    """One more answer, of the person or of a probe. It takes the place of an earlier one to the same question."""
    others = (answer for answer in progress.answers if _asked(answer) != _asked(item))
    return replace(progress, answers=(*others, item))


def _asked(item: Answer | Probed) -> str:
    return item.question if isinstance(item, Answer) else item.node


def deed(remedy: Remedy) -> Action | None:
    """What the program can do about a remedy: its own action, else copying its command, else opening its page."""
    if remedy.action is not None:
        if remedy.action.kind == "open-page" and remedy.action.url is None and remedy.links:
            return Action("open-page", url=remedy.links[0])
        return remedy.action
    if remedy.commands:
        return Action("copy-command")
    if remedy.links:
        return Action("open-page", url=remedy.links[0])
    return None


def apply_action(progress: Progress, action: Action) -> Progress:
    """The state after a remedy. What happens outside of it, such as a page that opens, is the screen's affair."""
    match action.kind:
        case "set-endpoint":
            form = replace(progress.form, host=action.host or progress.form.host)
            if action.security is not None:
                form = with_security(form, action.security)
            if action.port is not None:
                form = replace(form, port=str(action.port))
            return replace(forget_runs(_in_form(progress, form)), step=Step.CHECKS)
        case "switch-mechanism":
            return replace(forget_runs(progress), mechanism=action.mechanism, step=Step.CHECKS)
        case "re-test" | "unlock-keyring":
            return replace(forget_runs(progress), step=Step.CHECKS)
        case "enter-secret":
            return replace(progress, step=Step.CREDENTIALS, focus=Field.SECRET, answers=())
        case "enter-username":
            return replace(progress, step=Step.CREDENTIALS, focus=Field.USERNAME, answers=())
        case "enter-sender":
            return replace(progress, step=Step.CREDENTIALS, focus=Field.SENDER, answers=())
        case "open-page" | "copy-command" | "wait":
            return progress
    assert_never(action.kind)
