from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from smtpwizard.model.account import Account
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Status
from smtpwizard.output.junit import junit
from smtpwizard.output.report_document import report_document
from smtpwizard.troubleshoot.diagnose import diagnose
from tests.knowledge.small import cause, knowledge, provider, sign, trees
from tests.output.seen import ACCOUNT, REFUSED, evidence, finished


@pytest.mark.parametrize("account", [ACCOUNT, Account("a\x00\x1b<&\u202e", 25, Security.NONE)])
def test_a_report_is_one_suite_with_a_case_for_each_check(tmp_path: Path, account: Account) -> None:
    known = knowledge(
        tmp_path,
        causes={"wrong-password": cause(sign("x", text=["not accepted"]), title="The <password> is wrong")},
        providers={"example": provider()},
        tree=trees(),
    )
    report = finished(
        ("dns.address", Status.PASS, evidence("\x00\x1b<&")[5:6]),
        ("connect.open", Status.WARN, []),
        ("auth.login", Status.FAIL, [REFUSED]),
        ("mail.sender", Status.SKIP, []),
        ("rcpt.recipient", Status.ERROR, evidence("\x00\x1b<&")[24:25]),
        account=account,
    )
    root = ElementTree.fromstring(junit([report_document(known, report, diagnose(known, report))]))
    (suite,) = root
    assert {key: suite.attrib[key] for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "5",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    assert [(case.attrib["classname"], [child.tag for child in case]) for case in suite] == [
        ("dns.address", ["system-out"]),
        ("connect.open", []),
        ("auth.login", ["failure"]),
        ("mail.sender", ["skipped"]),
        ("rcpt.recipient", ["error"]),
    ]
    failure = suite[2][0]
    assert failure.attrib["message"] == "535 5.7.8 Username and Password not accepted"
    assert "The <password> is wrong (wrong-password" in (failure.text or "")
