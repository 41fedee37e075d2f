"""Reads the data files, strictly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from smtpwizard.knowledge.decode import DataFileError, Fault, fault, read_toml
from smtpwizard.knowledge.index import build_sign_index
from smtpwizard.knowledge.likeness import learn
from smtpwizard.knowledge.load import Sections
from smtpwizard.model.cause import Cause
from smtpwizard.model.hosting import Hosting
from smtpwizard.model.provider import Provider
from smtpwizard.model.software import Software
from smtpwizard.model.stage import Stage
from smtpwizard.model.target import Target
from smtpwizard.model.tool import Tool
from smtpwizard.model.tree import StageTree

T = TypeVar("T", bound=msgspec.Struct)


class ToolFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of tools."""

    tool: tuple[Tool, ...]


class InterceptorFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of products that replace certificates."""

    name: tuple[str, ...]
    """What stands in the issuer, as the product writes it."""


class HostingFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of hosting companies that close ports of mail."""

    hosting: tuple[Hosting, ...]


class SoftwareFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of server software."""

    software: tuple[Software, ...]


def parse(data: Path, *, stamp: str = "") -> Sections:
    """Read every data file.

    Raises:
        DataFileError: as `load_knowledge`.
    """
    faults: list[Fault] = []
    providers = _folder(data / "providers", Provider, faults, _with_id)
    causes = _folder(data / "causes", Cause, faults, _with_id)
    tree = _folder(data / "tree", StageTree, faults, _with_stage)
    targets = _folder(data / "targets", Target, faults, _with_id)
    tool_file = read_toml(data / "tools.toml", ToolFile, faults)
    interceptors = read_toml(data / "interceptors.toml", InterceptorFile, faults)
    hosting = read_toml(data / "hosting.toml", HostingFile, faults)
    software = read_toml(data / "software.toml", SoftwareFile, faults)
    if faults:
        raise DataFileError("knowledge files", faults)
    tools = {tool.id: tool for tool in tool_file.tool} if tool_file else {}
    encode = msgspec.msgpack.encode
    return Sections(
        stamp=stamp,
        providers=memoryview(encode(providers)),
        causes=memoryview(encode(causes)),
        stages=memoryview(encode({cause_id: cause.stage for cause_id, cause in causes.items()})),
        rivals=memoryview(encode({key: cause.confused_with for key, cause in causes.items() if cause.confused_with})),
        tree=memoryview(encode(tree)),
        targets=memoryview(encode(targets)),
        tools=memoryview(encode(tools)),
        interceptors=memoryview(encode(interceptors.name if interceptors else ())),
        hosting=memoryview(encode(hosting.hosting if hosting else ())),
        software=memoryview(encode(software.software if software else ())),
        hosts=memoryview(encode(sorted({e.host for provider in providers.values() for e in provider.endpoint}))),
        signs=memoryview(encode(build_sign_index(causes, providers, tools))),
        likeness=memoryview(encode(learn(causes.values()))),
    )


def _with_id(value: T, name: str) -> T:
    return msgspec.structs.replace(value, id=name)


def _with_stage(value: T, name: str) -> T:
    return msgspec.structs.replace(value, stage=Stage(name))


def _folder(folder: Path, kind: type[T], faults: list[Fault], named: Callable[[T, str], T]) -> dict[str, T]:
    entries: dict[str, T] = {}
    for path in sorted(folder.glob("*.toml")):
        value = read_toml(path, kind, faults)
        if value is None:
            continue
        try:
            entries[path.stem] = named(value, path.stem)
        except ValueError:
            faults.append(fault(path, f"{path.stem!r} is no stage; the file's name must be one"))
    return entries
