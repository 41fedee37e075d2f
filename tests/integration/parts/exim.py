"""A real Exim, run from its unpacked Debian packages, because installing it would remove Postfix.

It is laid over the system in a mount namespace of its own; nothing outside that namespace changes.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from tests.integration.parts import processes
from tests.integration.parts.cache import EXIM_ROOT
from tests.integration.parts.certificates import Certificates
from tests.integration.parts.mail_server import LISTENERS, Listener, MailServer, assign_ports
from tests.integration.parts.mailboxes import DOMAIN, HOST_NAME, MAILBOXES
from tests.integration.parts.maildir import Maildirs
from tests.integration.parts.ports import loopback_addresses

_START = """
set -e
folder=$1 unpacked=$2
mount -t tmpfs tmpfs "$folder/overlay"
cd "$folder/overlay"
mkdir upper work system
cp -a "$unpacked/." upper/
mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work system
mount -t proc proc system/proc
mount --rbind /dev system/dev
mkdir -p "system$folder/shared"
mount --bind "$folder/shared" "system$folder/shared"
chroot system groupadd --system Debian-exim
chroot system useradd --system --gid Debian-exim --home-dir /var/spool/exim4 Debian-exim
chroot system install -d -o Debian-exim -g Debian-exim /var/spool/exim4 "$folder/shared/log"
install -m 644 "$folder/exim4.conf" system/etc/exim4/exim4.conf
exec chroot system /usr/sbin/exim4 -bdf
"""
"""Run as root in new mount and process namespaces: makes the overlay and the user, then becomes Exim."""


def available() -> str | None:
    """None, or what is missing."""
    if not (EXIM_ROOT / "usr/sbin/exim4").exists():
        return f"no unpacked Exim in {EXIM_ROOT}: .ci/run fetches it"
    return processes.missing("util-linux", "unshare", "mount", root=True)


@contextlib.contextmanager
def running(listeners: Sequence[Listener] = LISTENERS) -> Iterator[MailServer]:
    """Start it, and yield when every port answers."""
    ports = assign_ports(listeners)
    with processes.server_folder("exim") as folder:
        shared = folder / "shared"
        (folder / "overlay").mkdir()
        for name in ("certificates", "mail", "log"):
            (shared / name).mkdir(parents=True)
        shutil.chown(shared / "mail", "nobody", "nogroup")
        certificates = Certificates(shared / "certificates")
        for listener in listeners:
            # Exim reads the key only after it has become its own user.
            certificates.key_and_chain(listener.certificate).chmod(0o644)
        by_port = {ports[listener.name]: listener for listener in listeners}
        (folder / "exim4.conf").write_text(_configuration(shared, by_port, certificates))
        namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
        with processes.background(
            [*namespaces, "sh", "-c", _START, "sh", folder, EXIM_ROOT],
            log=folder / "exim.out",
            env={**os.environ, "PATH": processes.SYSTEM_PATH},
        ) as process:
            for port in ports.values():
                processes.wait_for_port(process, "127.0.0.1", port, folder / "exim.out")
            yield MailServer(certificates, ports, Maildirs(shared / "mail"), shared / "log/mainlog")


def _configuration(shared: Path, by_port: Mapping[int, Listener], certificates: Certificates) -> str:
    def ports(chosen: Callable[[Listener], bool]) -> str:
        return " : ".join(str(port) for port, listener in by_port.items() if chosen(listener))

    def value(of: Callable[[Listener], object]) -> str:
        table = " ".join(f"port{port}={of(listener)}" for port, listener in by_port.items())
        return f"${{extract{{port$received_port}}{{{table}}}}}"

    interfaces = " ; ".join(f"[{address}]:{port}" for port in by_port for address in loopback_addresses())
    auth = {"always": "yes", "never": "no", "after-tls": "${if def:tls_in_cipher{yes}{no}}"}
    certificate = value(lambda listener: certificates.key_and_chain(listener.certificate))
    users = " ".join(f"{box.address}={hashlib.sha256(box.password.encode()).hexdigest()}" for box in MAILBOXES)
    local_parts = " : ".join(box.address.partition("@")[0] for box in MAILBOXES)
    right_password = (
        "${{if eqi{{${{sha256:{password}}}}}{{${{extract{{{user}}}{{{users}}}{{$value}}{{none}}}}}}{{yes}}{{no}}}}"
    )
    plain = right_password.format(user="$auth2", password="$auth3", users=users)
    login = right_password.format(user="$auth1", password="$auth2", users=users)
    return f"""\
primary_hostname = {HOST_NAME}
local_interfaces = <; {interfaces}
tls_on_connect_ports = {ports(lambda listener: listener.security == "tls")}
tls_advertise_hosts = ${{if inlist{{$received_port}}{{{ports(lambda listener: listener.security != "none")}}}{{*}}}}
tls_certificate = {certificate}
tls_privatekey = {certificate}
auth_advertise_hosts = ${{if bool{{{value(lambda listener: auth[listener.auth])}}}{{*}}}}
message_size_limit = {value(lambda listener: listener.size_limit)}
log_file_path = {shared}/log/%slog
host_lookup =
rfc1413_query_timeout = 0s
smtp_accept_max = 0
acl_smtp_mail = sender
acl_smtp_rcpt = recipient
acl_smtp_data = accept

begin acl
sender:
  deny  authenticated = *
        condition = ${{if !eqi{{$sender_address}}{{$authenticated_id}}}}
        message = sender address $sender_address is not owned by $authenticated_id
  accept
recipient:
  require message = relay not permitted
          domains = ${{if def:authenticated_id{{*}}{{{DOMAIN}}}}}
  require verify = recipient
  accept

begin routers
mailboxes:
  driver = accept
  domains = {DOMAIN}
  local_parts = {local_parts}
  transport = maildir
unknown:
  driver = redirect
  domains = {DOMAIN}
  allow_fail
  data = :fail: Unknown user
outside:
  driver = redirect
  data = :blackhole:

begin transports
maildir:
  driver = appendfile
  directory = {shared}/mail/$local_part_data@$domain_data
  maildir_format
  create_directory
  user = nobody
  group = nogroup

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = {plain}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = {login}
  server_set_id = $auth1
"""
