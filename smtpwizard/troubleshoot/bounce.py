"""What a pasted mail tells of a failure: text and delivery status (RFC 3464), without headers and what it quotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from email.message import Message

_NAMES = (
    r"return-path|received|subject|from|to|cc|bcc|date|sent|message-id|mime-version|content-[\w-]+|delivered-to"
    r"|envelope-to|reply-to|sender|list-[\w-]+|precedence|auto-submitted|thread-[\w-]+|references|in-reply-to"
    r"|importance|priority|user-agent|authentication-results|received-spf|errors-to|feedback-id|organization"
    r"|x-[\w-]+|dkim-signature|arc-[\w-]+"
)
_HEADER = re.compile(rf"(?im)^[ \t]*(?:{_NAMES}):(?=\s|$)")
_BEGINS_AS_MESSAGE = re.compile(
    rf"(?i)\s*(?:From [^\n]*\n(?:[\w-]+:[^\n]*\n|[ \t][^\n]*\n)*)?"
    rf"(?:(?:{_NAMES}|status|lines):[^\n]*\n(?:[ \t]+\S[^\n]*\n)*){{3}}"
)
_DIAGNOSTIC = re.compile(r"(?im)^[ \t]*diagnostic[- ]code:[^\n]{12}")
_BOUNCE_FIELD = re.compile(r"(?i)[ \t]*(?:diagnostic[- ]code|status|action|remote-mta):")
_FIELD = re.compile(r"[A-Za-z][\w-]*:(?!//)")
"""Any field. What follows one without being one belongs to it: who copies a bounce often loses its indentation."""
_SAID = re.compile(r"(?i)\bsaid\b|\breturned\b|\bremote server\b|\bSMTP error\b|\b[45]\d\d[ -]")
_QUOTED_MESSAGE = re.compile(
    r"""^(?:content-type:\s?(?:message/rfc822|text/rfc822-headers)
    |[ \t]*(?:original\ message\ (?:headers|follows)|message\ headers\ follow|ursprüngliche\ nachrichtenk\w+
      |en-têtes\ (?:de\ message\ d'origine|du\ message\ d'origine)|encabezados\ (?:de\ )?(?:los\ )?mensajes?\ original
      |oorspronkelijke\ berichtkoppen|unsent\ message\ (?:below|follows)|your\ original\ message\ (?:follows|was:))
    |[ \t]*[-=*_>]+[ ]?(?:below\ this\ line\ is\ a\ copy|this\ is\ a\ copy\ of\ (?:the|your)
      |the\ header\ of\ the\ original
      |(?:the\ )?(?:start\ of\ )?(?:original|returned|unsent|undelivered|failed|enclosed)\ (?:message|mail)\b
      |(?:message|mail)\ (?:header|text|source)\ follows|ursprüngliche\ nachricht|message\ d'origine|mensaje\ original
      |messaggio\ originale|oorspronkelijk\ bericht|исходное\ сообщение))""",
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
_INFORMATION = re.compile(r"\b(?:Anonymous|Untrusted|Trusted|Verified) TLS connection (?:established|reused)\b")
"""What Postfix logs of every encrypted session, successful ones too."""
_ENCODED = re.compile(
    r"(?im)^content-transfer-encoding:[ \t]*base64\b[^\n]*\n(?:[\w-]+:[^\n]*\n)*\n((?:[A-Za-z0-9+/=]{4,}\n?)+)"
)
_BREAKING_TAG = re.compile(r"(?i)<(?:br|/?p|/?div|/?tr|/?table|/?h\d|/?li|/?ul|/?pre)\b[^>]{0,500}>")
_TAG = re.compile(r"<[!/]?[A-Za-z][^>]{0,2000}>")
_UNSEEN: Final = (("<!--", "-->"), *((f"<{name}", f"</{name}>") for name in ("style", "script", "head", "title")))
"""Where what a reader never sees begins and ends."""
LONGEST_PART: Final = 64_000


def opened(text: str) -> str:
    """A whole mail as the text of those of its parts that tell of a failure; any other text as it is."""
    if _BEGINS_AS_MESSAGE.match(text):
        import email  # costs half as much to import as all else, and few texts are a whole mail

        try:
            message = email.message_from_string(text.lstrip())
            parts = _parts(message, quoted=False) or _parts(message, quoted=True)
        except RecursionError:
            # Nested deeper than any mail is: then it is a text like any other.
            return text
        return "\n\n".join(parts) or text
    return _ENCODED.sub(lambda match: _decoded(match[1]) or match[0], text) if "base64" in text.lower() else text


def _parts(message: Message, *, quoted: bool) -> list[str]:
    kind = message.get_content_type()
    payload = message.get_payload()
    if isinstance(payload, list):
        inner = [part for part in payload if not isinstance(part, str)]
        if kind.startswith("message/") and kind != "message/delivery-status" and not quoted:
            return []
        if kind == "message/delivery-status":
            return ["\n".join(str(field) for field in payload)]
        found = [(part.get_content_type(), text) for part in inner for text in _parts(part, quoted=quoted)]
        plain = any(part == "text/plain" for part, _ in found)
        return [text for part, text in found if not (plain and part == "text/html")]
    if kind == "text/rfc822-headers" or (message.get_content_maintype() not in {"text", "message", "multipart"}):
        return []
    text = str(payload)
    if message.get("content-transfer-encoding", "").strip().lower() in {"base64", "quoted-printable"}:
        # Any other part is text already: decoding it again would mangle all that is not ASCII.
        content = message.get_payload(decode=True)
        text = _in_charset(content, message) if isinstance(content, bytes) else text
    return [text_of_html(text) if kind == "text/html" else text] if text.strip() else []


def _in_charset(content: bytes, message: Message) -> str:
    try:
        text = content.decode(message.get_content_charset("utf-8"), "replace")
        # Some character sets, such as `unicode_escape`, decode to halves of characters, which nothing can encode.
        return text.encode("utf-8", "replace").decode("utf-8")
    except (LookupError, ValueError):
        # No such character set, or one that decodes no text, such as `idna`.
        return content.decode("utf-8", "replace")


def _decoded(block: str) -> str:
    import base64

    try:
        return base64.b64decode(block).decode("utf-8", "replace")
    except ValueError:
        return ""


def text_of_html(source: str) -> str:
    """The words of an HTML part, a line for each of its blocks."""
    import html

    source = source[:LONGEST_PART]
    for begins, ends in _UNSEEN:
        source = _without(source, begins, ends)
    return html.unescape(_TAG.sub("", _BREAKING_TAG.sub("\n", source)))


def _without(source: str, begins: str, ends: str) -> str:
    """The source without what stands between two marks; what has no end stays."""
    lower = source.lower()
    kept: list[str] = []
    position = 0
    while (start := lower.find(begins, position)) >= 0 and (end := lower.find(ends, start)) >= 0:
        kept.append(source[position:start])
        position = end + len(ends)
    return "".join(kept) + source[position:]


def told(text: str) -> str:
    """What a text says of the failure: without blocks of headers, and of a bounce only that."""
    is_status = "iagnostic" in text and _DIAGNOSTIC.search(text) is not None
    if not is_status and not (
        _HEADER.search(text) or _QUOTED_MESSAGE.search(text) or ("TLS" in text and _INFORMATION.search(text))
    ):
        return text
    lines = _without_quotes(text.split("\n"))
    if is_status:
        lines = _of_bounce(lines)
    return "\n".join(lines) if any(line.strip() for line in lines) else text


def _without_quotes(lines: list[str]) -> list[str]:
    """The lines before a quoted message, without blocks of two or more headers."""
    kept: list[str] = []
    block: list[str] = []
    for line in lines:
        if _QUOTED_MESSAGE.match(line) and any(line.strip() for line in kept):
            break
        if _HEADER.match(line) or (block and line[:1] in {" ", "\t"} and line.strip()):
            block.append(line)
            continue
        if "TLS" in line and _INFORMATION.search(line):
            continue
        if sum(1 for header in block if _HEADER.match(header)) < 2:
            kept.extend(block)
        block = []
        kept.append(line)
    return kept if sum(1 for header in block if _HEADER.match(header)) > 1 else kept + block


def _of_bounce(lines: list[str]) -> list[str]:
    """The fields of a delivery status that tell why, and lines that quote a server."""
    kept: list[str] = []
    keeping = said = False
    for line in lines:
        if _BOUNCE_FIELD.match(line):
            keeping = True
            kept.append(line)
        elif not line.strip() or _HEADER.match(line):
            keeping = said = False
        elif (keeping and not _FIELD.match(line)) or said or _SAID.search(line):
            said = said or not keeping
            kept.append(line)
        else:
            keeping = False
    return kept
