from __future__ import annotations

from pathlib import Path

import pytest

from smtpwizard.audit import audit as audit_module
from smtpwizard.audit import causes, providers, tree
from smtpwizard.audit.audit import RULES, audit
from smtpwizard.checks.catalog import all_checks
from tests.audit.small import clean
from tests.knowledge.small import cause, knowledge, sign


def test_a_clean_folder_has_no_faults_and_is_counted(tmp_path: Path) -> None:
    document = audit(knowledge(tmp_path, **clean()), all_checks())
    assert document.faults == ()
    assert (document.providers, document.causes, document.signs, document.nodes) == (2, 3, 4, 20)


def test_everything_wrong_is_listed_at_once_and_sorted(tmp_path: Path) -> None:
    entries = clean()
    entries["causes"]["bare"] = cause(source=[], remedy=[])
    entries["causes"]["astray"] = cause(sign("550 user unknown", text=["nothing of this"]))
    entries["providers"]["example"]["source"] = []
    del entries["tree"]["dns"]
    document = audit(knowledge(tmp_path, **entries), all_checks())
    assert {(found.rule, found.file) for found in document.faults} == {
        ("complete", "causes/bare.toml"),
        ("complete", "providers/example.toml"),
        ("entry", "tree/dns.toml"),
        ("example", "causes/astray.toml"),
    }
    assert list(document.faults) == sorted(
        document.faults, key=lambda found: (found.file, found.rule, found.entry, found.key, found.problem)
    )


@pytest.mark.parametrize("module", [causes, providers, tree])
def test_every_rule_is_applied(module: object) -> None:
    written = {
        value
        for name, value in vars(module).items()
        if callable(value)
        and getattr(value, "__module__", "") == getattr(module, "__name__", "")
        and value.__annotations__.get("audited") == "Audited"
        and not name.startswith("_")
    }
    assert written
    assert written <= set(RULES)
    assert audit_module.RULES is RULES
