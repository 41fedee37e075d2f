"""Rules for causes, their signs and their remedies."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec

from smtpwizard.audit.facts import can_be_seen
from smtpwizard.audit.fault import UNWRITTEN, Audited, fault
from smtpwizard.knowledge.phrase import normalise, required_keys
from smtpwizard.model.cause import Sign
from smtpwizard.model.document import FaultDocument
from smtpwizard.model.stage import Stage
from smtpwizard.troubleshoot.explain import explain_by_signs

_PLACE = re.compile(r"\{(\w+)\}")
_QUOTED_PLACE = re.compile(r"""["'][^"']*?(\{(?:host|port|username|sender|domain)\})[^"']*["']""")
_PLACES = frozenset({"host", "port", "username", "sender", "domain"})
_SECOND_FACTOR = r"(?:mfa|multi-?factor|two-?factor|2fa|2sv|2-step|two-step)"
_FORBIDDEN = (
    re.compile(
        r"(?i)\b(?:turn|switch)(?:ed|ing)? (?:off|on)\b.{0,30}\bless secure\b"
        r"|\b(?:allow|enable)\b.{0,20}less secure app|\bless secure apps?\b.{0,20}\b(?:off|on|enabled?|disabled?)\b"
    ),
    re.compile(
        r"(?i)\b(?:disable|enable|deactivate|activate|remove|bypass|(?:turn|switch) (?:it )?(?:on|off))\b"
        rf".{{0,30}}\b{_SECOND_FACTOR}|\b{_SECOND_FACTOR}\b(?: \w+){{0,3}} (?:off|disabled)\b"
    ),
    re.compile(
        r"(?i)\b(?:disable|turn off|switch off|remove|exclude)\b.{0,40}\b(?:security defaults|conditional access)\b"
    ),
    re.compile(
        r"(?i)\b(?:disable|turn off|switch off|skip|ignore|bypass)\b.{0,30}"
        r"\b(?:certificate|cert|tls|ssl|peer|strict) (?:check|verif|validat|error|warning)"
        r"|\b(?:disable|turn off|switch off|skip) (?:the )?verif|\baccept (?:any|all|every|invalid) certificate"
    ),
    re.compile(
        r"(?i)rejectUnauthorized|TLS_REJECT_UNAUTHORIZED|verify_none|CERT_NONE|check_hostname *= *False"
        r"|_create_unverified_context|InsecureSkipVerify|ServerCertificateValidationCallback|allow_self_signed"
        r"|verify_peer|VALIDATE_CERTS|ssl\.trust|tls_certcheck +off|--insecure\b|\bcurl -\w*k\b"
    ),
    re.compile(r"(?i)DisplayUnlockCaptcha|\bSORBS\b|smtplib\._debug|\b(?:use|start|install|run)\b.{0,20}\bMailHog\b"),
    re.compile(r"(?i)\bvpn\b.{0,30}\b(?:bypass|get around|block)|\bbypass\b.{0,40}\bvpn\b"),
    re.compile(r"(?i)\bSet-TransportConfig\b|\bSet-OrganizationConfig\b"),
)
"""Advice that must never be given: it weakens an account or a whole organisation, or has long been out of date."""

_EXPOSES = re.compile(r"(?i)^telnet\b|\bbase64\b|--auth-password|(?:^|\s)-ap\s|\.login\(|\bconvertto-securestring\b")
"""What a command to copy must not do: talk in the clear, or put a secret into the shell's history."""
_CHANGES = re.compile(r"^(?:Set|New|Remove|Enable|Disable|Add)-(\w+)")
_LOOKS = re.compile(r"^Get-(\w+)")
_SAME_WORDS = 2
"""So many equal words at their beginnings make two texts sound the same."""


def causes_are_complete(audited: Audited) -> Iterator[FaultDocument]:
    """Each cause has remedies, sources, signs, examples where wording shows, and a check that proves the cure."""
    known = {check.id for check in audited.checks}
    checked_stages = {check.stage for check in audited.checks}
    for cause in audited.knowledge.causes.values():
        file = f"causes/{cause.id}.toml"
        for key, value in (("remedy", cause.remedy), ("source", cause.source), ("sign", cause.sign)):
            if not value:
                yield fault("complete", file, "", "is empty", key)
        for key, text in (("title", cause.title), ("explanation", cause.explanation), ("sure", cause.sure)):
            if not text.strip() or UNWRITTEN in text:
                yield fault("complete", file, "", "is still to be written", key)
        for number, sign in enumerate(cause.sign):
            if sign.when == type(sign.when)():
                yield fault("complete", file, f"sign[{number}]", "holds for everything", "when")
            if _shows_in_text(sign) and not sign.examples:
                yield fault("complete", file, f"sign[{number}]", "has no example", "examples")
        for key, check_id in (("proof", cause.proof), ("needs_live", cause.needs_live)):
            if check_id is not None and not _is_check(check_id, known, checked_stages):
                yield fault("complete", file, "", f"there is no check {check_id!r}", key)


def rivals_are_causes(audited: Audited) -> Iterator[FaultDocument]:
    """A cause is confused with known causes only, and not with itself."""
    causes = audited.knowledge.causes
    for cause in causes.values():
        file = f"causes/{cause.id}.toml"
        for rival in cause.confused_with:
            if rival not in causes or rival == cause.id:
                yield fault("complete", file, "", f"there is no other cause {rival!r}", "confused_with")


def remedies_are_safe(audited: Audited) -> Iterator[FaultDocument]:
    """Remedies name known placeholders, providers and programs, and link to https."""
    programs = {program for tool in audited.knowledge.tools.values() for program in tool.programs}
    for cause in audited.knowledge.causes.values():
        file = f"causes/{cause.id}.toml"
        for number, remedy in enumerate(cause.remedy):
            entry = f"remedy[{number}]"
            for text in (remedy.text, *remedy.steps, *remedy.programs.values(), *remedy.commands):
                for place in set(_PLACE.findall(text)) - _PLACES:
                    if text in remedy.commands and not place.islower():
                        continue
                    yield fault("remedy", file, entry, f"there is no placeholder {{{place}}}")
            for command in remedy.commands:
                for place in _QUOTED_PLACE.findall(command):
                    problem = f"{place} stands in quotation marks; what is filled in brings its own"
                    yield fault("remedy", file, entry, problem, "commands")
            for link in remedy.links:
                if not link.startswith("https://"):
                    yield fault("remedy", file, entry, f"{link} is no https address", "links")
            for provider in set(remedy.provider) - audited.knowledge.providers.keys():
                yield fault("remedy", file, entry, f"there is no provider {provider!r}", "provider")
            for program in remedy.programs.keys() - programs:
                yield fault("remedy", file, entry, f"no tool speaks for {program!r}", "programs")


def remedies_are_called_for(audited: Audited) -> Iterator[FaultDocument]:
    """Signs call for remedies that their cause has, and each that has a name is called for."""
    for cause in audited.knowledge.causes.values():
        file = f"causes/{cause.id}.toml"
        names = [remedy.name for remedy in cause.remedy]
        called = {sign.remedy for sign in cause.sign}
        for number, sign in enumerate(cause.sign):
            if sign.remedy and sign.remedy not in names:
                yield fault("remedy", file, f"sign[{number}]", f"there is no remedy {sign.remedy!r}", "remedy")
        for number, name in enumerate(names):
            if name and (name not in called or name in names[:number]):
                problem = f"{name!r} is called for by no sign" if name not in called else f"there are two {name!r}"
                yield fault("remedy", file, f"remedy[{number}]", problem, "name")


def advice_does_no_harm(audited: Audited) -> Iterator[FaultDocument]:
    """Nothing a person reads advises what weakens an account, and PowerShell looks before it changes anything."""
    for cause in audited.knowledge.causes.values():
        file = f"causes/{cause.id}.toml"
        for key, text in (("title", cause.title), ("explanation", cause.explanation), ("sure", cause.sure)):
            if _is_forbidden(text):
                yield fault("remedy", file, "", f"advises what must never be advised: {text}", key)
        looked: set[str] = set()
        for number, remedy in enumerate(cause.remedy):
            entry = f"remedy[{number}]"
            for text in (remedy.text, *remedy.steps, *remedy.programs.values(), *remedy.commands):
                if _is_forbidden(text):
                    yield fault("remedy", file, entry, f"advises what must never be advised: {text}")
            for command in remedy.commands:
                if _EXPOSES.search(command):
                    yield fault("remedy", file, entry, f"shows a secret to others: {command}", "commands")
                change = _CHANGES.search(command)
                if change is not None and change[1] not in looked:
                    yield fault("remedy", file, entry, f"changes what it has not looked at: {command}", "commands")
                if look := _LOOKS.search(command):
                    looked.add(look[1])


def what_makes_sure_adds_to_the_title(audited: Audited) -> Iterator[FaultDocument]:
    """`sure` stands behind the title in the list of runners-up, and so does not begin with its words."""
    for cause in audited.knowledge.causes.values():
        title, sure = (text.casefold().split()[:_SAME_WORDS] for text in (cause.title, cause.sure))
        if len(title) == _SAME_WORDS and title == sure:
            yield fault("complete", f"causes/{cause.id}.toml", "", "begins with the words of the title", "sure")


def signs_name_what_exists(audited: Audited) -> Iterator[FaultDocument]:
    """Signs name known providers and tools, and phrases that can be found."""
    knowledge = audited.knowledge
    for cause in knowledge.causes.values():
        file = f"causes/{cause.id}.toml"
        for number, sign in enumerate(cause.sign):
            entry = f"sign[{number}].when"
            for provider in set(sign.when.provider) - knowledge.providers.keys():
                yield fault("sign", file, entry, f"there is no provider {provider!r}", "provider")
            for tool in set(sign.when.tool) - knowledge.tools.keys():
                yield fault("sign", file, entry, f"there is no tool {tool!r}", "tool")
            for fact in sign.when.fact:
                if not can_be_seen(fact):
                    yield fault("sign", file, entry, f"no check ever shows {fact!r}", "fact")
            for check_id in set(sign.when.check) - {check.id for check in audited.checks}:
                yield fault("sign", file, entry, f"there is no check {check_id!r}", "check")
            for phrase in sign.when.text:
                if len(normalise(phrase)) < 4:
                    yield fault("sign", file, entry, f"{phrase!r} is too short to mean anything", "text")
                elif not required_keys(phrase) and not any(c.isalnum() for c in phrase):
                    yield fault("sign", file, entry, f"{phrase!r} holds no word", "text")
                elif "**" in phrase:
                    yield fault("sign", file, entry, f"in {phrase!r} each * is any text, and not an asterisk", "text")


def signs_are_told_apart(audited: Audited) -> Iterator[FaultDocument]:
    """No two causes claim the same sign."""
    claims: defaultdict[bytes, set[str]] = defaultdict(set)
    for cause in audited.knowledge.causes.values():
        for sign in cause.sign:
            for single in _singles(sign):
                claims[msgspec.json.encode(single)].add(cause.id)
    for when, causes in sorted(claims.items()):
        if len(causes) > 1:
            first, *others = sorted(causes)
            problem = f"{when.decode()} is claimed by {', '.join(others)} too"
            yield fault("ambiguous", f"causes/{first}.toml", "sign", problem)


def examples_lead_to_their_cause(audited: Audited) -> Iterator[FaultDocument]:
    """The engine leads every example to the cause it stands under."""
    for cause in audited.knowledge.causes.values():
        for number, sign in enumerate(cause.sign):
            provider = sign.when.provider[0] if sign.when.provider else None
            for example in sign.examples:
                findings = explain_by_signs(audited.knowledge, example, provider=provider).findings
                if not findings or findings[0].cause != cause.id:
                    led = f"to {findings[0].cause} ({'; '.join(findings[0].because)})" if findings else "nowhere"
                    problem = f"the engine leads {example!r} {led}"
                    yield fault("example", f"causes/{cause.id}.toml", f"sign[{number}]", problem, "examples")


def _is_forbidden(text: str) -> bool:
    return any(pattern.search(text) for pattern in _FORBIDDEN)


def _shows_in_text(sign: Sign) -> bool:
    return bool(sign.when.text or sign.when.code or sign.when.enhanced)


def _is_check(check_id: str, known: set[str], checked_stages: set[Stage]) -> bool:
    """Whether a check exists; one of a stage that has no checks at all yet is taken on trust."""
    stage = check_id.partition(".")[0]
    return check_id in known or (stage in set(Stage) and Stage(stage) not in checked_stages)


def _singles(sign: Sign) -> Iterator[object]:
    """The sign taken apart: one phrase, one code, one provider and so on each."""
    values = msgspec.structs.asdict(sign.when)
    values["text"] = tuple(map(normalise, sign.when.text))
    del values["vague"]
    choices: list[list[Any]] = [[(value,) for value in values[key]] or [()] for key in values]
    for chosen in itertools.product(*choices):
        yield type(sign.when)(**dict(zip(values, chosen, strict=True)))
