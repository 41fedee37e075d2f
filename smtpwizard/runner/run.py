"""Runs checks concurrently and yields what happens as it happens."""

from __future__ import annotations

import asyncio
import traceback
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import Final

import msgspec

from smtpwizard.model.account import Account
from smtpwizard.model.check import Check, Context, NotGivenError, Options, Verdict
from smtpwizard.model.errors import UsageError
from smtpwizard.model.event import (
    AnyEvent,
    CheckFinished,
    CheckSlow,
    CheckStarted,
    Direction,
    EvidenceRecorded,
    PlannedCheck,
    RunFinished,
    RunStarted,
    TranscriptLine,
)
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.evidence.run import Crash, Deadline
from smtpwizard.model.ports import Ports
from smtpwizard.model.provider import Provider
from smtpwizard.model.secret import Secret
from smtpwizard.model.stage import Status, worst
from smtpwizard.model.text import redact_credentials
from smtpwizard.runner.redaction import Transcript, without_secret

SLOW_AFTER: Final = 3.0
"""Seconds after which a check that still runs is said to be slow."""
GRACE: Final = 1.0
"""Seconds beyond a check's own time limits before it is stopped."""
LEAVE: Final = 2.0
"""Seconds for taking leave of the server."""
QUEUE: Final = 1000
"""Events that may wait for whoever watches the run; beyond it, lines of the transcript are left out and counted."""


class Run:
    """One run: the plan, and what has become of each check."""

    def __init__(self, checks: Sequence[Check], context: Context) -> None:
        self._context = context
        self._plan = plan(checks, context)
        self._products: dict[type, object] = {}
        self._outcome: dict[str, Status] = {}
        self._ended = {check.id: asyncio.Event() for check in self._plan}
        self._pending: deque[AnyEvent] = deque()
        self._news = asyncio.Event()
        self._transcript = Transcript()
        self._left_out = 0
        """Lines of the transcript that were left out since the last event."""
        self._clock = context.ports.clock
        self._began = self._clock.monotonic()

    def _now(self) -> float:
        return round((self._clock.monotonic() - self._began) * 1000, 1)

    async def events(self) -> AsyncGenerator[AnyEvent, None]:
        """Run everything. Closing the iterator cancels what still goes on."""
        yield RunStarted(
            _without_secret(self._context.account, self._context.secret),
            self._clock.now(),
            tuple(PlannedCheck(check.id, check.stage, check.title) for check in self._plan),
        )
        # No TaskGroup: it would turn the GeneratorExit of a closed iterator into an exception group.
        runner = asyncio.ensure_future(self._run_all())
        runner.add_done_callback(lambda _: self._news.set())
        try:
            while self._pending or not runner.done():
                while self._pending:
                    yield self._pending.popleft()
                self._news.clear()
                if not runner.done():
                    await self._news.wait()
        finally:
            runner.cancel()
            await asyncio.wait([runner])
        runner.result()
        for gap in self._gap():
            yield gap
        for line in self._transcript.release():
            yield msgspec.structs.replace(line, at_ms=self._now())
        yield RunFinished(self._now(), worst(self._outcome.values()))

    async def _run_all(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for check in self._plan:
                    group.create_task(self._run_when_ready(check))
        finally:
            await self._leave()

    async def _leave(self) -> None:
        for product in self._products.values():
            leave = getattr(product, "leave", None)
            if leave is not None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LEAVE):
                        await leave()

    async def _run_when_ready(self, check: Check) -> None:
        for other in (*check.needs, *check.after):
            await self._wait_for(other)
        obstacle = next(
            (
                other
                for other in check.needs
                if other in self._outcome and self._outcome[other] not in {Status.PASS, Status.WARN}
            ),
            None,
        )
        if obstacle is not None:
            self._finish(check, Status.SKIP, 0.0, because=obstacle)
            return
        began = self._clock.monotonic()
        self._put(CheckStarted(check.id, self._now()))
        status = await self._attempt(check)
        left_out = next((need for need in check.needs if need not in self._outcome), None)
        because = left_out if status is Status.SKIP else None
        self._finish(check, status, round((self._clock.monotonic() - began) * 1000, 1), because=because)

    async def _wait_for(self, check_id: str) -> None:
        if check_id in self._ended:
            await self._ended[check_id].wait()

    def _finish(self, check: Check, status: Status, duration_ms: float, *, because: str | None = None) -> None:
        self._outcome[check.id] = status
        self._put(CheckFinished(check.id, self._now(), status, duration_ms, because))
        self._ended[check.id].set()

    async def _attempt(self, check: Check) -> Status:
        limit = (check.timeout or self._context.options.timeout) + GRACE

        def record(evidence: AnyEvidence) -> None:
            if evidence.told:
                # The reply that it is about has ended.
                self._show(self._transcript.release())
            self._put(EvidenceRecorded(check.id, self._now(), without_secret(evidence, self._secret)))

        def say(direction: Direction, text: str) -> None:
            self._show(self._transcript.add(TranscriptLine(self._now(), direction, text), self._secret))

        context = replace(self._context, say=say, ended=self._wait_for, products=self._products)
        notice = asyncio.get_running_loop().call_later(
            SLOW_AFTER, lambda: self._put(CheckSlow(check.id, self._now(), limit * 1000))
        )
        deadline = asyncio.timeout(limit)
        try:
            async with deadline:
                verdict: Verdict = await check.run(context, record)
        except NotGivenError:
            return Status.SKIP
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # Nobody cancels the check: it lets out that something of its own was.
            record(_crash(error))
            return Status.ERROR
        except Exception as error:  # noqa: BLE001 - a fault of one check must not end the run
            # A check may let a time limit of its own out, which is a fault.
            if isinstance(error, TimeoutError) and deadline.expired():
                record(Deadline(limit * 1000))
                return Status.FAIL
            record(_crash(error))
            return Status.ERROR
        finally:
            notice.cancel()
        for product in verdict.gives:
            self._products[type(product)] = product
        return verdict.status

    @property
    def _secret(self) -> Secret | None:
        """The secret of this run: the one that was given, or that a check has fetched."""
        if self._context.secret is not None:
            return self._context.secret
        found = (getattr(product, "secret", None) for product in self._products.values())
        return next((secret for secret in found if isinstance(secret, Secret)), None)

    def _show(self, lines: Sequence[TranscriptLine]) -> None:
        for line in lines:
            # Times never go back, though the line may have waited.
            self._put(msgspec.structs.replace(line, at_ms=self._now()))

    def _put(self, event: AnyEvent) -> None:
        """Add an event. A flooded transcript loses lines; evidence, which checks bound, is never lost."""
        if len(self._pending) >= QUEUE and isinstance(event, TranscriptLine):
            self._left_out += 1
        else:
            self._pending.extend((*self._gap(), event))
        self._news.set()

    def _gap(self) -> Sequence[TranscriptLine]:
        """The line that stands for those that were left out, where there are any."""
        count, self._left_out = self._left_out, 0
        return (TranscriptLine(self._now(), Direction.RECEIVE, f"… ({count} more lines)"),) if count else ()


def _crash(error: BaseException) -> Crash:
    """Where it happened, without any value: a message may hold what it must not."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].name} line {frames[-1].lineno}" if frames else ""
    return Crash(type(error).__name__, where)


def _without_secret(account: Account, secret: Secret | None) -> Account:
    """The account as it may be shown.

    Some providers take one token as user name and as password, and some people paste a URL with both for a host.
    """
    host, username = redact_credentials(account.host), account.username
    if secret is not None:
        host = secret.redact(host)
        username = secret.redact(username) if username is not None else None
    return msgspec.structs.replace(account, host=host, username=username)


def plan(checks: Sequence[Check], context: Context) -> tuple[Check, ...]:
    """The checks of a run: those that apply, narrowed by `only` and `skip`, in order of stage and need.

    What a wanted check needs is part of the plan too.

    Raises:
        UsageError: `only` or `skip` names no check.
    """
    options = context.options
    known = {check.id: check for check in checks}
    for wanted in (*options.only, *options.skip):
        if wanted not in known and not any(check.stage == wanted for check in checks):
            raise UsageError(f"There is no check {wanted!r}. Known are: {', '.join(sorted(known))}.")
    applying = {check.id: check for check in checks if check.applies(context.account, options)}
    chosen: set[str] = set()
    wanted_ids = [check.id for check in applying.values() if not options.only or _named(check, options.only)]
    while wanted_ids:
        check_id = wanted_ids.pop()
        if check_id not in chosen:
            chosen.add(check_id)
            wanted_ids.extend(need for need in applying[check_id].needs if need in applying)
    return tuple(
        check for check in _ordered(list(applying.values())) if check.id in chosen and not _named(check, options.skip)
    )


def _named(check: Check, names: Sequence[str]) -> bool:
    return check.id in names or check.stage in names


def _ordered(checks: Sequence[Check]) -> list[Check]:
    """Every check after what it needs; among equals, by stage and id."""
    placed: list[Check] = []
    waiting = sorted(checks, key=lambda check: (check.stage.order, check.id))
    ids = {check.id for check in checks}
    while waiting:
        done = {check.id for check in placed}
        ready = next(
            (
                check
                for check in waiting
                if all(other in done or other not in ids for other in (*check.needs, *check.after))
            ),
            waiting[0],
        )
        waiting.remove(ready)
        placed.append(ready)
    return placed


def make_context(
    account: Account,
    secret: Secret | None,
    provider: Provider | None,
    options: Options,
    ports: Ports,
    known_hosts: tuple[str, ...] = (),
) -> Context:
    """What the checks of a run are given."""
    return Context(
        account=account,
        secret=secret,
        provider=provider,
        options=options,
        ports=ports,
        say=lambda direction, text: None,
        ended=_at_once,
        known_hosts=known_hosts,
    )


async def _at_once(check_id: str) -> None:
    """Outside of a run nothing is waited for."""


async def run_checks(checks: Sequence[Check], context: Context) -> AsyncGenerator[AnyEvent, None]:
    """Run checks and yield events, the last one being `RunFinished`. Hold it with `aclosing`: closing it cancels all.

    Raises:
        UsageError: the options name a check that does not exist.
    """
    async with aclosing(Run(checks, context).events()) as events:
        async for event in events:
            yield event
