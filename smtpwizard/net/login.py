"""One log-in: AUTH, the challenges and the answers to them (RFC 4954)."""

from __future__ import annotations

import base64
import time
from functools import partial
from typing import Final, Literal

from smtpwizard.model.evidence.dialogue import AuthAttempt, ProtocolFlaw
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.smtp import Mechanism, Reply
from smtpwizard.model.stage import Stage
from smtpwizard.model.text import MASK
from smtpwizard.net.dialogue import Dialogue, received
from smtpwizard.net.sasl import BadChallengeError, Conversation, UnpreparableError, decode_challenge, oauth_error
from smtpwizard.net.threads import run_detached

CHALLENGES: Final = 6
"""Challenges that one log-in answers before it gives up."""
SIGNED: Final = frozenset({Mechanism.SCRAM_SHA_256, Mechanism.SCRAM_SHA_1})
SIGNED_CHALLENGES: Final = 2
"""Challenges of a SCRAM log-in; the second one bears the server's signature."""
CANCEL: Final = "*"


async def log_in(
    dialogue: Dialogue,
    mechanism: Mechanism,
    conversation: Conversation,
    offered: tuple[str, ...],
    seen: list[AnyEvidence],
) -> Reply | None:
    """Say AUTH and answer the challenges; the reply, None where it does not count or the server is not believed.

    `offered` are the mechanisms that the server offers. Every way it can end adds one `AuthAttempt` to what was seen.

    Raises:
        WireClosed, ReplySyntaxError, EndlessReplyError: as `Dialogue.reply` does.
    """
    began = time.monotonic()

    def attempt(
        outcome: Literal["accepted", "refused", "bad-challenge", "unpreparable"], detail: str | None = None
    ) -> AuthAttempt:
        return AuthAttempt(outcome, mechanism, offered, 0 if outcome == "unpreparable" else 1, detail)

    try:
        initial = next(conversation)
    except UnpreparableError:
        seen.append(attempt("unpreparable"))
        return None
    if initial is None:
        await dialogue.send(f"AUTH {mechanism}")
    else:
        await dialogue.send(f"AUTH {mechanism} {_base64(initial)}", shown=f"AUTH {mechanism} {MASK}")
    reply = await dialogue.read(Stage.AUTH, seen)
    detail: str | None = None
    answered = 0
    try:
        while reply.code == 334:
            if answered == CHALLENGES:
                raise BadChallengeError("too-many-challenges")
            challenge = decode_challenge(reply.text)
            detail = dialogue.hidden(oauth_error(challenge) or "") or detail
            # SCRAM derives a key by as many rounds as the server asks for.
            response = await run_detached(partial(conversation.send, challenge), "sasl")
            answered += 1
            await dialogue.send(_base64(response or b""), shown=MASK)
            reply = await dialogue.read(Stage.AUTH, seen)
    except BadChallengeError as error:
        seen.append(attempt("bad-challenge", error.reason))
        # RFC 4954, section 4: "*" cancels.
        await dialogue.send(CANCEL)
        await dialogue.reply(Stage.AUTH, CANCEL, seen)
        return None
    reply = dialogue.published(reply)
    seen.append(received(reply, Stage.AUTH, "AUTH", began))
    if reply.code == 235 and mechanism in SIGNED and answered < SIGNED_CHALLENGES:
        # RFC 5802, section 3: a server that does not prove that it knows the secret too may be anyone.
        seen.append(attempt("bad-challenge", "no-server-signature"))
        return None
    if reply.is_positive and reply.code != 235:
        # RFC 4954, section 6: 235 alone is success. Anything else here answers another command.
        seen.append(ProtocolFlaw(Stage.AUTH, "unexpected-code", str(reply)[:80]))
        seen.append(attempt("refused"))
        return None
    seen.append(attempt("accepted" if reply.code == 235 else "refused", detail))
    return reply


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
