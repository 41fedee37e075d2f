"""`smtpwizard profiles`: saved accounts."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from smtpwizard.cli.accounts import read_request, saved_options, unsaid
from smtpwizard.cli.main import ExitCode
from smtpwizard.cli.secret import passphrase
from smtpwizard.model.errors import UsageError
from smtpwizard.model.profile import FromCommand, InFile, InKeyring, InVariable, Nowhere, Place
from smtpwizard.model.text import printable, printable_block

if TYPE_CHECKING:
    from smtpwizard.profiles.folder import ProfileFolder, Saved


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def profiles(context: click.Context, as_json: bool) -> int:
    """List the saved accounts, or look after them.

    A profile holds settings and says where the secret is; the secret itself is kept by the keyring of the operating
    system. `smtpwizard check --profile NAME` tests it.
    """
    if context.invoked_subcommand is not None:
        if as_json:
            raise UsageError(f"--json stands after {context.invoked_subcommand}, not before it.")
        return ExitCode.OK
    from smtpwizard.output.documents import to_json
    from smtpwizard.output.profile_text import profile_document, profile_lines

    folder = _folder()
    good, broken = _read_all(folder)
    if as_json:
        import msgspec

        rows = [msgspec.Raw(to_json(profile_document(saved), indent=0).encode()) for saved in good]
        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode())
    elif not good and not broken:
        click.echo(
            "No profile is saved yet. Save one: smtpwizard profiles save NAME --provider ID --username U", err=True
        )
    else:
        width = max((len(saved.name) for saved in good), default=0)
        for saved in good:
            click.echo(profile_lines(saved, width))
    for sentence in broken:
        click.echo(f"smtpwizard: {printable_block(sentence)}", err=True)
    return ExitCode.USAGE if broken else ExitCode.OK


@profiles.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(name: str, as_json: bool) -> int:
    """Show one profile. Its secret is never shown."""
    from smtpwizard.output.documents import to_json
    from smtpwizard.output.profile_text import profile_document, profile_page

    saved = _folder().read(name)
    click.echo(to_json(profile_document(saved)) if as_json else profile_page(saved))
    return ExitCode.OK


@profiles.command()
@click.argument("name")
@saved_options
@click.option("--no-secret", is_flag=True, help="Keep no secret: it is given with each run.")
@click.option(
    "--encrypt",
    is_flag=True,
    help="Keep the secret in a file that a passphrase encrypts (age). It takes seconds, and a GiB of memory.",
)
@click.option("--yes", is_flag=True, help="Replace a profile of this name without asking.")
def save(name: str, no_secret: bool, encrypt: bool, yes: bool, **given: Any) -> int:
    """Save an account under a name.

    A secret that is typed, or read by --password-stdin or from --env, is written to the keyring and read back; with
    --encrypt, to a file instead, for machines without a keyring. With --password-env or --token-command the profile
    keeps the variable's name or the command, not what comes of it.
    """
    import asyncio

    from smtpwizard.knowledge.load import load_knowledge
    from smtpwizard.output.profile_text import place_words
    from smtpwizard.profiles import keeping
    from smtpwizard.profiles.building import profile_of
    from smtpwizard.profiles.name import checked_name
    from smtpwizard.wiring import real_ports

    folder = _folder()
    old = folder.read(name) if checked_name(name) in folder.names() else None
    if old is not None and not yes:
        question = f"There is a profile {name} already. Replace it?"
        _confirm(question, f"There is a profile {name} already; --yes replaces it.", no_input=given["no_input"])
    place = _secret_place(given, no_secret=no_secret)
    if place is not None and encrypt:
        raise UsageError("--encrypt is for a secret that is typed, or read by --password-stdin or from --env.")
    knowledge = load_knowledge()
    request = read_request(knowledge, {**unsaid(), **given, "without_secret": place is not None})
    secret = request.secret if place is None else None
    if request.account.username is None and (secret is not None or isinstance(place, InVariable | FromCommand)):
        raise UsageError("There is a secret and no user name that it belongs to: --username U.")
    profile = profile_of(request.account, request.options, place or Nowhere())
    word = passphrase(given, "Passphrase to encrypt it with", twice=True) if encrypt and secret is not None else None
    vault = real_ports(knowledge, request.options).vault
    saved = asyncio.run(keeping.save(folder, vault, name, profile, secret, old, request.provider, word))
    click.echo(f"The profile {name} was saved: {place_words(saved.profile.secret)}.", err=True)
    click.echo(f"Test it: smtpwizard check --profile {name}", err=True)
    return ExitCode.OK


@profiles.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Remove without asking.")
@click.option("--keep-secret", is_flag=True, help="Leave the secret where it is.")
def remove(name: str, yes: bool, keep_secret: bool) -> int:
    """Remove a profile, and its secret from the keyring."""
    import asyncio

    from smtpwizard.net.vault import KeyringVault
    from smtpwizard.profiles import keeping
    from smtpwizard.profiles.name import unknown

    folder = _folder()
    if name not in folder.names():
        raise unknown(name, folder.names())
    # One that is broken does not say where its secret is, and can only go without it.
    saved = None if keep_secret else folder.read(name)
    if not yes:
        secret = saved is not None and isinstance(saved.profile.secret, InKeyring | InFile)
        what = f"the profile {name} and its secret" if secret else f"the profile {name}"
        _confirm(f"Remove {what}?", f"Nothing was removed. Say --yes to remove {what} without a question.")
    if saved is None:
        folder.remove(name)
    else:
        asyncio.run(keeping.remove(folder, KeyringVault(), saved))
    click.echo(f"The profile {name} was removed.", err=True)
    return ExitCode.OK


@profiles.command()
@click.argument("old")
@click.argument("new")
def rename(old: str, new: str) -> int:
    """Give a profile another name."""
    _folder().rename(old, new)
    click.echo(f"The profile {old} is called {new} now.", err=True)
    return ExitCode.OK


def _folder() -> ProfileFolder:
    from smtpwizard.profiles.folder import ProfileFolder

    return ProfileFolder()


def _read_all(folder: ProfileFolder) -> tuple[list[Saved], list[str]]:
    """Every profile that can be read, and a sentence for each that cannot."""
    good, broken = [], []
    for name in folder.names():
        try:
            good.append(folder.read(name))
        except UsageError as error:
            broken.append(str(error))
    return good, broken


def _confirm(question: str, without_terminal: str, *, no_input: bool = False) -> None:
    if no_input or not _has_terminal():
        raise UsageError(without_terminal)
    if not click.confirm(question, err=True):
        raise click.Abort


def _has_terminal() -> bool:
    return sys.stdin.isatty()


def _secret_place(given: dict[str, Any], *, no_secret: bool) -> Place | None:
    """Where the options say that the secret is; None where the keyring is to take it."""
    variable, command = given["password_env"], given["token_command"]
    if sum(map(bool, (no_secret, given["password_stdin"], variable, command))) > 1:
        raise UsageError(
            "Say where the secret is one way: --password-stdin, --password-env, --token-command or --no-secret."
        )
    if variable:
        if variable not in os.environ:
            click.echo(f"Note: {printable(variable, limit=60)} is not set at present.", err=True)
        return InVariable(variable)
    if command:
        return FromCommand(command)
    return Nowhere() if no_secret else None


COMMAND = profiles
