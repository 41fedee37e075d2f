"""Builds the real adapters and plugs them in."""

from __future__ import annotations

from smtpwizard.knowledge.load import Knowledge
from smtpwizard.model.check import Options
from smtpwizard.model.ports import Ports


def real_ports(knowledge: Knowledge, options: Options) -> Ports:
    """The outside world as this machine has it.

    Raises:
        UsageError: the name server or the CA file of the options cannot be used.
    """
    from smtpwizard.net.clock import SystemClock
    from smtpwizard.net.dns import DnsResolver, parse_nameserver
    from smtpwizard.net.network import SocketNetwork
    from smtpwizard.net.vault import KeyringVault

    if options.ca_file is not None:
        from smtpwizard.net.tls import check_ca_file

        check_ca_file(options.ca_file)
    nameserver = parse_nameserver(options.nameserver) if options.nameserver is not None else None
    return Ports(DnsResolver(nameserver), SocketNetwork(knowledge.interceptors), KeyringVault(), SystemClock())
