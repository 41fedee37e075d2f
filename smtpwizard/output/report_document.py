"""Puts a finished run into the shape of its JSON."""

from __future__ import annotations

from smtpwizard import __version__
from smtpwizard.knowledge.load import Knowledge
from smtpwizard.model.report import Report
from smtpwizard.model.report_document import CheckDocument, LineDocument, ReportDocument
from smtpwizard.model.stage import Status
from smtpwizard.output.documents import cause_documents
from smtpwizard.output.summary import summary
from smtpwizard.troubleshoot.diagnose import Diagnosis


def report_document(knowledge: Knowledge, report: Report, diagnosis: Diagnosis) -> ReportDocument:
    """A finished report.

    Raises:
        ValueError: the run has not finished.
    """
    if report.account is None or report.verdict is None:
        raise ValueError("the run has not finished")
    return ReportDocument(
        version=__version__,
        account=report.account,
        # Nothing was tried: the run could not be carried out.
        verdict=Status.ERROR if report.verdict is Status.SKIP else report.verdict,
        started=report.started,
        duration_ms=report.duration_ms,
        checks=tuple(
            CheckDocument(
                id=result.id,
                stage=result.stage,
                status=result.status or Status.SKIP,
                title=result.title,
                summary=summary(result),
                start_ms=result.start_ms or 0.0,
                duration_ms=result.duration_ms,
                evidence=result.evidence,
            )
            for result in report.checks
        ),
        causes=cause_documents(
            knowledge,
            diagnosis.findings,
            provider=diagnosis.provider,
            account=report.account,
            evidence=[item for _, item in report.evidence()],
        ),
        transcript=tuple(LineDocument(line.at_ms, line.direction, line.text) for line in report.transcript),
    )
