from __future__ import annotations

import pytest

from smtpwizard.knowledge.load import load_knowledge
from smtpwizard.model.software import recognise_software


@pytest.mark.parametrize(
    ("greeting", "name"),
    [
        ("mail.example.test ESMTP Postfix (Debian/GNU)", "Postfix"),
        ("mail.example.test ESMTP Exim 4.98.2 Sat, 28 Nov 2026 19:12:00 +0000", "Exim"),
        ("mail.example.test ESMTP Sendmail 8.18.1/8.18.1/Debian; Sat, 28 Nov 2026 19:12:00 GMT", "Sendmail"),
        (
            "EX01.corp.example Microsoft ESMTP MAIL Service ready at Sat, 28 Nov 2026 19:12:00 +0000",
            "Microsoft Exchange",
        ),
        ("FR0P281CA0001.outlook.office365.com Microsoft ESMTP MAIL Service ready at", "Exchange Online"),
        ("smtp.gmail.com ESMTP 5b1f17b1804b1-43f - gsmtp", "Gmail"),
        ("mail.example.test Python SMTP 1.4.6", "aiosmtpd"),
        ("mail.example.test ESMTP", None),
        ("************************", None),
        ("", None),
    ],
)
def test_software_is_recognised_by_its_greeting(greeting: str, name: str | None) -> None:
    assert recognise_software(greeting, load_knowledge().software) == name


def test_every_software_has_words_of_its_own() -> None:
    known = load_knowledge().software
    for software in known:
        for words in software.greets:
            assert recognise_software(words, known) == software.name, words
