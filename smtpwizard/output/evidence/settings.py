"""Settings and secrets, in words."""

from __future__ import annotations

from smtpwizard.model.evidence.settings import SecretFlawed, SecretShape, SettingEvidence, SettingFlaw
from smtpwizard.output.words import a_secret

_SETTING = {
    "empty": "{field} is empty",
    "scheme-in-host": "{field} holds an address of the web, not a host name: {value}",
    "path-in-host": "{field} holds a path: {value}",
    "port-in-host": "{field} holds the port too: {value}",
    "address-in-host": "{field} holds an e-mail address: {value}",
    "blank": "{field} holds a blank: {value}",
    "quoted": "{field} holds quotation marks: {value}",
    "control-character": "{field} holds a control character: {value}",
    "not-a-host-name": "{field} is no host name: {value}",
    "typo": "{field} looks mistyped: {value}",
    "port-out-of-range": "port {value} does not exist; ports go from 1 to 65535",
    "unusual-for-port": "port and security do not go together: {value}",
    "not-an-address": "{field} is no e-mail address: {value}",
    "outer-space": "{field} begins or ends with a space",
    "not-the-literal": "{field} is {value}",
    "ehlo-bare-address": "the address in EHLO lacks its brackets: {value}",
    "ehlo-localhost": "EHLO gives the name {value}, which many servers refuse",
    "ehlo-not-qualified": "EHLO gives a name without a domain, which many servers refuse: {value}",
    "ehlo-not-a-host-name": "EHLO gives what is no host name, which many servers refuse: {value}",
    "no-address": "{field} is no e-mail address: {value}",
    "other-shape": "{field} does not look like one of this provider: {value}",
}
_SECRET = {
    "empty": "the secret is empty",
    "too-long": "the secret is longer than any server takes",
    "line-break": "the secret contains a line break",
    "outer-space": "the secret begins or ends with a space",
    "inner-space": "the secret contains a space",
    "non-breaking-space": "the secret contains a non-breaking space",
    "invisible-character": "the secret contains an invisible character",
    "quoted": "the secret stands in quotation marks",
    "smart-quotes": "the secret contains typographic quotation marks",
    "non-ascii": "the secret contains characters outside ASCII",
}


def describe(evidence: SettingEvidence) -> str:
    """One fact, in words."""
    match evidence:
        case SettingFlaw():
            pattern = _SETTING.get(evidence.flaw, "{field}: " + evidence.flaw)
            said = pattern.format(field=evidence.field, value=evidence.value)
            return f"{said} (is {evidence.suggestion} meant?)" if evidence.suggestion else said
        case SecretFlawed():
            return _SECRET.get(evidence.flaw, evidence.flaw)
        case SecretShape():
            if evidence.matches:
                return ""
            looks = f"; it looks like {evidence.looks_like}" if evidence.looks_like else ""
            return f"the secret does not have the shape of {a_secret(evidence.expected)}{looks}"
