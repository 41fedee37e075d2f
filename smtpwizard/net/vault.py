"""The operating system's keyring: write, read back, name the back end.

A keyring may wait for ever on a prompt that nobody sees, so each call runs in a thread of its own with a time limit.
A thread that hangs cannot be ended: it is left behind, and no second one is started.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from smtpwizard.model.evidence.machine import Keyring
from smtpwizard.model.secret import Secret
from smtpwizard.model.text import printable
from smtpwizard.net.threads import detach, run_detached

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE: Final = "smtpwizard"
T = TypeVar("T")

Outcome = Literal["usable", "missing", "locked", "loses", "timeout", "failed"]

_UNFIT: Final = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt.", "keyrings.cryptfile.")
"""Beginnings of the modules of back ends that refuse, lose, keep in clear text, or prompt on the terminal."""


class KeyringVault:
    """The keyring of this platform, by the `keyring` library."""

    def __init__(self, timeout: float = 20.0) -> None:
        self._timeout = timeout
        self._stuck: threading.Thread | None = None
        """The thread of a request whose answer was not waited for to the end."""
        self._hangs = False
        """Whether that request has used up its time."""

    async def inspect(self) -> Keyring:
        return (await self._call(lambda backend: None))[0]

    async def store(self, name: str, secret: Secret) -> Keyring:
        def work(backend: KeyringBackend) -> bool:
            backend.set_password(SERVICE, name, secret.reveal())
            found = backend.get_password(SERVICE, name)
            return found is not None and Secret(found) == secret

        facts, same = await self._call(work)
        outcome = "loses" if facts.outcome == "usable" and not same else facts.outcome
        # An error's text may quote what was to be stored.
        return Keyring(facts.backend, outcome, secret.redact(facts.detail) if facts.detail else facts.detail)

    async def load(self, name: str) -> tuple[Keyring, Secret | None]:
        facts, found = await self._call(lambda backend: backend.get_password(SERVICE, name))
        return facts, Secret(found) if found is not None else None

    async def delete(self, name: str) -> Keyring:
        def work(backend: KeyringBackend) -> None:
            if backend.get_password(SERVICE, name) is not None:
                backend.delete_password(SERVICE, name)

        return (await self._call(work))[0]

    async def _call(self, work: Callable[[KeyringBackend], T]) -> tuple[Keyring, T | None]:
        if not self._hangs and self._stuck is not None and self._stuck.is_alive():
            # Nobody wanted the earlier answer any more; it may still come in its time.
            await run_detached(partial(self._stuck.join, self._timeout), "keyring-wait")
            self._hangs = self._stuck.is_alive()
        if self._stuck is not None and self._stuck.is_alive():
            return Keyring(None, "timeout", "an earlier request still waits"), None
        self._hangs = False
        thread, done = detach(lambda: _attempt(work), "keyring")
        try:
            async with asyncio.timeout(self._timeout):
                return await done
        except TimeoutError:
            self._stuck, self._hangs = thread, True
            return Keyring(None, "timeout", None), None
        except asyncio.CancelledError:
            self._stuck = thread
            raise


def _attempt(work: Callable[[KeyringBackend], T]) -> tuple[Keyring, T | None]:
    from keyring.errors import InitError, KeyringError, KeyringLocked, NoKeyringError

    name: str | None = None

    def failed(outcome: Outcome, error: BaseException) -> tuple[Keyring, None]:
        return Keyring(name, outcome, printable(str(error), limit=200) or type(error).__name__), None

    try:
        backend = choose_backend()
        if backend is None:
            return Keyring(None, "missing", None), None
        name = backend_name(backend)
        return Keyring(name, "usable", None), work(backend)
    except NoKeyringError as error:
        return failed("missing", error)
    except (KeyringLocked, InitError) as error:
        return failed("locked", error)
    except KeyringError as error:
        return failed("locked" if "lock" in str(error).casefold() else "failed", error)
    except Exception as error:  # noqa: BLE001 - back ends are plug-ins and raise whatever their service does
        locked = any(word in str(error).casefold() for word in ("lock", "dismissed", "cancel"))
        return failed("locked" if locked else "failed", error)


def choose_backend() -> KeyringBackend | None:
    """The best back end that keeps secrets and never prompts on the terminal, or None.

    `keyring`'s chain is taken apart, so that the member that answers can be named.
    """
    import keyring
    from keyring.backend import get_all_keyring
    from keyring.backends.chainer import ChainerBackend

    chosen: KeyringBackend = keyring.get_keyring()

    def is_fit(backend: KeyringBackend) -> bool:
        return not isinstance(backend, ChainerBackend) and not type(backend).__module__.startswith(_UNFIT)

    if is_fit(chosen):
        return chosen
    fit = [backend for backend in get_all_keyring() if is_fit(backend) and _priority(backend) >= 1]
    return max(fit, key=_priority, default=None)


def _priority(backend: KeyringBackend) -> float:
    try:
        return float(backend.priority)
    except Exception:  # noqa: BLE001 - a property of a plug-in that probes its service
        return -1.0


def backend_name(backend: KeyringBackend) -> str:
    """The back end in the words of its platform."""
    module = type(backend).__module__
    return _NAMES.get(module, f"{module}.{type(backend).__name__}")


_NAMES: Final = {
    "keyring.backends.SecretService": "Secret Service (GNOME Keyring or compatible)",
    "keyring.backends.libsecret": "libsecret",
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.macOS": "macOS Keychain",
    "keyring.backends.Windows": "Windows Credential Manager",
}
