"""How many questions the troubleshooter asks from a known error to a conclusion.

Run it with `python -m tests.bench.questions`: it walks from every example of the cause files, and from what the checks
see in every practice scenario. A way counts by its longest course: every answer to a question, and either outcome of a
probe, is followed.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from smtpwizard.knowledge.load import Knowledge, load_knowledge
from smtpwizard.model.evidence.answers import Answer, Probed
from smtpwizard.model.report import CheckResult, Report
from smtpwizard.model.report_document import ReportDocument
from smtpwizard.model.smtp import Endpoint, Security
from smtpwizard.model.stage import Stage, Status
from smtpwizard.model.tree import Conclusion, Node, Probe, Question
from smtpwizard.practice.authority import Authority
from smtpwizard.practice.scenario import Scenario, load_scenarios
from smtpwizard.practice.server import Served, run_in_thread
from smtpwizard.troubleshoot.diagnose import diagnose
from smtpwizard.troubleshoot.explain import explain_by_signs
from smtpwizard.troubleshoot.live import observe_evidence
from smtpwizard.troubleshoot.observation import observe_course, observe_reading
from smtpwizard.troubleshoot.rank import rank
from smtpwizard.troubleshoot.reading import read_text
from smtpwizard.troubleshoot.walk import walk

Said = tuple[Answer | Probed, ...]

ELSEWHERE = Endpoint("smtp.example.com", 465, Security.TLS)
JOBS = 2
TIMEOUT = "1.5"


def main() -> None:
    """Print every figure."""
    knowledge = load_knowledge()
    show("examples of signs", of_examples(knowledge))
    with Authority() as authority, ThreadPoolExecutor(JOBS) as pool:
        reports = pool.map(lambda scenario: report_of(scenario, authority), load_scenarios().values())
        show("practice scenarios", [of_report(knowledge, report) for report in reports if report is not None])


def show(name: str, counts: Sequence[int]) -> None:
    """Median, mean and distribution."""
    spread = ", ".join(f"{asked}: {count}" for asked, count in sorted(Counter(counts).items()))
    mean = statistics.mean(counts)
    print(f"{name}: {len(counts)} ways, median {statistics.median(counts):g}, mean {mean:.2f} ({spread})")


def of_examples(knowledge: Knowledge) -> list[int]:
    """Questions from each example of a sign."""
    return [
        of_text(knowledge, example, sign.when.provider[0] if sign.when.provider else None)
        for cause in knowledge.causes.values()
        for sign in cause.sign
        for example in sign.examples
    ]


def of_text(knowledge: Knowledge, text: str, provider: str | None) -> int:
    """Questions from what a text says."""
    explanation = explain_by_signs(knowledge, text, provider=provider)
    stage = explanation.stage or Stage.CLIENT
    reading = read_text(text)
    seen = [observe_reading(reading, knowledge.signs, provider=provider, stage=None)]
    seen += observe_course(reading.text, seen[0].provider)

    def end(said: Said) -> Node:
        observations = [*seen, *observe_evidence(said, explanation.provider)]
        findings = rank(knowledge.signs, observations, knowledge.stages)
        return walk(knowledge.tree, stage, observations, findings, said).end

    return most_questions(end)


def of_report(knowledge: Knowledge, report: Report) -> int:
    """Questions from what the checks of a run saw."""

    def end(said: Said) -> Node:
        path = diagnose(knowledge, report, said).path
        return path.end if path is not None else Conclusion("all-well")

    return most_questions(end)


def most_questions(end: Callable[[Said], Node], said: Said = ()) -> int:
    """Questions on the longest course, given where what has been said so far leads."""
    match end(said):
        case Question() as question:
            return 1 + max(
                most_questions(end, (*said, Answer(question.id, choice.value))) for choice in question.choice
            )
        case Probe() as probe:
            return max(
                most_questions(end, (*said, Probed(probe.id, ELSEWHERE, status, ())))
                for status in (Status.PASS, Status.FAIL)
            )
        case _:
            return 0


def report_of(scenario: Scenario, authority: Authority) -> Report | None:
    """What `check` sees of a scenario."""
    with run_in_thread(scenario, ca=authority) as (served,):
        done = subprocess.run(
            [sys.executable, "-m", "smtpwizard", *check_words(scenario, served)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PRACTICE_PASSWORD": scenario.password},
            check=False,
        )
    return as_report(msgspec.json.decode(done.stdout, type=ReportDocument)) if done.stdout else None


def as_report(document: ReportDocument) -> Report:
    """The report that a document was written from, as far as the causes go."""
    checks = tuple(
        CheckResult(check.id, check.stage, check.title, check.status, evidence=check.evidence)
        for check in document.checks
    )
    return Report(account=document.account, checks=checks, verdict=document.verdict)


def check_words(scenario: Scenario, served: Served) -> list[str]:
    """The command line that tests a served scenario."""
    words = ["check", "--json", "--no-input", "--host", served.name, "--port", str(served.port)]
    words += ["--security", str(served.security)]
    if served.username:
        words += ["--username", served.username, "--password-env", "PRACTICE_PASSWORD"]
    words += ["--from", scenario.sender, "--to", scenario.recipient, "--ca-file", str(served.ca_file)]
    words += ["--timeout", TIMEOUT]
    if served.nameserver is not None:
        words += ["--nameserver", served.nameserver]
    else:
        words += ["--resolve", f"{served.name}:{served.port}:{served.host}"]
    if scenario.mechanism is not None:
        words += ["--mechanism", scenario.mechanism]
    if scenario.send:
        words.append("--send")
    if scenario.provider is not None:
        words += ["--provider", scenario.provider]
    return words


if __name__ == "__main__":
    main()
