from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.knowledge.load import Knowledge, load_knowledge
from smtpwizard.model.stage import Stage
from smtpwizard.troubleshoot.explain import AT_MOST, explain, explain_by_signs
from smtpwizard.troubleshoot.reading import KNOWN_CODES
from tests.knowledge.small import cause, keys_of, knowledge, phrases_of, provider, sign
from tests.troubleshoot.test_reading import HOSTILE


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return load_knowledge()


@pytest.fixture
def small(tmp_path: Path) -> Knowledge:
    return knowledge(
        tmp_path,
        causes={
            "app-password": cause(sign("535 x", text=["not accepted"], provider=["example"])),
            "wrong-password": cause(sign("535 x", text=["not accepted"])),
            "no-user": cause(sign("550 x", text=["user unknown"]), stage="rcpt"),
        },
        providers={"example": provider()},
    )


def first(known: Knowledge, text: str, provider: str | None = None) -> str | None:
    findings = explain(known, text, provider=provider).findings
    return findings[0].cause if findings else None


def test_the_provider_is_seen_in_the_text_or_given(small: Knowledge) -> None:
    assert first(small, "535 not accepted") == "wrong-password"
    assert first(small, "smtp.example.com said 535 not accepted") == "app-password"
    assert first(small, "535 not accepted", provider="example") == "app-password"


def test_the_course_of_a_session_counts_where_its_words_say_nothing(tmp_path: Path) -> None:
    known = knowledge(tmp_path, causes={"plain": cause(sign(fact=["starttls:not-offered"]))})
    assert first(known, "EHLO me\n250-mx.example.com\n250 AUTH PLAIN\nQUIT") == "plain"
    assert first(known, "EHLO me\n250-mx.example.com\n250 STARTTLS\nQUIT") is None


def test_the_stage_is_that_of_the_likeliest_cause(small: Knowledge) -> None:
    assert explain(small, "550 User unknown").stage is Stage.RCPT
    assert explain(small, "nothing known").stage is None


def test_a_text_without_any_error_has_no_findings(small: Knowledge) -> None:
    assert explain(small, "250 2.0.0 OK").findings == ()


WRAPPED = {
    "upper case": "535 5.7.8 USERNAME AND PASSWORD NOT ACCEPTED - GSMTP",
    "several spaces": "535  5.7.8   Username  and\tPassword not   accepted - gsmtp",
    "a line break": "535 5.7.8 Username and\n   Password not accepted - gsmtp",
    "a multi-line reply": "535-5.7.8 Username and Password\n535 5.7.8 not accepted - gsmtp",
    "escapes": r"535-5.7.8 Username and Password\r\n535 5.7.8 not accepted - gsmtp",
    "typography": "“535 5.7.8 Username and Password not accepted” – gsmtp",
}


@pytest.mark.parametrize("text", WRAPPED.values(), ids=WRAPPED)
def test_case_spacing_and_wrapping_never_matter(known: Knowledge, text: str) -> None:
    plain = explain(known, "535 5.7.8 Username and Password not accepted - gsmtp")
    explanation = explain(known, text)
    assert explanation.provider == plain.provider == "gmail"
    assert [finding.cause for finding in explanation.findings] == [finding.cause for finding in plain.findings]


@pytest.mark.parametrize("code", [*sorted(code for code in KNOWN_CODES if code >= 400), 419, 499, 509, 560, 599])
@pytest.mark.parametrize("form", ["{} Zorp blarg", "SMTP server said\n{}-Zorp\n{} blarg"])
def test_a_negative_code_is_never_met_with_silence(known: Knowledge, code: int, form: str) -> None:
    assert explain(known, form.format(code, code)).findings


@given(st.integers(4, 5), st.integers(0, 7), st.integers(0, 200))
def test_an_enhanced_code_is_never_met_with_silence(known: Knowledge, klass: int, subject: int, detail: int) -> None:
    assert explain(known, f"said: {klass}50 {klass}.{subject}.{detail} Zorp blarg").findings


@given(st.text(max_size=300))
def test_any_text_is_explained(known: Knowledge, text: str) -> None:
    explanation = explain(known, text)
    assert len(explanation.findings) <= AT_MOST
    assert all(0 < finding.confidence <= 1 for finding in explanation.findings)
    assert all(because.isprintable() for finding in explanation.findings for because in finding.because)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.timeout(30)  # what takes quadratic time takes hours here
def test_a_hostile_text_is_explained_quickly(known: Knowledge, text: str) -> None:
    assert explain(known, text).reading.text is not None


@pytest.mark.timeout(30)  # what takes quadratic time takes hours here
def test_a_text_of_nothing_but_known_words_is_explained_quickly(known: Knowledge) -> None:
    words = " ".join(sorted(keys_of(known.signs.phrases)))
    assert explain(known, f"{words} " * (64_000 // len(words) + 1)).findings


@pytest.mark.timeout(30)  # what takes quadratic time takes hours here
def test_a_text_of_nothing_but_known_phrases_is_explained_quickly(known: Knowledge) -> None:
    phrases = ". ".join([phrase for phrase, _ in phrases_of(known.signs.phrases)][::5])
    explanation = explain(known, phrases)
    assert explanation.findings


def test_likeness_leads_no_example_away_from_the_cause_its_signs_lead_to(known: Knowledge) -> None:
    astray = [
        example
        for cause in known.causes.values()
        for sign in cause.sign
        for example in sign.examples
        if explain_by_signs(known, example).findings[:1]
        and explain(known, example).findings[0].cause != explain_by_signs(known, example).findings[0].cause
    ]
    assert len(astray) <= 10, astray


REPLIES = {
    "550 5.1.1 <bob@example.org>: User unknown": "recipient-unknown",
    "550 Mail refused by site rules": "policy-rejected",
    "452 4.2.2 The recipient's mailbox is full": "mailbox-full",
    "554 5.7.1 Message identified as spam": "content-rejected-spam",
    "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org": "ip-blocklisted",
    "451 4.7.1 Greylisted, please try again in 300 seconds": "greylisted",
    "552 Message size exceeds fixed limit": "message-too-large",
}
AROUND = {
    "nothing": "{}",
    "Postfix": "postfix/smtp[1]: 4F1: to=<bob@example.org>, status=bounced (host mx.example.org[192.0.2.25] said: {} "
    "(in reply to RCPT TO command))",
    "a session over TLS": "postfix/smtp[1]: Untrusted TLS connection established to mx[192.0.2.25]:25: TLSv1\n"
    "postfix/smtp[1]: 4F1: host mx.example.org[192.0.2.25] said: {} (in reply to end of DATA command)",
    "qmail": "Hi. This is the qmail-send program at mail.example.com.\nI'm afraid I wasn't able to deliver your "
    "message to the following addresses.\n\n<bob@example.org>:\n192.0.2.25 does "
    "not like recipient.\nRemote host said: {}\nGiving up on 192.0.2.25.",
    "sendmail": " -- The following addresses had permanent fatal errors --\n<bob@example.org>\n    (reason: {})",
    "Exchange": "Delivery has failed to these recipients or groups:\nbob@example.org\nYour message wasn't "
    "delivered. The recipient's email system refused to accept a connection from yours.\n\n"
    "Diagnostic information for administrators:\n"
    "Remote Server returned '{}'",
    "smtplib": 'Traceback (most recent call last):\n  File "send.py", line 12, in <module>\n    sendmail(a, b, c)\n'
    "smtplib.SMTPRecipientsRefused: {{'bob@example.org': {}}}",
    "nodemailer": "Error: Can't send mail - all recipients were rejected: {}\n    at _formatError (a.js:1)",
    "Jakarta Mail": "javax.mail.SendFailedException: Invalid Addresses;\n  nested exception is:\n"
    "\tcom.sun.mail.smtp.SMTPAddressFailedException: {}\n\tat com.sun.mail.smtp.SMTPTransport.rcptTo(A.java:2064)",
    "msmtp": "msmtp: recipient address bob@example.org not accepted by the server\nmsmtp: server message: {}",
    "telnet": "Trying 192.0.2.25...\n220 mx.example.org ESMTP\nHELO host\n250 mx.example.org\n"
    "RCPT TO:<bob@example.org>\n{}\nQUIT\n221 Bye\nConnection closed by foreign host.",
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize("reply", REPLIES)
def test_what_stands_around_a_reply_does_not_change_its_cause(known: Knowledge, reply: str, around: str) -> None:
    assert first(known, around.format(reply)) == REPLIES[reply]


def test_the_weightiest_wording_says_which_remedy_it_calls_for(tmp_path: Path) -> None:
    signs = [
        {**sign("no module named mailer", text=["no module named mailer"]), "remedy": "module"},
        {**sign("mailer failed", text=["mailer failed"]), "remedy": "code"},
        sign(
            "all mailers failed at once, for reasons unknown", text=["all mailers failed at once, for reasons unknown"]
        ),
    ]
    remedies = [{"text": "Install it.", "name": "module"}, {"text": "Look at your code.", "name": "code"}]
    known = knowledge(tmp_path, causes={"a": cause(*signs, remedy=remedies)})

    def called_for(text: str) -> tuple[str, ...]:
        return explain(known, text).findings[0].remedies

    assert called_for("no module named mailer: mailer failed") == ("module",)
    assert called_for("mailer failed") == ("code",)
    assert called_for("all mailers failed at once, for reasons unknown: mailer failed") == ()
