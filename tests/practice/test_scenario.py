from __future__ import annotations

from pathlib import Path

import pytest

from smtpwizard.knowledge.decode import DataFileError
from smtpwizard.practice.scenario import load_scenarios

WELL = 'title = "T"\nstage = "auth"\n[expect]\nverdict = "pass"\n'


def _faults(folder: Path, text: str | bytes) -> tuple[str, ...]:
    content = text.encode() if isinstance(text, str) else text
    (folder / "mine.toml").write_bytes(content)
    with pytest.raises(DataFileError) as caught:
        load_scenarios(folder)
    return tuple(str(fault).removeprefix(f"{folder.name}/") for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"colour = 1\n{WELL}", "mine.toml: colour: there is no such key"),
        (WELL.replace('title = "T"\n', ""), "mine.toml: title: this key is missing"),
        (f"{WELL}colour = 1\n", "mine.toml: expect: colour: there is no such key"),
        (f'{WELL}[[on]]\nstep = "mail"\n[[on]]\nstep = "mial"\n', "mine.toml: on[1]: step: Invalid enum value 'mial'"),
        (f'{WELL}[[on]]\nreply = ["250 Ok"]\n', "mine.toml: on[0]: step: this key is missing"),
        (f'{WELL}[[on]]\nstep = "mail"\ndelay = "long"\n', "mine.toml: on[0]: delay: Expected `float`, got `str`"),
        (WELL.replace('"auth"', '"post"'), "mine.toml: stage: Invalid enum value 'post'"),
        (f"persona = 'nobody'\n{WELL}", "mine.toml: persona: there is no persona 'nobody'"),
        (f'{WELL}[[on]]\nstep = "mail"\nhex = "0g"\n', "mine.toml: on[0]: hex: is not a row of octets in hexadecimal"),
        (
            f'{WELL}[[on]]\nstep = "mail"\nendless = true\n',
            "mine.toml: on[0]: reply: there is nothing to say over and over",
        ),
        (f'{WELL}[[on]]\nstep = "mail"\npad = 3\n', "mine.toml: on[0]: pad: there is no line to be lengthened"),
        (
            f'{WELL}[[on]]\nstep = "mail"\nerror_challenge = "{{}}"\n',
            "mine.toml: on[0]: error_challenge: belongs to the step `credentials`",
        ),
        (WELL.replace('"pass"', '"fail"'), "mine.toml: expect: cause: this key is missing"),
        (f'{WELL}cause = "greylisted"\n', "mine.toml: expect: cause: what passes has no cause of failure"),
        (b"title = '\xff'", "mine.toml: is not UTF-8"),
    ],
)
def test_a_fault_is_named_with_file_entry_and_key(text: str | bytes, fault: str, tmp_path: Path) -> None:
    assert _faults(tmp_path, text) == (fault,)


def test_a_file_that_is_no_toml_says_where(tmp_path: Path) -> None:
    (fault,) = _faults(tmp_path, "title = \n")

    assert fault.startswith("mine.toml: is no valid TOML: ")
    assert "line 1" in fault


def test_all_faults_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text(f"taste = 1\n{WELL}")

    assert _faults(tmp_path, f"colour = 1\n{WELL}") == (
        "mine.toml: colour: there is no such key",
        "other.toml: taste: there is no such key",
    )


def test_a_scenario_takes_its_id_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "quite-new.toml").write_text(WELL)

    assert load_scenarios(tmp_path)["quite-new"].id == "quite-new"
