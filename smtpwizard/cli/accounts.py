"""The options that name an account, and what becomes of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
import msgspec

from smtpwizard.cli.group import Seconds
from smtpwizard.cli.secret import given_secret, is_given, kept_secret
from smtpwizard.discover.preset import unknown
from smtpwizard.knowledge.hosts import provider_for_host
from smtpwizard.knowledge.load import Knowledge
from smtpwizard.model.account import Account
from smtpwizard.model.check import Options, Override
from smtpwizard.model.errors import UsageError
from smtpwizard.model.profile import Nowhere, Profile
from smtpwizard.model.provider import Provider
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import SUBMISSION_PORT, Mechanism, Security, read_port
from smtpwizard.model.text import literal_address, printable

if TYPE_CHECKING:
    from smtpwizard.profiles.folder import Saved

F = TypeVar("F", bound=Callable[..., Any])

_EHLO_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,255}|\[[A-Za-z0-9.:-]{1,253}\]")
"""A domain or an address literal (RFC 5321, section 4.1.2), and the underscore that some machines have in theirs."""


@dataclass(frozen=True, slots=True)
class Request:
    """An account to work on, and how."""

    account: Account
    secret: Secret | None
    provider: Provider | None
    options: Options
    saved: Saved | None = None
    """The profile that it comes from."""
    as_saved: bool = False
    """Whether it is tested as the profile says, and nothing was given otherwise."""


_PROFILE: Final = (
    click.option(
        "--profile",
        "profiles",
        multiple=True,
        metavar="NAME",
        help="A saved account; see `smtpwizard profiles`. What is given beside it takes its place.",
    ),
)
_PASSPHRASE: Final = (
    click.option(
        "--passphrase-env",
        metavar="VAR",
        help="Read the passphrase of an encrypted secret from this environment variable.",
    ),
)
_ACCOUNT: Final = (
    click.option(
        "--env",
        "env_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Read settings and secret from this file.",
    ),
    click.option("--for", "target", metavar="TARGET", help="Whose names the file uses, where they do not tell."),
    click.option("--provider", "provider_id", metavar="ID", help="A known provider; see `smtpwizard providers`."),
    click.option("--host", metavar="H", help="Host name of the mail server."),
    click.option("--port", type=int, metavar="N", help="Port; follows from --security where it is left out."),
    click.option(
        "--security", type=click.Choice([s.value for s in Security]), help="tls is implicit TLS, as on port 465."
    ),
    click.option("--username", metavar="U", help="User name to log in with; without one, nothing logs in."),
    click.option("--password-stdin", is_flag=True, help="Read the secret from standard input."),
    click.option("--password-env", metavar="VAR", help="Read the secret from this environment variable."),
    click.option("--token-command", metavar="CMD", help="Run this command and read the secret from its first line."),
    click.option("--mechanism", metavar="M", help=f"SASL mechanism: {', '.join(Mechanism)}."),
    click.option("--from", "sender", metavar="A", help="Sender's address; the user name where that is one."),
    click.option("--to", "recipient", metavar="A", help="Recipient's address, for a dry run of the envelope."),
    click.option(
        "--timeout",
        type=Seconds(0.2, 600),
        metavar="S",
        help=f"Seconds for each stage; {Options().timeout:g} where it is left out.",
    ),
    click.option("--ehlo", "ehlo_name", metavar="NAME", help="Name to give in EHLO."),
    click.option("--ca-file", metavar="PEM", help="Trust these authorities too."),
    click.option("--pin", metavar="SHA256", help="Trust the certificate or key with this fingerprint, and no other."),
    click.option("--nameserver", metavar="IP[:PORT]", help="Ask this name server."),
    click.option(
        "--resolve",
        "overrides",
        multiple=True,
        metavar="HOST:PORT:ADDR[:PORT]",
        help="Use this address instead of asking the DNS.",
    ),
    click.option("--no-input", is_flag=True, help="Never ask."),
)
_RUN: Final = (
    click.option("--send", is_flag=True, help="Really send one message to --to."),
    click.option("--only", multiple=True, metavar="CHECK", help="Run these checks, and what they need."),
    click.option("--skip", multiple=True, metavar="CHECK", help="Leave these checks out."),
    click.option("--offline", is_flag=True, help="Contact no third party, whatever else is said."),
    click.option("--allow-third-parties", is_flag=True, help="Other parties than the server may be contacted."),
    click.option(
        "--allow-cleartext-auth", is_flag=True, help="Log in even where the password crosses the network unencrypted."
    ),
)


def account_options(command: F) -> F:
    """Give a command the options that name an account, and how to test it."""
    for option in reversed((*_PROFILE, *_PASSPHRASE, *_ACCOUNT, *_RUN)):
        command = option(command)
    return command


def saved_options(command: F) -> F:
    """Give a command the options that a profile keeps."""
    for option in reversed((*_ACCOUNT, *_PASSPHRASE)):
        command = option(command)
    return command


def unsaid() -> dict[str, Any]:
    """Every option that names an account or says how to test it, as it is where nobody gives it."""
    given: dict[str, Any] = {}

    @click.command()
    @account_options
    def nothing(**options: Any) -> None:
        given.update(options)

    nothing.main([], standalone_mode=False)
    return given


def read_request(knowledge: Knowledge, given: dict[str, Any]) -> Request:
    """What the options say.

    Raises:
        UsageError: they name no account, contradict each other, or name what does not exist.
    """
    saved = _saved(given)
    account, secret, provider, options = _read(knowledge, given, saved)
    _see_that_text(account)
    vault_name = None
    if (
        saved is not None
        and not is_given(given)
        and _same_login(account, saved.profile)
        and account.username is not None
        and not isinstance(saved.profile.secret, Nowhere)
    ):
        secret, vault_name = kept_secret(saved, provider, given)
    else:
        secret = given_secret(account, secret, provider, given)
    if given["send"] and account.recipient is None:
        raise UsageError("--send needs --to: the address that the test message goes to.")
    if given["recipient"] and account.sender is None:
        raise UsageError("--to needs --from: the address that the message would come from.")
    as_saved = False
    if saved is not None and not is_given(given):
        usual, _, _, usual_options = _read(knowledge, unsaid(), saved)
        as_saved = (account, options) == (usual, usual_options)
    return Request(account, secret, provider, replace(options, vault_name=vault_name), saved, as_saved)


def _read(
    knowledge: Knowledge, given: dict[str, Any], saved: Saved | None
) -> tuple[Account, Secret | None, Provider | None, Options]:
    """The account, the secret that a file holds, its provider, and how to test it."""
    if saved is not None:
        given = {**given, **_from_profile(saved.profile, given)}
    account, secret = _account(knowledge, given, saved)
    provider = knowledge.providers.get(account.provider or "") or provider_for_host(knowledge.providers, account.host)
    return _with_identity(account, provider, given), secret, provider, _options(given)


def _saved(given: dict[str, Any]) -> Saved | None:
    names = given["profiles"]
    if not names:
        return None
    if len(set(names)) > 1:
        raise UsageError("Name one profile here.")
    for option in ("env_file", "provider_id"):
        if given[option] is not None:
            raise UsageError(f"--profile names the account already; leave out --{option.partition('_')[0]}.")
    from smtpwizard.profiles.folder import ProfileFolder

    return ProfileFolder().read(names[0])


def _from_profile(profile: Profile, given: dict[str, Any]) -> dict[str, Any]:
    """What a profile says of how to test its account, where the command line does not."""
    names = ("ehlo_name", "ca_file", "pin", "nameserver", "timeout")
    kept = {name: getattr(profile, name) for name in names if given[name] is None}
    return kept if given["overrides"] else {**kept, "overrides": profile.overrides}


def _same_login(account: Account, profile: Profile) -> bool:
    """Whether it is still the account that the profile keeps a secret for."""
    return (account.host, account.username) == (profile.host, profile.username)


def _see_that_text(account: Account) -> None:
    """See that what the account says can be written down: an argument may be any bytes (PEP 383)."""
    for what, value in (
        ("host", account.host),
        ("user name", account.username),
        ("sender", account.sender),
        ("recipient", account.recipient),
    ):
        try:
            (value or "").encode()
        except UnicodeEncodeError:
            raise UsageError(f"The {what} {printable(value or '', limit=100)} is not UTF-8 text.") from None


def _account(knowledge: Knowledge, given: dict[str, Any], saved: Saved | None) -> tuple[Account, Secret | None]:
    secret: Secret | None = None
    if saved is not None:
        base = saved.profile.account
    elif given["env_file"] is not None:
        from smtpwizard.export.read import read_env

        read = read_env(given["env_file"], given["target"], knowledge.targets, preferred=given.get("written_for"))
        base, secret = read.account, read.secret
        tell_notes(given["env_file"], read.notes)
    elif given["provider_id"] is not None:
        base = _provider_account(knowledge, given["provider_id"], given["host"])
    elif given["host"] is not None:
        port = given["port"]
        security = Security(given["security"]) if given["security"] else Security.of_port(port or SUBMISSION_PORT)
        base = Account(given["host"], port if port is not None else security.usual_port, security)
    else:
        raise UsageError(
            "Name an account: --profile NAME, --env FILE, --provider ID, or --host H with --port N and --security."
        )
    changes: dict[str, object] = {}
    if given["host"] is not None:
        changes["host"] = given["host"]
    if given["port"] is not None:
        changes["port"] = given["port"]
        if given["security"] is None and given["env_file"] is None and given["port"] != base.port:
            changes["security"] = Security.of_port(given["port"])
    if given["security"] is not None:
        changes["security"] = Security(given["security"])
        presets = given["provider_id"] is not None or saved is not None
        if given["port"] is None and presets and changes["security"] is not base.security:
            changes["port"] = Security(given["security"]).usual_port
    return msgspec.structs.replace(base, **changes), secret


def tell_notes(path: Path, notes: tuple[str, ...]) -> None:
    """Say what to know about a file of settings."""
    for note in notes:
        click.echo(f"Note: {printable(str(path), limit=200)}: {note}", err=True)


def _provider_account(knowledge: Knowledge, provider_id: str, host: str | None) -> Account:
    provider = knowledge.providers.get(provider_id)
    if provider is None:
        raise UsageError(unknown(knowledge.providers, provider_id))
    endpoint = provider.preferred
    if endpoint is None:
        if provider.status == "no-smtp":
            raise UsageError(f"{provider.name} takes no mail over SMTP. {provider.instead or ''}".strip())
        if host is None:
            raise UsageError(f"{provider.name}: say which server, with --host.")
        return Account(host, SUBMISSION_PORT, Security.STARTTLS, provider=provider_id)
    if endpoint.is_template and host is None:
        raise UsageError(f"{provider.name}: say which server, with --host, such as {endpoint.example}.")
    return Account(endpoint.host, endpoint.port, endpoint.security, provider=provider_id)


def _with_identity(account: Account, provider: Provider | None, given: dict[str, Any]) -> Account:
    username = given["username"] if given["username"] is not None else account.username
    wants_secret = is_given(given) or given.get("without_secret")
    if username is None and wants_secret and provider is not None:
        username = provider.username.literal
    mechanism = given["mechanism"] or account.mechanism
    if mechanism is not None and mechanism.upper() not in set(Mechanism):
        raise UsageError(f"--mechanism {printable(mechanism, limit=40)} is none of: {', '.join(Mechanism)}.")
    sender = given["sender"] or account.sender or (username if username is not None and "@" in username else None)
    return msgspec.structs.replace(
        account,
        provider=account.provider or (provider.id if provider is not None else None),
        username=username,
        mechanism=mechanism.upper() if mechanism is not None else None,
        sender=sender,
        recipient=given["recipient"] or account.recipient,
    )


def _options(given: dict[str, Any]) -> Options:
    pin = given["pin"]
    if pin is not None:
        pin = pin.replace(":", "").casefold()
        if len(pin) != 64 or any(c not in "0123456789abcdef" for c in pin):
            raise UsageError("--pin takes the 64 hexadecimal digits of a SHA-256 fingerprint.")
    name = given["ehlo_name"]
    if name is not None and not _EHLO_NAME.fullmatch(name):
        raise UsageError("--ehlo takes a host name or an address in brackets.")
    return Options(
        timeout=given["timeout"] if given["timeout"] is not None else Options().timeout,
        ehlo_name=name,
        ca_file=given["ca_file"],
        pin=pin,
        nameserver=given["nameserver"],
        overrides=tuple(map(parse_override, given["overrides"])),
        send=given["send"],
        allow_cleartext_auth=given["allow_cleartext_auth"],
        offline=given["offline"],
        allow_third_parties=given["allow_third_parties"],
        only=given["only"],
        skip=given["skip"],
    )


def parse_override(text: str) -> Override:
    """Read `HOST:PORT:ADDR[:PORT]`, IPv6 addresses in brackets.

    Raises:
        UsageError: it does not have that form.
    """
    host, _, rest = text.partition(":")
    port, _, rest = rest.partition(":")
    if rest.startswith("["):
        address, _, other = rest[1:].partition("]")
    else:
        address = rest.partition(":")[0]
        other = rest[len(address) :]
    number = read_port(port)
    to_number = read_port(other[1:]) if other.startswith(":") else None if other else number
    if not host or literal_address(address) is None or number is None or to_number is None:
        raise UsageError(f"--resolve {printable(text, limit=100)} does not have the form HOST:PORT:ADDR[:PORT].")
    return Override(host, number, address, to_number)
