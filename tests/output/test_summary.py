from __future__ import annotations

from smtpwizard.model.evidence.dialogue import AuthAttempt, ReplyReceived, Silence
from smtpwizard.model.evidence.names import Resolution, SystemResolution
from smtpwizard.model.stage import Stage, Status
from smtpwizard.output.summary import summary
from tests.output.seen import REFUSED, result


def test_the_summary_of_a_skipped_check_names_what_stood_in_its_way() -> None:
    assert (
        summary(result("auth.login", Status.SKIP, because="tls.upgrade"))
        == "not tried, because tls.upgrade did not pass"
    )
    assert summary(result("auth.login", Status.SKIP)) == "not tried"


def test_the_summary_of_a_check_that_saw_nothing() -> None:
    assert summary(result("auth.login", None)) == "running"
    assert summary(result("auth.login", Status.PASS)) == ""


def test_the_summary_of_a_log_in_is_the_last_reply() -> None:
    challenge = ReplyReceived(Stage.AUTH, "AUTH", 334, None, ("VXNlcm5hbWU6",), 1.0)
    seen = (challenge, REFUSED, AuthAttempt("refused", "LOGIN", ("LOGIN",), 1))
    assert summary(result("auth.login", Status.FAIL, *seen)) == "535 5.7.8 Username and Password not accepted"


def test_the_summary_of_a_lookup_is_the_addresses_and_what_went_wrong_beside_them() -> None:
    good = Resolution("h", "A", "answer", ("192.0.2.1",), (), None, 1.0)
    none = Resolution("h", "AAAA", "no-data", (), (), None, 1.0)
    lost = Resolution("h", "AAAA", "timeout", (), (), None, 1.0)
    system = SystemResolution("h", "answer", ("192.0.2.7",), None, 1.0)
    assert summary(result("dns.address", Status.PASS, good, none)) == "192.0.2.1"
    assert summary(result("dns.address", Status.WARN, good, lost)) == (
        "192.0.2.1; AAAA: the name server did not answer in time"
    )
    assert summary(result("dns.address", Status.WARN, none, system)) == "the system knows 192.0.2.7"
    assert summary(result("dns.address", Status.FAIL, none)) == "AAAA: no address of this kind"


def test_the_same_fact_is_said_once() -> None:
    silence = Silence(Stage.GREETING, 1000, "")
    assert summary(result("greeting.banner", Status.FAIL, silence, silence)) == "no word from the server in 1.0 s"
