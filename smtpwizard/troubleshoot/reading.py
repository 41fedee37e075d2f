"""Reads text as people paste it: finds the replies in it and undoes what programs wrap around them."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from smtpwizard.model.cause import Family
from smtpwizard.model.regex import later
from smtpwizard.model.smtp import Reply, Security
from smtpwizard.model.stage import Stage
from smtpwizard.model.text import printable_block, redact_credentials

INPUT_LIMIT: Final = 64_000
"""Characters of a text that are read: its beginning and its end, where logs say what matters."""

KNOWN_CODES: Final = frozenset(
    {211, 214, 220, 221, 235, *range(250, 253), 334, 354}
    | {420, 421, 422, 431, 432, 441, 442, 446, 447, 449, *range(450, 456), 458, 459, 471}
    | {*range(500, 505), *range(510, 514), 515, 517, 519, 521, *range(523, 527), 530, 531, *range(533, 536), 538}
    | {*range(540, 545), 546, 547, *range(550, 558), 569, 571, 572, 573, 577}
)
"""Codes that SMTP servers send. Any other number is one only where an enhanced code follows."""

_ENHANCED = r"[245]\.[0-7]\.\d{1,3}"
_REPLY = re.compile(
    # What stands before is looked at second: digits are rare, and the search for them is quick.
    rf"""(?P<code>[245]\d\d)(?:(?<![\w.,:/%@#-]...)|(?<=(?:error|reply):...)|(?<=message:...)|(?<=response:...)
    |(?<=said:...))(?<!xpected\sresponse\scode\s...)(?<!xpected\sresponse\scode\s"...)
    (?<!\b(?:port|line)[\x20\t]...)(?<!\berrno[\x20\t]...)(?<!\bid[\x20\t]...)(?<!\bpid[\x20\t]...)
    (?!"?,\swith\smessage\s"[245]\d\d)
    (?!\s?(?:m?s|sec(?:ond)?s?|min(?:ute)?s?|[kKMG]i?B|bytes|octets|%)(?!\w))
    (?:(?P<separator>[-\x20])|(?=[\s:,;'")\]}}>\#]|$))
    (?:[\x20'"b,:#()\[\]-]{{0,4}}(?P<enhanced>{_ENHANCED})(?![\w.]*\d))?
    """,
    re.VERBOSE | re.MULTILINE,
)
_FIRST_ON_LINE = later(r"(?m)^[ \t]*(?P<code>[245]\d\d)(?P<separator>[- ])(?P<enhanced>(?!))?")
"""Such as a code that no standard knows, at the place of one."""
_OPENED = re.compile(r"""[245]\d\d[,:]?\x20?b?(?P<quote>['"])""")
_CLOSED = {quote: later(rf"(?<=[^\s,:b]){quote}(?=[,:;)}}\]\s]|$)") for quote in "'\""}
"""Where such a quotation ends."""
_LEADING = re.compile(r"""\A[\s,:]*b?(?=['"])|\A[\s:,;)}\]]+""")
_LOOSE_ENHANCED = re.compile(
    r"(?P<enhanced>[245](?<![\w./:-].)(?<!\bv.)(?<!version .)(?<!Version .)\.[0-7]\.\d{1,3})(?![\w]|\.\d|/)"
)
_VERSIONED = later(
    r"(?i)(?:\b(?:php|python|openssl|nodemailer|exim|postfix|ruby|rails|laravel|symfony|version|ver|release|wordpress"
    r"|kernel|django|node|npm|curl|swaks|phpmailer|aiosmtplib|grafana|gitea)[\s/:=v-]{0,3})$"
)
_CONTINUATION = later(rf"\n[ \t>|]*(?:[\w:.\[\]()-]+[ \t]+){{0,6}}?[245]\d\d[- ](?:#?{_ENHANCED}[ \t]?)?")
_PREFIX = re.compile(r"(?m)^[ \t]*(?:[>|]+[ \t]?|<[-=<~* ]{1,3}[ \t]|[*-]{1,3}[ \t]|[SC]:[ \t])")
_ESCAPES = {r"\r\n": "\n", r"\n": "\n", r"\r": "\n", r"\t": " ", r"\"": '"', r"\'": "'", r"\/": "/"}
_ESCAPE = later(r"\\r\\n|\\[nrt\"'/]")
_UNICODE_ESCAPE = later(r"\\u00([2-7][0-9a-fA-F])|\\x([2-7][0-9a-fA-F])")
_SOFT_BREAK = later(r"=\r?\n|=(?:3D|20|0D|0A|09|E2|C3)")
_QMAIL_LOG = later(r"(?<=failure: |eferral: )\S*_\S*")
"""What qmail-send logs of a delivery: underscores for spaces, and slashes for the ends of lines."""
_LETTRE_CODE = later(r"\bCode\s*\{\s*severity:\s*(\w+),\s*category:\s*(\w+),\s*detail:\s*(\w+),?\s*\}")
"""A reply's code as Rust's lettre prints it for debugging: each digit by its name (RFC 5321, 4.2.1)."""
_LETTRE_DIGITS: Final = (
    {"PositiveCompletion": "2", "PositiveIntermediate": "3", "TransientNegativeCompletion": "4"}
    | {"PermanentNegativeCompletion": "5"},
    {
        "Syntax": "0",
        "Information": "1",
        "Connections": "2",
        "Unspecified3": "3",
        "Unspecified4": "4",
        "MailSystem": "5",
    },
    {"Zero": "0", "One": "1", "Two": "2", "Three": "3", "Four": "4", "Five": "5", "Six": "6", "Seven": "7"}
    | {"Eight": "8", "Nine": "9"},
)
_WRAPPED_REPLY = later(r"Invalid response code received from (?:SMTP )?server \(code: ([245]\d\d), response: ")
"""What Net_SMTP (PEAR) makes of a reply: its code and its words apart."""
_RUN_TOGETHER = re.compile(r"([245]\d\d(?<![\w.]...))(?=[A-Z]{2}:[A-Z]{3}\b)")
"""A code and NetEase's own, as its help pages print them."""
_PASSED_ON = later(r"it was rejected by the (?:server for the )?recipient domain\b")
"""What Gmail writes before the words of the other server, whatever they are."""
_ENTITY = later(r"&(?:lt|gt|amp|quot|apos|nbsp|#\d{2,5}|#x[0-9a-fA-F]{2,4});")


_COMMANDS: Final = {
    "conn": Stage.CONNECT,
    "ehlo": Stage.EHLO,
    "helo": Stage.EHLO,
    "starttls": Stage.STARTTLS,
    "auth": Stage.AUTH,
    "mail": Stage.MAIL,
    "rcpt": Stage.RCPT,
    "data": Stage.DATA,
}
_COMMAND = r"(?P<command>conn|ehlo|helo|starttls|auth|mail|rcpt|data)\b"
_IN_REPLY: Final = tuple(
    (hint, later(pattern))
    for hint, pattern in (
        # Postfix; Exim; nodemailer; PHPMailer; a command with its argument right before its reply. Bounces break lines.
        ("reply", rf"\bin\s+reply\s+to\s+(?:end\s+of\s+)?{_COMMAND}(?:\s+(?:from|to|login|plain))?\s+command"),
        ("after", rf"\bafter\s+(?:pipelined |end\s+of\s+)?{_COMMAND}"),
        ("while sending", rf"\bwhile sending\s+(?:pipelined |end\s+of\s+)?{_COMMAND}"),
        ("in response to", rf"\bin response to\s+(?:pipelined |end\s+of\s+)?{_COMMAND}"),
        ("command", rf"""\bcommand["']?:\s?["']{_COMMAND}"""),
        ("command failed", rf"\b{_COMMAND}(?: (?:from|to|end))? command failed"),
        (">:", rf"\b{_COMMAND} (?:from|to):\s?<[^<>\n]{{0,254}}>:\s[45]\d\d\b"),
    )
)
"""Words that name the one command replied to, and before each what it cannot do without."""
_SAID_IN: Final = {
    "SMTPAuthenticationError: (": Stage.AUTH,
    "SMTPHeloError": Stage.EHLO,
    "SMTPSenderRefused": Stage.MAIL,
    "SMTPSenderFailedException": Stage.MAIL,
    "SMTPRecipientsRefused": Stage.RCPT,
    "SMTPAddressFailedException": Stage.RCPT,
    "SMTPDataError": Stage.DATA,
    "Invalid login: ": Stage.AUTH,
    "AUTH command failed: ": Stage.AUTH,
    "in `authenticate'": Stage.AUTH,
    "in `mailfrom'": Stage.MAIL,
    "in `rcptto'": Stage.RCPT,
    ":in authenticate": Stage.AUTH,
    ":in mailfrom": Stage.MAIL,
    ":in rcptto": Stage.RCPT,
    "in 'Net::SMTP#authenticate'": Stage.AUTH,
    "in 'Net::SMTP#mailfrom'": Stage.MAIL,
    "in 'Net::SMTP#rcptto'": Stage.RCPT,
}
"""What a library prints for the reply to one command only, and methods that send it (smtplib, Jakarta Mail, nodemailer,
Net::SMTP)."""
_PORTS: Final = {"25": 25, "465": 465, "587": 587, "2525": 2525, "143": 143, "993": 993, "110": 110, "995": 995}
"""Ports of mail. Others, such as 1025, say nothing of how a session there begins."""
_PORT = re.compile(r"(?:465|587|2525|25|143|993|110|995)(?![\w.]*\w|:\d)")
_BEFORE_PORT = later(
    r"""(?i)(?:(?<!\s\d)(?<!\d\d:\d)[\w\])"'.-]:|_port[=:]\s?['"]?|\bport['"]?(?:\s?(?:=>|[:=])|\sis|\snumber)?\s?['"]?|\bport\s?\(|\]\sat\s)$"""
)
_RIGHT_BEFORE: Final = frozenset(":=>'\"( \t\ntTsSrR")
"""What that ends with."""
BEFORE_PORT: Final = 24
"""Characters before a number within which it is said to be a port."""
_IPV4 = re.compile(r"(?<![\w.])(?!127\.)\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w]|\.\d)")
_IPV6 = later(r"(?i)[23](?<![\w:.].)(?=[\da-f:]*[\da-f]{2})[\da-f]{3}:(?:[\da-f]{0,4}:){1,6}[\da-f]{0,4}(?![\w:])")
"""Global addresses only (RFC 4291): `::1` fails where nothing is wrong with IPv6."""
_LOOPBACK = later(
    r"""(?ix)(?<![\w@.:-])(?:localhost|127\.0\.\d{1,3}\.\d{1,3}|\[?::1\]?)['"]?
    (?:[:\]]{1,2}\s?['"]?(?!53\b)\d|,\s?(?:port\W{0,3})?\d|,?\s(?:on\s)?(?:tcp\s)?port\b|[;)\]](?!:)|\s\(|\s[:-]|$)"""
)
"""This machine where it was dialled, and not where it greets, is part of an address, or resolves names (port 53)."""
_TLS_AT_ONCE = later(
    r"(?i)\b(?:ssl|smtps)://|\bsmtp_ssl\(|\b(?:email_use_ssl|secure|ssl|use_?ssl|smtp_ssl|secure\(ssl\)|smtpsecure)['\"]?"
    r"\s?(?:=>|[:=])\s?['\"]?(?:true|yes|1|ssl)\b|\buse_tls=true\b"
)


class Reading(msgspec.Struct, frozen=True):
    """A text, as far as it could be read."""

    text: str
    """Safe to show, without credentials, escapes undone."""
    told: str
    """The part of it that tells what went wrong: of a bounce (RFC 3464), without headers and the message it quotes."""
    joined: str
    """That part with each reply on one line and the codes of its continuation lines removed."""
    stage: Stage | None
    """Of the one command that the text names as the one replied to."""
    replies: tuple[Reply, ...]
    codes: tuple[int, ...]
    """Negative basic codes, in order of appearance."""
    enhanced: tuple[str, ...]
    """Negative enhanced codes, those outside of replies included."""
    port: int | None = None
    """The one port that the text names; none where it names several."""
    security: Security | None = None
    """Implicit TLS where the text names it, by scheme, class or setting."""
    family: Family | None = None
    """Of the addresses that the text names, where all are of one."""


def read_text(raw: str) -> Reading:
    """Read a pasted text. There is no text that cannot be read."""
    shown = unwrap(raw)
    text = shown
    if "\n" in shown:
        from smtpwizard.troubleshoot.bounce import told

        text = told(shown)
    if "rejected by the" in text:
        text = _PASSED_ON().sub("", text)
    replies = tuple(_replies(text))
    joined = _CONTINUATION().sub(" ", text) if "\n" in text else text
    codes = tuple(dict.fromkeys(reply.code for reply in replies if reply.code >= 400))
    enhanced = dict.fromkeys(reply.enhanced for reply in replies if reply.enhanced and reply.enhanced[0] != "2")
    lower = text.lower()
    for match in _LOOSE_ENHANCED.finditer(text):
        if match["enhanced"][0] != "2" and not _VERSIONED().search(text[max(0, match.start() - 16) : match.start()]):
            enhanced.setdefault(match["enhanced"])
    return Reading(
        text=shown,
        told=text,
        joined=joined,
        stage=_stage(text, lower),
        replies=replies,
        codes=codes,
        enhanced=tuple(enhanced),
        port=_port(text),
        security=_security(lower),
        family=_family(text, lower),
    )


def unwrap(raw: str) -> str:
    """Undo what lies between a server's words and the paste: escapes, entities, quoted-printable, quote marks."""
    if len(raw) > INPUT_LIMIT:
        raw = f"{raw[: INPUT_LIMIT * 3 // 4]}\n{raw[-INPUT_LIMIT // 4 :]}"
    if "\\" in raw:
        raw = _ESCAPE().sub(lambda match: _ESCAPES[match[0]], raw)
        raw = _UNICODE_ESCAPE().sub(lambda match: chr(int(match[1] or match[2], 16)), raw)
    if "failure: " in raw or "eferral: " in raw:
        raw = _QMAIL_LOG().sub(lambda match: match[0].replace("_", " ").replace("./", ".\n").removesuffix("/"), raw)
    if "severity:" in raw:
        raw = _LETTRE_CODE().sub(_lettre_code, raw)
    if "\n" in raw:
        from smtpwizard.troubleshoot.bounce import opened

        raw = opened(raw)
    if "&" in raw and _ENTITY().search(raw):
        import html

        raw = html.unescape(raw)
    if "=" in raw and len(_SOFT_BREAK().findall(raw)) > 1:
        import quopri

        raw = quopri.decodestring(raw.encode("utf-8", "surrogateescape")).decode("utf-8", "replace")
    if "Invalid response code received" in raw:
        raw = _WRAPPED_REPLY().sub(r"\1 ", raw)
    raw = _RUN_TOGETHER.sub(r"\1 ", raw)
    text = _PREFIX.sub("", printable_block(raw, limit=INPUT_LIMIT + 1))
    return redact_credentials(text)


def _lettre_code(match: re.Match[str]) -> str:
    digits = [names.get(name, "") for names, name in zip(_LETTRE_DIGITS, match.groups(), strict=True)]
    return "".join(digits) if all(digits) else match[0]


def _stage(text: str, lower: str) -> Stage | None:
    """The stage of the one command that a program names as the one replied to; none where it names several."""
    named = {stage for words, stage in _SAID_IN.items() if words in text}
    for hint, pattern in _IN_REPLY:
        if hint in lower:
            named.update(_COMMANDS[match["command"]] for match in pattern().finditer(lower))
    return named.pop() if len(named) == 1 else None


def _port(text: str) -> int | None:
    """The port of a mail server that a text names."""
    named = set()
    for match in _PORT.finditer(text):
        start = match.start()
        if text[start - 1 : start] in _RIGHT_BEFORE and _BEFORE_PORT().search(text, max(0, start - BEFORE_PORT), start):
            named.add(_PORTS[match[0]])
    return named.pop() if len(named) == 1 else None


def _family(text: str, lower: str) -> Family | None:
    """The kind of the addresses that a text names."""
    ipv6 = text.count(":") > 2 and _IPV6().search(text) is not None
    near = ("127.0." in text or "::1" in text or "localhost" in lower) and _LOOPBACK().search(text) is not None
    if ipv6 == near or _IPV4.search(text):
        return None
    return "ipv6" if ipv6 else "loopback"


def _security(lower: str) -> Security | None:
    """Implicit TLS where it is named; what else a text names too often is what was not used."""
    if ("ssl" in lower or "smtps" in lower or "secure" in lower or "use_tls" in lower) and _TLS_AT_ONCE().search(lower):
        return Security.TLS
    return None


def _replies(text: str) -> list[Reply]:
    replies: list[Reply] = []
    matches = [match for match in _REPLY.finditer(text) if _is_reply(match)] or list(_FIRST_ON_LINE().finditer(text))
    position = 0
    while position < len(matches):
        first = matches[position]
        code = int(first["code"])
        enhanced = first["enhanced"]
        quote = _quote_around(first)
        lines: list[str] = []
        while True:
            match = matches[position]
            following = matches[position + 1] if position + 1 < len(matches) else None
            newline = text.find("\n", match.end())
            end = min(
                newline if newline >= 0 else len(text),
                following.start() if following is not None else len(text),
            )
            lines.append(_trimmed(text[match.end() : end], quote))
            enhanced = enhanced or match["enhanced"]
            position += 1
            continues = match["separator"] == "-" or (code < 400 and following is not None)
            if following is None or int(following["code"]) != code or not continues:
                break
        if enhanced is not None and enhanced[0] != str(code)[0]:
            enhanced = None
        replies.append(Reply(code, enhanced, tuple(lines)))
    # A program that repeats the bare code, as in `"responseCode": 535`, tells of no further reply.
    told = {reply.code for reply in replies if reply.text}
    return [reply for reply in replies if reply.text or reply.enhanced or reply.code not in told]


def _is_reply(match: re.Match[str]) -> bool:
    if match["enhanced"] is not None and match["enhanced"][0] == match["code"][0]:
        return True
    return int(match["code"]) in KNOWN_CODES


def _quote_around(match: re.Match[str]) -> str:
    """The quotation mark in which a program has put the reply, or its text; empty where there is none."""
    opened = _OPENED.match(match.string, match.start("code"))
    before = match.string[max(0, match.start("code") - 1) : match.start("code")]
    return opened["quote"] if opened is not None else before if before and before in "'\"" else ""


def _trimmed(line: str, quote: str) -> str:
    if quote:
        line = _CLOSED[quote]().split(line, maxsplit=1)[0]
    return _LEADING.sub("", line, count=1).strip(" \t\r,;'\"")
