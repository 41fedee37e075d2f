"""A real Postfix whose users Dovecot knows, on loopback, with a folder of its own and no DNS."""

from __future__ import annotations

import base64
import contextlib
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.integration.parts import processes
from tests.integration.parts.certificates import Certificates
from tests.integration.parts.mail_server import LISTENERS, Listener, MailServer, assign_ports
from tests.integration.parts.mailboxes import DOMAIN, HOST_NAME, MAILBOXES
from tests.integration.parts.maildir import Maildirs
from tests.integration.parts.ports import loopback_addresses
from tests.integration.parts.waiting import wait_for


def available() -> str | None:
    """None, or what is missing."""
    return processes.missing("postfix", "postfix", "postconf", root=True) or processes.missing(
        "dovecot-core", "dovecot", root=True
    )


@contextlib.contextmanager
def running(
    listeners: Sequence[Listener] = LISTENERS,
    *,
    addresses: Sequence[str] | None = None,
    within: Sequence[str] = (),
) -> Iterator[MailServer]:
    """Start Dovecot and Postfix, and yield when every port answers.

    `within` is a command prefix, such as the one that enters a network namespace; `addresses` are
    then those of that namespace.
    """
    addresses = loopback_addresses() if addresses is None else addresses
    ports = assign_ports(listeners)
    with processes.server_folder("postfix") as folder, contextlib.ExitStack() as servers:
        (folder / "certificates").mkdir(mode=0o700)
        certificates = Certificates(folder / "certificates")
        (folder / "mail").mkdir()
        shutil.chown(folder / "mail", "nobody", "nogroup")
        (folder / "queue").mkdir()
        (folder / "data").mkdir()
        shutil.chown(folder / "data", "postfix")
        _configure_postfix(folder, addresses, {listener: ports[listener.name] for listener in listeners}, certificates)
        _configure_dovecot(folder)
        # Creates the queue's folders, which hold the socket that Dovecot is to open.
        subprocess.run([processes.find("postfix") or "postfix", "-c", folder, "check"], check=True, capture_output=True)
        dovecot = processes.find("dovecot") or "dovecot"
        servers.enter_context(
            processes.background([dovecot, "-F", "-c", folder / "dovecot.conf"], log=folder / "dovecot.out")
        )
        wait_for((folder / "queue/private/auth").is_socket, "Dovecot's authentication socket")
        master = Path(_postconf("daemon_directory")) / "master"
        argv: list[str | Path] = [*within, master, "-c", folder, "-d"]
        process = servers.enter_context(processes.background(argv, log=folder / "master.out"))
        # master opens its ports before it writes this file.
        wait_for((folder / "queue/pid/master.pid").exists, "Postfix")
        for port in () if within else ports.values():
            processes.wait_for_port(process, "127.0.0.1", port, folder / "master.out")
        yield MailServer(certificates, ports, Maildirs(folder / "mail"), folder / "mail.log")


def _postconf(parameter: str) -> str:
    postconf = processes.find("postconf") or "postconf"
    return subprocess.run([postconf, "-d", "-h", parameter], check=True, capture_output=True, text=True).stdout.strip()


def _configure_postfix(
    folder: Path, addresses: Sequence[str], ports: Mapping[Listener, int], certificates: Certificates
) -> None:
    largest = max(listener.size_limit for listener in ports)
    (folder / "main.cf").write_text(
        f"""\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
myhostname = {HOST_NAME}
mydestination =
mynetworks = 127.0.0.1/32
inet_interfaces = all
smtp_bind_address = 127.0.0.1
alias_maps =
alias_database =
local_recipient_maps =

smtpd_peername_lookup = no
smtp_dns_support_level = disabled
disable_dns_lookups = yes
default_transport = discard:
relay_transport = discard:

virtual_mailbox_domains = {DOMAIN}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/mailboxes
virtual_mailbox_limit = 0
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
message_size_limit = {largest}

smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_sender_login_maps = texthash:{folder}/senders
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_sender_restrictions = reject_authenticated_sender_login_mismatch
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
smtpd_tls_loglevel = 1
"""
    )
    (folder / "mailboxes").write_text("".join(f"{box.address} {box.address}/\n" for box in MAILBOXES))
    (folder / "senders").write_text("".join(f"{box.address} {box.address}\n" for box in MAILBOXES))
    services = [
        f"{_bracketed(address)}:{port} inet n - n - - smtpd{_options(listener, certificates)}"
        for listener, port in ports.items()
        for address in addresses
    ]
    (folder / "master.cf").write_text("\n".join([*services, *_SERVICES]) + "\n")


_SERVICES = (
    "cleanup unix n - n - 0 cleanup",
    "qmgr unix n - n 300 1 qmgr",
    "tlsmgr unix - - n 1000? 1 tlsmgr",
    "rewrite unix - - n - - trivial-rewrite",
    "bounce unix - - n - 0 bounce",
    "defer unix - - n - 0 bounce",
    "trace unix - - n - 0 bounce",
    "proxymap unix - - n - - proxymap",
    "error unix - - n - - error",
    "retry unix - - n - - error",
    "discard unix - - n - - discard",
    "virtual unix - n n - - virtual",
    "anvil unix - - n - 1 anvil",
    "postlog unix-dgram n - n - 1 postlogd",
)
"""What smtpd leans on; none is in a chroot, and nothing picks up locally submitted mail."""


def _options(listener: Listener, certificates: Certificates) -> str:
    forced_tls = listener.security == "starttls" and listener.auth == "after-tls"
    settings = {
        "smtpd_tls_security_level": "none" if listener.security == "none" else "encrypt" if forced_tls else "may",
        "smtpd_tls_wrappermode": _yes_no(listener.security == "tls"),
        "smtpd_tls_chain_files": str(certificates.key_and_chain(listener.certificate)),
        "smtpd_sasl_auth_enable": _yes_no(listener.auth != "never"),
        "smtpd_tls_auth_only": _yes_no(listener.auth == "after-tls"),
        "smtpd_sasl_mechanism_filter": ", ".join(listener.mechanisms),
        "message_size_limit": str(listener.size_limit),
    }
    return "".join(f"\n  -o {{ {name} = {value} }}" for name, value in settings.items())


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _configure_dovecot(folder: Path) -> None:
    # Base64, because the passwd-file format gives a colon a meaning of its own.
    users = [f"{box.address}:{{PLAIN.b64}}{base64.b64encode(box.password.encode()).decode()}" for box in MAILBOXES]
    (folder / "users").write_text("\n".join(users) + "\n")
    (folder / "dovecot.conf").write_text(
        f"""\
protocols =
ssl = no
base_dir = {folder}/dovecot
state_dir = {folder}/dovecot
log_path = {folder}/dovecot.log
auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256
auth_failure_delay = 0
disable_plaintext_auth = no
passdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home=/nonexistent
}}
service auth {{
  unix_listener {folder}/queue/private/auth {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}
# Without this listener Dovecot does not make an address wait longer after each refused password.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""
    )
