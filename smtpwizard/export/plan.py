"""What is going to be written, decided and shown before anything is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from smtpwizard.export.catalog import reader_for
from smtpwizard.export.file import Found, decode, look, shown
from smtpwizard.export.masked import Shade, unified_diff
from smtpwizard.export.merge import Assignment, Merged, merge
from smtpwizard.export.place import place_warnings
from smtpwizard.export.reader import Entry, Reader, Unreadable, Unrepresentable, values
from smtpwizard.export.security import refusal
from smtpwizard.export.settings import Setting, address_in, differences, settings, typed_flaw, understand
from smtpwizard.export.template import fill
from smtpwizard.model.account import Account
from smtpwizard.model.errors import UsageError
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Mechanism, Security
from smtpwizard.model.target import Target
from smtpwizard.model.text import MASK, printable

_TOKENS: Final = frozenset(mechanism.value for mechanism in Mechanism if mechanism.takes_token)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing can be written as things are, and what to choose instead."""

    reason: str
    way_out: str

    def __str__(self) -> str:
        return f"{self.reason} {self.way_out}"


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One setting, as it may be shown."""

    key: str
    shown: str | None
    """What stands behind the equals sign; None where the line goes away."""
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything about a write that has not happened yet. Only `text` shows the secret."""

    target: Target
    path: Path | None
    """None: the settings are printed, not written."""
    lines: tuple[PlannedLine, ...]
    preview: str
    """The settings with the secret masked, one a line."""
    diff: str
    """What changes in the file, with every credential masked; empty where nothing does."""
    warnings: tuple[str, ...]
    refusals: tuple[Refusal, ...]
    content: Secret
    """The whole new file; empty where there are refusals."""
    found: Found | None = None
    """The file as it was when the plan was made."""

    @property
    def text(self) -> str:
        """The whole new file, secret included."""
        return self.content.reveal()


def plan(
    target: Target, account: Account, secret: Secret | None, path: Path | None, *, home: Path | None = None
) -> Plan:
    """Decide what to write for an account, merged into what lies at `path`.

    `home` is the folder the person works in, the current one where it is left out: a path outside of it is pointed
    out. What cannot be said to this target ends up in `refusals`, together, with nothing to write.

    Raises:
        UsageError: the path is no place for a settings file, or its reader does not understand what lies there.
        CannotRunError: the file may not be read.
    """
    reader = reader_for(target)
    found = None if path is None else look(path)
    wanted = settings(target, account, secret)
    lines = tuple(_planned(setting, account, secret) for setting in wanted)
    preview = "".join(f"{line.key}={line.shown}\n" for line in lines if line.shown is not None)
    written, refusals = _written(target, account, secret, reader, wanted)
    if refusals:
        return Plan(target, path, lines, preview, "", (), refusals, Secret(""), found)
    old = decode(path, found.content) if path is not None and found is not None and found.content is not None else ""
    entries = _entries(reader, old, path)
    assignments = [_assignment(target, setting, written, entries) for setting in wanted]
    merged = merge(reader, old, entries, assignments)
    new_entries = _entries(reader, merged.text, path)
    _require_read_back(reader, assignments, merged, entries, new_entries, path)
    understood = understand(target, values(new_entries))
    if differing := differences(understood, account, secret):
        raise UsageError(
            f"{target.name} would not read from {_place(path)} what was tested: {', '.join(differing)} would differ. "
            "Another line of the file gets in the way; see the names above."
        )
    diff = ""
    if path is not None and found is not None:
        shade = _shade(wanted, lines, secret)
        diff = unified_diff(
            shade(old, entries),
            shade(merged.text, new_entries),
            merged.edits,
            "/dev/null" if found.content is None else shown(path),
            shown(path),
        )
    warnings = (*_target_warnings(target, account), *_removals(assignments, wanted, entries), *merged.notes)
    if path is not None and found is not None:
        warnings = (*warnings, *place_warnings(path, found, home or Path.cwd()))
    return Plan(target, path, lines, preview, diff, warnings, (), Secret(merged.text), found)


def _planned(setting: Setting, account: Account, secret: Secret | None) -> PlannedLine:
    if setting.value is None:
        return PlannedLine(setting.variable.name, None, setting.variable.note)
    shown_value = setting.value
    if setting.hides:
        template = setting.variable.template(account.security) or ""
        fields = {
            "host": account.host,
            "port": str(account.port),
            # With some providers the user name is the token too.
            "user": MASK if Secret(account.username or "") == secret else account.username,
            "password": MASK,
            "from": account.sender,
        }
        shown_value = fill(template, fields) or MASK
    if secret is not None:
        shown_value = secret.redact(shown_value)
    return PlannedLine(setting.variable.name, printable(shown_value), setting.variable.note)


def _written(
    target: Target, account: Account, secret: Secret | None, reader: Reader, wanted: Sequence[Setting]
) -> tuple[dict[str, str], tuple[Refusal, ...]]:
    """How each value stands in the file, by name, and all that cannot be said."""
    refusals: list[Refusal] = []
    if refused := refusal(target, account.security, account.port):
        refusals.append(Refusal(refused.reason, refused.instead))
    if account.username is not None and not secret:
        refusals.append(Refusal("There is a user name and no secret.", "Enter the secret first."))
    if account.mechanism in _TOKENS and not target.holding("auth_mechanism"):
        refusals.append(
            Refusal(
                f"{target.name} logs in with a password, and what was tested is an access token, which also expires.",
                "Make an app password, or use a sending service that gives out an API key.",
            )
        )
    written: dict[str, str] = {}
    for setting in wanted:
        if setting.value is None:
            continue
        name = setting.variable.name
        if setting.variable.holds in {"username", "password"} and (flaw := typed_flaw(target.typed, setting.value)):
            refusals.append(
                Refusal(f"{name}: {target.name} would make of this value {flaw}.", "Choose another value for it.")
            )
        try:
            written[name] = reader.quote(setting.value)
        except Unrepresentable as error:
            refusals.append(Refusal(f"{name}: {error.reason}", error.way_out))
    return written, tuple(refusals)


def _assignment(target: Target, setting: Setting, written: dict[str, str], entries: Sequence[Entry]) -> Assignment:
    variable = setting.variable
    if setting.value is None:
        return Assignment(variable.name, None, same=frozenset(target.typed.nothing))
    same: frozenset[str] = frozenset()
    if variable.display_name:
        # A name that the person gave to the address is kept.
        there = [entry.value for entry in entries if entry.key == variable.name and entry.value]
        same = frozenset(value for value in there if address_in(value) == setting.value)
    return Assignment(variable.name, setting.value, written[variable.name], same)


def _entries(reader: Reader, text: str, path: Path | None) -> tuple[Entry, ...]:
    try:
        return reader.read(text)
    except Unreadable as error:
        raise UsageError(
            f"{reader.name} refuses {_place(path)}: on line {error.line} {error.reason}. Mend that line first; nothing "
            "was changed."
        ) from None


def _require_read_back(
    reader: Reader,
    assignments: Sequence[Assignment],
    merged: Merged,
    before: Sequence[Entry],
    after: Sequence[Entry],
    path: Path | None,
) -> None:
    """Make sure that the reader finds in the new text what is meant, and everything else as before.

    Raises:
        UsageError: an unclosed quote or the like swallows lines.
    """
    found = values(after)
    for assignment in assignments:
        if not assignment.satisfied_by(found.get(assignment.key)):
            raise UsageError(
                f"{reader.name} would not find {assignment.key} in {_place(path)} as written: a line before it gets "
                "in the way, perhaps a quote that is not closed. Mend that first; nothing was changed."
            )
    ours = {assignment.key for assignment in assignments}
    # References may expand differently once a setting has changed, so it is the statements that are compared.
    kept = [(entry.key, entry.comment is None, entry.value is None) for entry in after if entry.key not in ours]
    if kept != [(entry.key, entry.comment is None, entry.value is None) for entry in before if entry.key not in ours]:
        raise UsageError(
            f"{reader.name} would read other lines of {_place(path)} differently after the change: a quote that is not "
            "closed, perhaps. Mend that first; nothing was changed."
        )


def _shade(
    wanted: Sequence[Setting], lines: Sequence[PlannedLine], secret: Secret | None
) -> Callable[[str, tuple[Entry, ...]], Shade]:
    hidden = {
        setting.variable.name
        for setting in wanted
        if setting.hides or setting.variable.holds in {"password", "url", "superseded"}
    }
    known = frozenset(setting.variable.name for setting in wanted) - hidden
    templates = {line.key: MASK for line in lines if line.key in hidden}
    return lambda text, entries: Shade(text, entries, known, templates, secret)


def _target_warnings(target: Target, account: Account) -> list[str]:
    if account.security is Security.STARTTLS and target.security.starttls == "opportunistic":
        return [f"{target.name} uses STARTTLS where it is offered and goes on without it where it is not."]
    if account.security is Security.NONE and target.security.none == "opportunistic":
        return [f"{target.name} still upgrades by STARTTLS when the server offers it."]
    return []


def _removals(assignments: Sequence[Assignment], wanted: Sequence[Setting], entries: Sequence[Entry]) -> list[str]:
    sentences = []
    for assignment, setting in zip(assignments, wanted, strict=True):
        there = [entry.value for entry in entries if entry.key == assignment.key]
        if assignment.value is not None or not there or assignment.satisfied_by(there[-1]):
            continue
        why = setting.variable.note if setting.variable.holds == "superseded" else "This account does without it."
        sentences.append(f"{assignment.key} is taken out of the file. {why or ''}".strip())
    return sentences


def _place(path: Path | None) -> str:
    return "the text" if path is None else shown(path)
