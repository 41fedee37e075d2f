"""A third mail server, unrelated to Postfix and Exim: npm's smtp-server."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.integration.parts import processes
from tests.integration.parts.cache import NODE_MODULES, node
from tests.integration.parts.certificates import Certificates
from tests.integration.parts.mail_server import LISTENERS, Listener, MailServer, assign_ports
from tests.integration.parts.mailboxes import DOMAIN, HOST_NAME, MAILBOXES
from tests.integration.parts.maildir import Maildirs
from tests.integration.parts.ports import loopback_addresses

_PROGRAM = Path(__file__).with_suffix(".js")


def available() -> str | None:
    """None, or what is missing."""
    if not (NODE_MODULES / "smtp-server").is_dir():
        return f"npm's smtp-server is not in {NODE_MODULES}: .ci/run installs it"
    return None if node() else processes.missing("nodejs", "node")


@contextlib.contextmanager
def running(listeners: Sequence[Listener] = LISTENERS) -> Iterator[MailServer]:
    """Start it, and yield when every port answers.

    It names AUTH before TLS too, and answers 538 to it on a listener whose `auth` is `after-tls`.
    """
    ports = assign_ports(listeners)
    with processes.server_folder("third") as folder:
        certificates = Certificates(folder)
        (folder / "mail").mkdir()
        settings = {
            "name": HOST_NAME,
            "domain": DOMAIN,
            "mail": str(folder / "mail"),
            "users": {box.address: box.password for box in MAILBOXES},
            "addresses": loopback_addresses(),
            "listeners": [
                {
                    **dataclasses.asdict(listener),
                    "port": ports[listener.name],
                    "certificate": str(certificates.key_and_chain(listener.certificate)),
                }
                for listener in listeners
            ],
        }
        (folder / "settings.json").write_text(json.dumps(settings))
        log = folder / "node.log"
        with processes.background(
            [node() or "node", _PROGRAM, folder / "settings.json"],
            log=log,
            env={**os.environ, "NODE_PATH": str(NODE_MODULES)},
        ) as process:
            for port in ports.values():
                processes.wait_for_port(process, "127.0.0.1", port, log)
            yield MailServer(certificates, ports, Maildirs(folder / "mail"), log)
