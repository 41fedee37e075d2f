from __future__ import annotations

import pytest

from smtpwizard.cli.schema import SCHEMAS
from smtpwizard.model import document
from tests.cli.conftest import Run


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_kind_of_output_has_a_json_schema(run: Run, name: str) -> None:
    ran = run("schema", name)
    assert (ran.status, ran.err) == (0, "")
    schema = ran.json
    assert "$ref" in schema or "anyOf" in schema
    assert schema["$defs"]


def test_the_schema_of_a_report_demands_what_the_contract_promises(run: Run) -> None:
    schema = run("schema", "report").json
    report = schema["$defs"]["ReportDocument"]
    assert {"version", "account", "verdict", "started", "duration_ms", "checks", "causes", "transcript"} <= set(
        report["required"]
    )
    assert report["properties"]["schema"]["enum"] == ["smtpwizard.report/1"]


def test_every_versioned_document_has_a_schema() -> None:
    versioned = {
        kind
        for kind in vars(document).values()
        if isinstance(kind, type) and "schema" in getattr(kind, "__struct_fields__", ())
    }
    assert versioned <= set(SCHEMAS.values())
