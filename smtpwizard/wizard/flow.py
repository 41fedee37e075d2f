"""Which step is next, what blocks it, and what becomes of the state. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, assert_never

from msgspec.structs import replace

from smtpwizard.model.account import Account
from smtpwizard.model.cause import Action, Remedy
from smtpwizard.model.check import Options
from smtpwizard.model.evidence.answers import Answer, Probed
from smtpwizard.model.evidence.machine import Keyring
from smtpwizard.model.profile import FromCommand, InVariable
from smtpwizard.model.provider import Provider, ProviderEndpoint
from smtpwizard.model.report import Report
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Status
from smtpwizard.wizard.state import Field, Form, Keeping, Progress, Step, Trial

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
_FINE: Final = frozenset({Status.PASS, Status.WARN})


class Lack(StrEnum):
    """What is missing before a step can be taken."""

    PROVIDER = "provider"
    NO_SMTP = "no-smtp"
    """The provider takes no mail over SMTP."""
    HOST = "host"
    PORT = "port"
    USERNAME = "username"
    SECRET = "secret"  # noqa: S105 - the name of a field
    PASSED = "passed"
    """The checks have not passed."""
    RECIPIENT = "recipient"
    SENDER = "sender"
    WRITTEN = "written"


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
    progress = replace(progress, form=form, proof=None)
    return forget_runs(progress) if tested else progress


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


def kept_elsewhere(progress: Progress) -> InVariable | FromCommand | None:
    """Where the person keeps the secret; None where the wizard has it."""
    match progress.keeping:
        case Keeping.VARIABLE:
            return InVariable(progress.source.strip())
        case Keeping.COMMAND:
            return FromCommand(progress.source.strip())
        case Keeping.KEYRING | Keeping.SESSION:
            return None
    assert_never(progress.keeping)


def forget_runs(progress: Progress) -> Progress:
    """Drop the results of runs: they were about something else."""
    return replace(progress, report=None, proof=None, answers=(), written=None, proven=None)


def asks_endpoint(provider: Provider | None) -> bool:
    """Whether the person has to name the server."""
    return provider is None or provider.preferred is None or provider.preferred.is_template


def asks_username(provider: Provider | None) -> bool:
    """Whether there is a user name to enter."""
    return provider is None or provider.username.form not in {"none", "literal"}


def asks_secret(provider: Provider | None) -> bool:
    """Whether there is a secret to enter."""
    return provider is None or provider.secret.kind != "none"


def asks_sender(progress: Progress) -> bool:
    """Whether the address that mail comes from does not follow from the user name."""
    username = progress.form.username
    follows = "@" in username or (not username and asks_username(progress.provider))
    return not follows or bool(progress.form.sender) or progress.focus is Field.SENDER


def fields_needed(progress: Progress) -> tuple[Field, ...]:
    """The fields of the credentials page, in order."""
    provider = progress.provider
    fields: list[Field] = []
    if asks_endpoint(provider):
        fields += [Field.HOST, Field.PORT, Field.SECURITY]
    if asks_username(provider):
        fields.append(Field.USERNAME)
    if asks_secret(provider):
        fields.append(Field.SOURCE if progress.keeping.elsewhere else Field.SECRET)
    if asks_sender(progress):
        fields.append(Field.SENDER)
    return tuple(fields)


def first_field(progress: Progress) -> Field | None:
    """The field to begin with: the one that is asked for, else the first that is empty; None where all are filled."""
    needed = fields_needed(progress)
    wanted = Field.SOURCE if progress.focus is Field.SECRET and progress.keeping.elsewhere else progress.focus
    if wanted in needed:
        return wanted
    form = progress.form
    empty = {
        Field.HOST: not form.host,
        Field.PORT: not form.port,
        Field.USERNAME: not form.username,
        Field.SECRET: not progress.secret_held,
        Field.SOURCE: not progress.source,
        Field.SENDER: not form.sender,
    }
    return next((field for field in needed if empty.get(field, False)), None)


def account_of(progress: Progress) -> Account:
    """The account that the form describes. A port that is no number counts as 0, which no check lets pass."""
    form = progress.form
    username = form.username.strip()
    sender = form.sender.strip() or (username if "@" in username else "")
    port = form.port.strip()
    return Account(
        host=form.host.strip(),
        port=int(port) if port.isascii() and port.isdecimal() and len(port) < 7 else 0,
        security=form.security,
        provider=progress.provider.id if progress.provider is not None else None,
        username=username or None,
        mechanism=progress.mechanism,
        sender=sender or None,
        recipient=form.recipient.strip() or None,
    )


def vault_name(account: Account) -> str:
    """The name under which the keyring keeps the secret of an account."""
    return f"{account.username}@{account.host}"


def lacks(progress: Progress, step: Step) -> tuple[Lack, ...]:
    """What stands between here and a step; nothing where it can be taken."""
    missing: list[Lack] = []
    provider = progress.provider
    if step is not Step.PROVIDER and provider is None:
        return (Lack.PROVIDER,)
    if step in {Step.PROVIDER, Step.GUIDE}:
        return ()
    if provider is not None and provider.status == "no-smtp" and not provider.endpoint:
        return (Lack.NO_SMTP,)
    if step is Step.CREDENTIALS:
        return ()
    missing.extend(_form_lacks(progress))
    if missing or step is Step.CHECKS:
        return tuple(missing)
    if step is Step.TROUBLE:
        return () if progress.troubled is not None else (Lack.PASSED,)
    if not passed(progress.report):
        return (Lack.PASSED,)
    if step is Step.DONE and progress.written is None:
        return (Lack.WRITTEN,)
    return ()


def _form_lacks(progress: Progress) -> list[Lack]:
    account = account_of(progress)
    missing: list[Lack] = []
    if not account.host:
        missing.append(Lack.HOST)
    if not 0 < account.port < 65536:
        missing.append(Lack.PORT)
    if asks_username(progress.provider) and account.username is None and _must_log_in(progress.provider):
        missing.append(Lack.USERNAME)
    if account.username is not None and asks_secret(progress.provider) and not progress.secret_held:
        missing.append(Lack.SECRET)
    return missing


def _must_log_in(provider: Provider | None) -> bool:
    """A server nobody knows, or one on this machine, may take mail without a log-in."""
    return provider is not None and provider.kind != "local" and bool(provider.endpoint)


def proof_lacks(progress: Progress) -> tuple[Lack, ...]:
    """What is missing for the envelope."""
    account = account_of(progress)
    missing = []
    if account.sender is None:
        missing.append(Lack.SENDER)
    if account.recipient is None:
        missing.append(Lack.RECIPIENT)
    return tuple(missing)


def passed(report: Report | None) -> bool:
    """Whether a run has ended well."""
    return report is not None and report.verdict in _FINE


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


def checked(progress: Progress, report: Report) -> Progress:
    """A run of the checks has ended."""
    return replace(progress, report=report, answers=())


def proofed(progress: Progress, report: Report) -> Progress:
    """A run of the envelope or the message has ended."""
    return replace(progress, proof=report, answers=())


def look_into(progress: Progress, trial: Trial) -> Progress:
    """Open the troubleshooter on a run."""
    same = progress.trouble is trial
    return replace(progress, step=Step.TROUBLE, trouble=trial, answers=progress.answers if same else (), focus=None)


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
            return replace(forget_runs(replace(progress, form=form)), step=Step.CHECKS)
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


def leaving_loses(progress: Progress) -> bool:
    """Whether something would be gone that the person entered or found out."""
    return progress.written is None and (progress.secret_held or progress.report is not None)
