from __future__ import annotations

import os
import sys
from typing import Any

import click
import pytest
from click.testing import CliRunner

from smtpwizard.cli.accounts import Request, account_options, parse_override, read_request
from smtpwizard.knowledge.load import Knowledge
from smtpwizard.model.account import Account
from smtpwizard.model.check import Override
from smtpwizard.model.errors import UsageError
from smtpwizard.model.secret import MAX_SECRET_LENGTH, Secret, SecretFlaw
from smtpwizard.model.smtp import Security
from tests.knowledge.small import knowledge, provider

HOST = ("--host", "mail.example.org")
ANN = (*HOST, "--username", "ann@example.org")


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    return knowledge(
        tmp_path_factory.mktemp("knowledge"),
        providers={
            "example": provider(secret={"kind": "app-password", "spaces": "strip"}),
            "keyed": provider(
                username={"form": "literal", "literal": "apikey"},
                endpoint=[{"host": "smtp.keyed.example", "port": 465, "security": "tls", "preferred": True}],
            ),
            "custom": provider(name="Another server", endpoint=[]),
            "hosting": provider(
                name="Hosting",
                endpoint=[{"host": "mail.{domain}", "port": 465, "security": "tls", "preferred": True}],
            ),
            "letters": provider(name="Letters", endpoint=[], status="no-smtp", instead="Use another one."),
        },
    )


def read(known: Knowledge, *arguments: str, stdin: str | bytes = "", env: dict[str, str] | None = None) -> Request:
    """What options say.

    Raises:
        UsageError: they cannot be used.
    """
    requests: list[Request] = []

    @click.command()
    @account_options
    def command(**given: Any) -> None:
        requests.append(read_request(known, given))

    result = CliRunner().invoke(command, list(arguments), input=stdin, env=env)
    if result.exception is not None:
        raise result.exception
    return requests[0]


def account(known: Knowledge, *arguments: str) -> Account:
    return read(known, *arguments).account


@pytest.mark.parametrize(
    ("options", "port", "security"),
    [
        ([], 587, Security.STARTTLS),
        (["--port", "465"], 465, Security.TLS),
        (["--port", "2525"], 2525, Security.STARTTLS),
        (["--security", "tls"], 465, Security.TLS),
        (["--security", "none"], 25, Security.NONE),
        (["--port", "465", "--security", "starttls"], 465, Security.STARTTLS),
        (["--port", "0"], 0, Security.STARTTLS),
        (["--port", "70000"], 70000, Security.STARTTLS),
    ],
)
def test_port_and_security_follow_from_each_other(
    known: Knowledge, options: list[str], port: int, security: Security
) -> None:
    assert account(known, *HOST, *options) == Account("mail.example.org", port, security)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], Account("smtp.example.com", 587, Security.STARTTLS, provider="example")),
        (["--port", "465"], Account("smtp.example.com", 465, Security.TLS, provider="example")),
        (["--security", "tls"], Account("smtp.example.com", 465, Security.TLS, provider="example")),
        (["--host", "other.example"], Account("other.example", 587, Security.STARTTLS, provider="example")),
    ],
)
def test_a_provider_brings_its_endpoint_and_options_change_it(
    known: Knowledge, options: list[str], expected: Account
) -> None:
    assert account(known, "--provider", "example", *options) == expected


def test_a_host_that_is_known_brings_its_provider(known: Knowledge) -> None:
    assert account(known, "--host", "smtp.example.com").provider == "example"


def test_a_provider_without_a_host_of_its_own_takes_the_persons(known: Knowledge) -> None:
    assert account(known, "--provider", "custom", *HOST).host == "mail.example.org"


def test_the_user_name_that_a_provider_prescribes_is_filled_in(known: Knowledge) -> None:
    request = read(known, "--provider", "keyed", "--password-stdin", stdin="SG.key\n")
    assert request.account.username == "apikey"
    assert request.secret == Secret("SG.key")


def test_the_sender_is_the_user_name_where_that_is_an_address(known: Knowledge) -> None:
    request = read(known, *ANN, "--password-stdin", stdin="x")
    assert request.account.sender == "ann@example.org"
    request = read(known, *HOST, "--username", "ann", "--from", "a@example.org", "--password-stdin", stdin="x")
    assert request.account.sender == "a@example.org"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "Name an account: --profile NAME, --env FILE, --provider ID, or --host H"),
        (["--provider", "nobody"], "There is no provider 'nobody'. `smtpwizard providers` lists those"),
        (["--provider", "exampel"], "There is no provider 'exampel'. Near it: example."),
        (["--provider", "a\x1b[31m"], r"There is no provider 'a\\x1b[31m'"),
        (["--provider", "letters"], "Letters takes no mail over SMTP. Use another one."),
        (["--provider", "custom"], "Another server: say which server, with --host."),
        (["--provider", "hosting"], "Hosting: say which server, with --host, such as mail.example.com."),
        ([*HOST, "--send"], "--send needs --to"),
        ([*HOST, "--to", "b@example.org"], "--to needs --from"),
        ([*HOST, "--mechanism", "NTLM"], "--mechanism NTLM is none of: PLAIN, LOGIN"),
        ([*HOST, "--pin", "ab:cd"], "--pin takes the 64 hexadecimal digits"),
        ([*HOST, "--ehlo", "a b"], "--ehlo takes a host name"),
        ([*HOST, "--ehlo", "a\r\nMAIL FROM:<x>"], "--ehlo takes a host name"),
        ([*HOST, "--resolve", "mail.example.org:587:nowhere"], "does not have the form HOST:PORT:ADDR[:PORT]"),
        ([*ANN], "There is a user name and no secret"),
        ([*ANN, "--no-input"], "There is a user name and no secret"),
        ([*ANN, "--password-stdin", "--password-env", "X"], "Give the secret one way"),
        ([*ANN, "--password-env", "NOT_SET_ANYWHERE"], "The environment variable NOT_SET_ANYWHERE is not set."),
    ],
)
def test_what_cannot_be_used_is_named_with_the_way_out(known: Knowledge, options: list[str], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(known, *options)
    assert said in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_host_given_for_a_provider_that_leaves_it_open_goes_with_its_port(known: Knowledge) -> None:
    account = read(known, "--provider", "hosting", "--host", "mail.anna.example").account
    assert (account.host, account.port, account.security) == ("mail.anna.example", 465, Security.TLS)


@pytest.mark.parametrize(
    ("typed", "secret"),
    [
        ("hunter2", "hunter2"),
        ("hunter2\n", "hunter2"),
        ("hunter2\r\n", "hunter2"),
        (" hunter2 \n\n", " hunter2 \n"),
        ("pässwörd\n", "pässwörd"),
        ("", ""),
    ],
)
def test_the_secret_on_standard_input_loses_one_line_break_and_nothing_else(
    known: Knowledge, typed: str, secret: str
) -> None:
    assert read(known, *ANN, "--password-stdin", stdin=typed.encode()).secret == Secret(secret)


def test_a_secret_shown_in_groups_is_used_without_its_spaces(known: Knowledge) -> None:
    request = read(known, "--provider", "example", "--username", "ann", "--password-stdin", stdin="abcd efgh\n")
    assert request.secret == Secret("abcdefgh")


def test_the_secret_in_the_environment_is_taken_as_it_is(known: Knowledge) -> None:
    assert read(known, *ANN, "--password-env", "P", env={"P": " hunter2\n"}).secret == Secret(" hunter2\n")


@pytest.mark.parametrize("size", [10_000, 1_000_000])
def test_an_endless_secret_is_cut_to_what_shows_that_it_is_too_long(known: Knowledge, size: int) -> None:
    secret = read(known, *ANN, "--password-stdin", stdin="x" * size).secret
    assert secret is not None
    assert SecretFlaw.TOO_LONG in secret.flaws()
    assert len(secret.redact("x" * size)) < size
    assert size < 4 * MAX_SECRET_LENGTH or not secret.matches(f"x{{{size}}}")


def token_command(script: str) -> tuple[str, str]:
    return "--token-command", f'"{sys.executable}" -c "{script}"'


def test_the_secret_is_the_first_line_of_the_token_command(known: Knowledge) -> None:
    request = read(known, *ANN, *token_command("print('hunter2'); print('more')"))
    assert request.secret == Secret("hunter2")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (token_command("print('hunter2'); raise SystemExit(3)"), "The token command ended with status 3"),
        (token_command("pass"), "The token command printed nothing on its first line."),
        (token_command(r"import sys; sys.stdout.buffer.write(bytes([255, 254]))"), "is not UTF-8 text"),
        (("--token-command", "/nowhere/at-all"), "The token command cannot be run: No such file or directory."),
        (("--token-command", "it's"), "The token command cannot be read as a command: No closing quotation."),
        (("--token-command", "  "), "The token command is empty."),
    ],
)
def test_a_token_command_that_fails_is_explained_without_what_it_printed(
    known: Knowledge, option: tuple[str, str], said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        read(known, *ANN, *option)
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_token_command_is_not_read_by_a_shell(known: Knowledge, tmp_path: os.PathLike[str]) -> None:
    trap = os.path.join(tmp_path, "trap")
    request = read(known, *ANN, "--token-command", f"echo x; touch {trap} $(touch {trap})")
    assert request.secret is not None
    assert not os.path.exists(trap)


@pytest.mark.parametrize("option", ["--password-stdin", "--password-env"])
def test_a_secret_that_is_no_text_is_refused(known: Knowledge, option: str) -> None:
    value = ("--password-env", "BROKEN") if option == "--password-env" else (option,)
    with pytest.raises(UsageError, match="is not UTF-8 text"):
        read(known, *ANN, *value, stdin=b"\xff\xfe", env={"BROKEN": os.fsdecode(b"\xff\xfe")})


@pytest.mark.parametrize(
    ("text", "override"),
    [
        ("h:587:192.0.2.1", Override("h", 587, "192.0.2.1", 587)),
        ("h:587:192.0.2.1:2587", Override("h", 587, "192.0.2.1", 2587)),
        ("h:587:[2001:db8::1]", Override("h", 587, "2001:db8::1", 587)),
        ("h:587:[2001:db8::1]:2587", Override("h", 587, "2001:db8::1", 2587)),
    ],
)
def test_an_override_as_curl_writes_it(text: str, override: Override) -> None:
    assert parse_override(text) == override


@pytest.mark.parametrize(
    "text",
    [
        "",
        "h",
        "h:587",
        "h:587:",
        "h:587:name",
        ":587:192.0.2.1",
        "h:0:192.0.2.1",
        "h:70000:192.0.2.1",
        "h:x:192.0.2.1",
        "h:587:192.0.2.1:0",
        "h:587:192.0.2.1:x",
        "h:587:2001:db8::1",
        "h:587:[192.0.2",
        "h:587:192.0.2.1:1:2",
        "h:5_87:192.0.2.1",
        "h:587:192.0.2.1:",
        "h:587:[::1]25",
    ],
)
def test_an_override_of_another_form_is_named(text: str) -> None:
    with pytest.raises(UsageError, match="does not have the form"):
        parse_override(text)
