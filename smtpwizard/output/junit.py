"""A report as JUnit XML, which build servers read."""

from __future__ import annotations

from xml.etree import ElementTree

from smtpwizard.model.report_document import ReportDocument
from smtpwizard.model.stage import Status
from smtpwizard.model.text import printable


def junit(documents: list[ReportDocument]) -> bytes:
    """One test suite a report, one test case a check."""
    root = ElementTree.Element("testsuites")
    for document in documents:
        account = document.account
        name = f"{document.profile}: " if document.profile else ""
        statuses = [check.status for check in document.checks]
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=f"{name}{printable(account.host)}:{account.port} {account.security}",
            tests=str(len(statuses)),
            failures=str(statuses.count(Status.FAIL)),
            errors=str(statuses.count(Status.ERROR)),
            skipped=str(statuses.count(Status.SKIP)),
            time=f"{document.duration_ms / 1000:.3f}",
            timestamp=document.started,
        )
        causes = "\n".join(f"{cause.title} ({cause.id}, {cause.confidence:.0%})" for cause in document.causes)
        for check in document.checks:
            case = ElementTree.SubElement(
                suite,
                "testcase",
                name=check.title,
                classname=check.id,
                time=f"{check.duration_ms / 1000:.3f}",
            )
            if check.status is Status.FAIL:
                ElementTree.SubElement(case, "failure", message=check.summary).text = causes
            elif check.status is Status.ERROR:
                ElementTree.SubElement(case, "error", message=check.summary)
            elif check.status is Status.SKIP:
                ElementTree.SubElement(case, "skipped", message=check.summary)
            elif check.summary:
                ElementTree.SubElement(case, "system-out").text = check.summary
    ElementTree.indent(root)
    encoded: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return encoded + b"\n"
