"""The profiles of this person, one JSON file each. JSON has no comments that a rewrite could lose."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from smtpwizard.export.file import Found, decode, look, shown, told_as_sentence
from smtpwizard.export.write import put
from smtpwizard.model.errors import UsageError
from smtpwizard.model.profile import InFile, InKeyring, LastTest, Place, Profile
from smtpwizard.profiles.lock import alone_in
from smtpwizard.profiles.name import checked_name, is_name, unknown

SUFFIX: Final = ".json"
AGE: Final = ".age"


@dataclass(frozen=True, slots=True)
class Saved:
    """A profile as it lies there."""

    name: str
    path: Path
    profile: Profile

    def same_as(self, other: Saved) -> bool:
        """Whether both say the same. A test that was noted meanwhile changes nothing of what a profile says."""
        return msgspec.structs.replace(self.profile, tested=other.profile.tested) == other.profile


class ProfileFolder:
    """Reads and writes the profiles. What is there already is never lost: every change is whole or not at all."""

    def __init__(self, path: Path | None = None) -> None:
        """`path` stands in for the folder of this platform's settings."""
        self._path = path

    @property
    def path(self) -> Path:
        """Where the files are."""
        if self._path is None:
            from platformdirs import user_config_path

            self._path = user_config_path("smtpwizard", appauthor=False) / "profiles"
        return self._path

    def names(self) -> tuple[str, ...]:
        """Every profile there is, readable or not, in alphabetical order.

        Raises:
            CannotRunError: the folder may not be read.
        """
        with told_as_sentence(self.path):
            try:
                files = os.listdir(self.path)
            except FileNotFoundError:
                return ()
        stems = (file.removesuffix(SUFFIX) for file in files if file.endswith(SUFFIX))
        return tuple(sorted(stem for stem in stems if is_name(stem)))

    def read(self, name: str) -> Saved:
        """One profile.

        Raises:
            UsageError: there is none of this name, or its file is broken.
            CannotRunError: it may not be read.
        """
        return self._decoded(name, self._look(name))

    def _look(self, name: str) -> Found:
        if name not in self.names():
            raise unknown(name, self.names())
        found = look(self._file(name))
        if found.content is None:
            raise unknown(name, self.names())
        return found

    def _file(self, name: str) -> Path:
        return self.path / f"{name}{SUFFIX}"

    def _decoded(self, name: str, found: Found) -> Saved:
        path = self._file(name)
        try:
            profile = msgspec.json.decode(decode(path, found.content or b""), type=Profile)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise UsageError(
                f"{shown(path)} is broken: {error}. Mend it there, or take it away with `smtpwizard profiles remove "
                f"{name} --keep-secret`."
            ) from None
        return Saved(name, path, profile)

    def write(self, name: str, profile: Profile, *, before: Saved | None) -> Saved:
        """Write a profile in the place of the one that was read `before`; None stands for no profile.

        Raises:
            UsageError: the name cannot be used, or what lies there is something else by now.
            CannotRunError: it cannot be written.
        """
        path = self._file(checked_name(name))
        with self._alone():
            found = look(path)
            if before is None or found.content is None:
                same = before is None and found.content is None
            else:
                same = self._decoded(name, found).same_as(before)
            if not same:
                raise UsageError(f"The profile {name} was changed meanwhile, by another program. Nothing was saved.")
            self._put(found, profile)
            return self._decoded(name, look(path))

    def _put(self, found: Found, profile: Profile) -> None:
        try:
            content = msgspec.json.format(msgspec.json.encode(profile), indent=2)
        except UnicodeEncodeError:
            # An argument may be any bytes (PEP 383).
            raise UsageError("A setting is not UTF-8 text, and the file of a profile is. Nothing was saved.") from None
        put(found, content + b"\n")

    def note(self, saved: Saved, tested: LastTest) -> None:
        """Remember a test of a profile, unless that says something else by now.

        Raises:
            UsageError: there is none of this name any more, or its file is broken.
            CannotRunError: it cannot be written.
        """
        with self._alone():
            found = self._look(saved.name)
            now = self._decoded(saved.name, found)
            if now.same_as(saved):
                self._put(found, msgspec.structs.replace(now.profile, tested=tested))

    def rename(self, old: str, new: str) -> None:
        """Give a profile another name.

        Raises:
            UsageError: there is no such profile, or the new name is taken or cannot be used.
            CannotRunError: the folder cannot be written to.
        """
        checked_name(new)
        with self._alone():
            self._look(old)
            if new in self.names():
                raise UsageError(f"There is a profile {new} already. Choose another name, or remove that one first.")
            with told_as_sentence(self._file(new)):
                self._file(old).rename(self._file(new))

    def remove(self, name: str) -> None:
        """Take a profile's file away, whatever it says.

        Raises:
            UsageError: there is none of this name.
            CannotRunError: the folder cannot be written to.
        """
        with self._alone():
            self._look(name)
            self._unlink(name)

    @contextlib.contextmanager
    def removing(self, saved: Saved) -> Iterator[None]:
        """Take a profile's file away at the end of the block. Until then no other program changes it.

        Where the block raises, the file stays.

        Raises:
            UsageError: there is none of this name, or it says something else by now. The block is not entered.
            CannotRunError: the folder cannot be written to.
        """
        with self._alone():
            if not self.read(saved.name).same_as(saved):
                raise UsageError(
                    f"The profile {saved.name} was changed meanwhile, by another program. It was not removed."
                )
            yield
            self._unlink(saved.name)

    def _unlink(self, name: str) -> None:
        with told_as_sentence(self._file(name)):
            self._file(name).unlink()

    def secret_file(self, place: InFile) -> Path:
        """Where an encrypted secret lies."""
        return self.path / place.file

    def read_secret(self, place: InFile) -> bytes:
        """An encrypted secret, as it is.

        Raises:
            UsageError: there is none.
            CannotRunError: it may not be read.
        """
        content = look(self.secret_file(place)).content
        if content is None:
            raise UsageError(f"{shown(self.secret_file(place))} is not there any more")
        return content

    def write_secret(self, place: InFile, content: bytes) -> None:
        """Write an encrypted secret.

        Raises:
            CannotRunError: it cannot be written.
        """
        with self._alone():
            put(look(self.secret_file(place)), content)

    def drop_secret(self, place: InFile) -> None:
        """Delete an encrypted secret, unless the person keeps it in a folder of their own.

        Raises:
            CannotRunError: it cannot be deleted.
        """
        path = self.secret_file(place)
        if path.parent == self.path and path.suffix == AGE:
            with told_as_sentence(path):
                path.unlink(missing_ok=True)

    def uses(self, place: Place) -> tuple[str, ...]:
        """Names of the profiles whose secret is in this very place."""
        users = []
        for name in self.names():
            with contextlib.suppress(UsageError):
                if _same(self.read(name).profile.secret, place):
                    users.append(name)
        return tuple(users)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        with told_as_sentence(self.path):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            with alone_in(self.path):
                yield


def _same(one: Place, other: Place) -> bool:
    if isinstance(one, InKeyring) and isinstance(other, InKeyring):
        return one.entry == other.entry
    return one == other
