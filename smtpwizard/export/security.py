"""Which security a target can be told, and which one its lines say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from smtpwizard.model.smtp import Security
from smtpwizard.model.target import RefusedCombination, Target, Variable

_WORDS: Final = {
    Security.TLS: "TLS from the first byte",
    Security.STARTTLS: "STARTTLS",
    Security.NONE: "a connection without encryption",
}


def refusal(target: Target, security: Security, port: int) -> RefusedCombination | None:
    """Why the target cannot be told this, or None where it can."""
    rule = target.security
    for refused in rule.refuse:
        if refused.applies(security, port):
            return refused
    if security is not Security.TLS and port in rule.implicit_ports:
        return RefusedCombination(
            (security,),
            f"{target.name} always speaks TLS from the first byte on port {port}, so it cannot be told "
            f"{_WORDS[security]} there.",
            "Choose another port of the server, such as 587.",
        )
    if security is Security.TLS and rule.decided_by == "port" and port not in rule.implicit_ports:
        ports = " and ".join(map(str, rule.implicit_ports))
        return RefusedCombination(
            (security,),
            f"{target.name} speaks TLS from the first byte only on port {ports}, and this is port {port}.",
            f"Choose port {ports}, or STARTTLS, as the server allows.",
        )
    return None


def possible(target: Target, texts: Mapping[str, str], port: int) -> tuple[Security, ...]:
    """The securities that these texts can mean, the likeliest first; none where they contradict each other.

    Several are possible where the program makes no difference between them. `texts` holds the values of the
    target's variables by name, defaults filled in.
    """
    rule = target.security
    if port in rule.implicit_ports:
        return (Security.TLS,)
    if rule.decided_by == "port":
        return (Security.STARTTLS, Security.NONE)
    variables = target.holding("security")
    told = [variable for variable in variables if variable.name in texts or variable.omit]
    if not told:
        return _by_port(port)
    found = [security for security in Security if all(_says(variable, security, texts) for variable in told)]
    return tuple(sorted(found, key=_by_port(port).index))


def _says(variable: Variable, security: Security, texts: Mapping[str, str]) -> bool:
    text = texts.get(variable.name)
    if text is None:
        return security in variable.omit
    wanted = variable.template(security)
    if wanted is None:
        return False
    if variable.truth:
        return (text.casefold() in variable.truth) == (wanted.casefold() in variable.truth)
    return text.strip().casefold() == wanted.casefold()


def _by_port(port: int) -> tuple[Security, ...]:
    if Security.of_port(port) is Security.TLS:
        return (Security.TLS, Security.STARTTLS, Security.NONE)
    return (Security.STARTTLS, Security.NONE, Security.TLS)
