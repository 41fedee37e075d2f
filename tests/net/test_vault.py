from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.backends.chainer import ChainerBackend
from keyring.errors import InitError, KeyringError, KeyringLocked, NoKeyringError

from smtpwizard.model.secret import Secret
from smtpwizard.net.vault import SERVICE, KeyringVault, backend_name, choose_backend

SECRET = Secret("hunter2-Zebra")


class Good(KeyringBackend):
    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class Losing(Good):
    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class Changing(Good):
    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password.upper())


class Failing(Good):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error


class Hanging(Good):
    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.release = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        self.release.wait(30)
        return None


@pytest.fixture
def vault() -> KeyringVault:
    return KeyringVault(timeout=5)


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    backend = Hanging()
    keyring.set_keyring(backend)
    yield backend
    backend.release.set()


async def test_a_secret_is_kept_read_back_and_forgotten(vault: KeyringVault) -> None:
    backend = Good()
    keyring.set_keyring(backend)
    assert (await vault.inspect()).outcome == "usable"
    stored = await vault.store("gmail", SECRET)
    assert (stored.outcome, stored.backend) == ("usable", f"{__name__}.Good")
    assert backend.kept == {(SERVICE, "gmail"): "hunter2-Zebra"}
    facts, found = await vault.load("gmail")
    assert (facts.outcome, found) == ("usable", SECRET)
    assert (await vault.delete("gmail")).outcome == "usable"
    assert backend.kept == {}


async def test_a_secret_that_is_not_there_is_no_failure(vault: KeyringVault) -> None:
    keyring.set_keyring(Good())
    facts, found = await vault.load("gmail")
    assert (facts.outcome, found) == ("usable", None)
    assert (await vault.delete("gmail")).outcome == "usable"


@pytest.mark.parametrize("backend", [Losing, Changing])
async def test_a_back_end_that_gives_back_something_else_is_found_out(
    vault: KeyringVault, backend: type[KeyringBackend]
) -> None:
    keyring.set_keyring(backend())
    assert (await vault.store("gmail", SECRET)).outcome == "loses"


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (KeyringLocked("Failed to unlock the collection!"), "locked"),
        (InitError("no session bus"), "locked"),
        (NoKeyringError("none"), "missing"),
        (KeyringError("the collection is locked"), "locked"),
        (KeyringError("disk full"), "failed"),
        (RuntimeError("prompt dismissed"), "locked"),
        (OSError(5, "Input/output error"), "failed"),
        (ValueError(), "failed"),
    ],
)
async def test_each_way_of_failing_is_told_apart(vault: KeyringVault, error: Exception, outcome: str) -> None:
    keyring.set_keyring(Failing(error))
    facts, found = await vault.load("gmail")
    assert (facts.outcome, found) == (outcome, None)
    assert facts.detail
    assert (await vault.store("gmail", SECRET)).outcome == outcome


async def test_what_a_back_end_says_comes_out_printable_and_bounded(vault: KeyringVault) -> None:
    keyring.set_keyring(Failing(KeyringError("\x1b[2J" + "x" * 5000)))
    facts, _ = await vault.load("gmail")
    assert facts.detail is not None
    assert facts.detail.isprintable()
    assert len(facts.detail) < 300


async def test_the_secret_is_in_nothing_that_a_back_end_says(vault: KeyringVault) -> None:
    keyring.set_keyring(Failing(KeyringError("cannot store hunter2-Zebra")))
    assert "hunter2" not in repr(await vault.store("gmail", SECRET))


async def test_a_back_end_that_hangs_is_given_up_and_not_asked_again(hanging: Hanging) -> None:
    vault = KeyringVault(timeout=0.1)
    assert (await vault.load("gmail"))[0].outcome == "timeout"
    again, _ = await vault.load("gmail")
    assert (again.outcome, again.detail) == ("timeout", "an earlier request still waits")
    assert hanging.asked == 1


async def test_a_back_end_that_came_to_itself_is_asked_again(hanging: Hanging) -> None:
    vault = KeyringVault(timeout=0.1)
    await vault.load("gmail")
    hanging.release.set()
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join(5)
    assert (await vault.load("gmail"))[0].outcome == "usable"


async def test_giving_up_the_wait_starts_no_second_request(hanging: Hanging) -> None:
    vault = KeyringVault(timeout=5)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await vault.load("gmail")
    assert (await vault.load("gmail"))[0].detail == "an earlier request still waits"
    assert hanging.asked == 1


def test_a_back_end_that_hangs_does_not_hold_up_the_end(hanging: Hanging) -> None:
    vault = KeyringVault(timeout=30)

    async def leave() -> None:
        for _ in range(2):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await vault.load("gmail")

    asyncio.run(leave())
    assert not hanging.release.is_set()
    assert any(thread.name == "keyring" for thread in threading.enumerate())


async def test_the_loop_goes_on_while_a_back_end_hangs(hanging: Hanging) -> None:
    vault = KeyringVault(timeout=0.2)
    waiting = asyncio.ensure_future(vault.load("gmail"))
    turns = 0
    while not waiting.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 10


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring])
async def test_a_back_end_that_keeps_nothing_counts_as_none(
    vault: KeyringVault, backend: type[KeyringBackend], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyring.backend.get_all_keyring", lambda: [fail.Keyring(), null.Keyring()])  # type: ignore[no-untyped-call]
    keyring.set_keyring(backend())
    assert (await vault.inspect()).outcome == "missing"
    assert (await vault.store("gmail", SECRET)).outcome == "missing"
    assert (await vault.load("gmail")) == (await vault.inspect(), None)


def test_of_a_chain_the_best_member_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    best = Good()
    best.priority = 5
    monkeypatch.setattr("keyring.backend.get_all_keyring", lambda: [Good(), best, ChainerBackend(), fail.Keyring()])  # type: ignore[no-untyped-call]
    keyring.set_keyring(ChainerBackend())  # type: ignore[no-untyped-call]
    assert choose_backend() is best


@pytest.mark.parametrize("module", ["keyrings.alt.file", "keyrings.alt.pyfs", "keyrings.cryptfile.cryptfile"])
def test_a_back_end_that_would_ask_on_the_terminal_is_never_taken(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asking = type("Asking", (Good,), {"__module__": module, "priority": 2.5})()
    monkeypatch.setattr("keyring.backend.get_all_keyring", lambda: [asking])
    keyring.set_keyring(asking)
    assert choose_backend() is None


async def test_a_keyring_that_cannot_even_be_chosen_is_a_failure(
    vault: KeyringVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> KeyringBackend:
        raise ValueError("keyringrc.cfg is broken")

    monkeypatch.setattr(keyring, "get_keyring", broken)
    facts, _ = await vault.load("gmail")
    assert (facts.outcome, facts.backend, facts.detail) == ("failed", None, "keyringrc.cfg is broken")


def test_a_back_end_is_named_in_the_words_of_its_platform() -> None:
    from keyring.backends import SecretService, Windows, kwallet, macOS

    assert backend_name(SecretService.Keyring.__new__(SecretService.Keyring)).startswith("Secret Service")
    assert backend_name(kwallet.DBusKeyring.__new__(kwallet.DBusKeyring)) == "KWallet"
    assert backend_name(macOS.Keyring.__new__(macOS.Keyring)) == "macOS Keychain"
    assert backend_name(Windows.WinVaultKeyring.__new__(Windows.WinVaultKeyring)) == "Windows Credential Manager"
