"""Loads the knowledge from an index that follows from the data files, and parses those only where it must."""

from __future__ import annotations

import contextlib
import mmap
import os
import zlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import msgspec

from smtpwizard import __version__
from smtpwizard.model.stage import Stage

if TYPE_CHECKING:
    from smtpwizard.knowledge.index import SignIndex
    from smtpwizard.knowledge.likeness import Likeness
    from smtpwizard.model.cause import Cause
    from smtpwizard.model.hosting import Hosting
    from smtpwizard.model.provider import Provider
    from smtpwizard.model.software import Software
    from smtpwizard.model.target import Target
    from smtpwizard.model.tool import Tool
    from smtpwizard.model.tree import StageTree

DATA: Final = Path(__file__).parent
CODE: Final = (DATA, DATA.parent / "model")
"""What builds the index, and the structs that it holds."""
FOLDERS: Final = ("causes", "providers", "targets", "tree")
INDEX_NAME: Final = "index.msgpack"
_CHECKSUM: Final = 4
"""Octets at the end of an index in the cache folder: a machine that dies while it is written leaves anything there."""

T = TypeVar("T", bound=msgspec.Struct)


class Sections(msgspec.Struct, frozen=True):
    """The parts of the index, each encoded by itself: only those that are asked for are looked at."""

    stamp: str
    providers: memoryview
    causes: memoryview
    stages: memoryview
    rivals: memoryview
    tree: memoryview
    targets: memoryview
    tools: memoryview
    interceptors: memoryview
    hosting: memoryview
    software: memoryview
    hosts: memoryview
    signs: memoryview
    likeness: memoryview


class Entries(Mapping[str, T], Generic[T]):
    """Entries by id, each decoded when it is first asked for: few are, out of many."""

    def __init__(self, raw: dict[str, msgspec.Raw], kind: type[T]) -> None:
        self._raw = raw
        self._kind = kind
        self._decoded: dict[str, T] = {}

    def __getitem__(self, key: str) -> T:
        if key not in self._decoded:
            self._decoded[key] = msgspec.msgpack.decode(self._raw[key], type=self._kind)
        return self._decoded[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)

    def __contains__(self, key: object) -> bool:
        return key in self._raw


class Knowledge:
    """What is known. Each part is decoded when it is first asked for, and its types imported then."""

    def __init__(self, sections: Sections) -> None:
        self._sections = sections

    @cached_property
    def providers(self) -> Mapping[str, Provider]:
        """By id."""
        from smtpwizard.model.provider import Provider

        return self._entries(self._sections.providers, Provider)

    @cached_property
    def causes(self) -> Mapping[str, Cause]:
        """By id."""
        from smtpwizard.model.cause import Cause

        return self._entries(self._sections.causes, Cause)

    @staticmethod
    def _entries(section: memoryview, kind: type[T]) -> Entries[T]:
        return Entries(msgspec.msgpack.decode(_taken(section), type=dict[str, msgspec.Raw]), kind)

    @cached_property
    def stages(self) -> Mapping[str, Stage]:
        """The stage at which each cause usually shows."""
        return msgspec.msgpack.decode(_taken(self._sections.stages), type=dict[str, Stage])

    @cached_property
    def rivals(self) -> Mapping[str, tuple[str, ...]]:
        """For each cause those that often hide behind the same words, likeliest first."""
        return msgspec.msgpack.decode(_taken(self._sections.rivals), type=dict[str, tuple[str, ...]])

    @cached_property
    def tree(self) -> Mapping[Stage, StageTree]:
        """By stage."""
        from smtpwizard.model.tree import StageTree

        return msgspec.msgpack.decode(_taken(self._sections.tree), type=dict[Stage, StageTree])

    @cached_property
    def targets(self) -> Mapping[str, Target]:
        """By id."""
        from smtpwizard.model.target import Target

        return self._entries(self._sections.targets, Target)

    @cached_property
    def tools(self) -> Mapping[str, Tool]:
        """By id."""
        from smtpwizard.model.tool import Tool

        return msgspec.msgpack.decode(_taken(self._sections.tools), type=dict[str, Tool])

    @cached_property
    def interceptors(self) -> tuple[str, ...]:
        """Names by which products that replace certificates sign themselves as issuer."""
        return msgspec.msgpack.decode(_taken(self._sections.interceptors), type=tuple[str, ...])

    @cached_property
    def hosts(self) -> tuple[str, ...]:
        """Every host at which a provider takes mail."""
        return msgspec.msgpack.decode(_taken(self._sections.hosts), type=tuple[str, ...])

    @cached_property
    def hosting(self) -> tuple[Hosting, ...]:
        """Hosting companies that close ports of mail."""
        from smtpwizard.model.hosting import Hosting

        return msgspec.msgpack.decode(_taken(self._sections.hosting), type=tuple[Hosting, ...])

    @cached_property
    def software(self) -> tuple[Software, ...]:
        """Server software, and how it greets."""
        from smtpwizard.model.software import Software

        return msgspec.msgpack.decode(_taken(self._sections.software), type=tuple[Software, ...])

    @cached_property
    def signs(self) -> SignIndex:
        """All signs, filed by what they look for."""
        from smtpwizard.knowledge.index import SignIndex

        return msgspec.msgpack.decode(_taken(self._sections.signs), type=SignIndex)

    @cached_property
    def likeness(self) -> Likeness:
        """How much each word speaks for each cause, where no sign knows the wording."""
        from smtpwizard.knowledge.likeness import Likeness

        return msgspec.msgpack.decode(_taken(self._sections.likeness), type=Likeness)


def load_knowledge(*, folder: Path | None = None) -> Knowledge:
    """Load the knowledge that comes with the program, or that of another folder laid out alike.

    The index beside the data files (built with the wheel) or in the cache folder serves where it still fits them.

    Raises:
        DataFileError: a file cannot be read, or has an unknown, missing or ill-typed key. All faults are listed.
    """
    data = folder or DATA
    exact, rough = _stamps(data)
    sections = None
    if folder is None and not (DATA.parent.parent / "pyproject.toml").exists():
        sections = _read_index(DATA / INDEX_NAME, rough)
    if sections is None:
        cached = _cache_folder() / f"knowledge-{zlib.crc32(os.fsencode(data)):08x}.msgpack"
        sections = _read_index(cached, exact, ours=True)
        if sections is None:
            from smtpwizard.knowledge.parse import parse

            sections = parse(data, stamp=exact)
            _write_index(cached, sections)
    return Knowledge(sections)


def build_index(data: Path) -> bytes:
    """The index that is shipped in the wheel.

    Raises:
        DataFileError: as `load_knowledge`.
    """
    from smtpwizard.knowledge.parse import parse

    _, rough = _stamps(data)
    return msgspec.msgpack.encode(parse(data, stamp=rough))


def _stamps(data: Path) -> tuple[str, str]:
    """What tells whether an index still fits: exact by times of change, rough by sizes, which installing keeps."""
    exact, rough = [__version__], [__version__]
    for folder in (data, *(data / name for name in FOLDERS)):
        for name, status in _files(folder, ".toml"):
            rough.append(f"{folder.name}/{name} {status.st_size}")
            exact.append(f"{rough[-1]} {status.st_mtime_ns}")
    for folder in CODE:
        for name, status in _files(folder, ".py"):
            exact.append(f"{folder.name}/{name} {status.st_size} {status.st_mtime_ns}")
    return "\n".join(exact), "\n".join(rough)


def _files(folder: Path, suffix: str) -> list[tuple[str, os.stat_result]]:
    try:
        with os.scandir(folder) as entries:
            found = [(entry.name, entry.stat()) for entry in entries if entry.name.endswith(suffix) and entry.is_file()]
    except OSError:
        return []
    return sorted(found, key=lambda pair: pair[0])


def _cache_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("smtpwizard", appauthor=False)


def _read_index(path: Path, stamp: str, *, ours: bool = False) -> Sections | None:
    """The index in a file, unless it fits no more or is damaged; `ours` is what `_write_index` wrote."""
    try:
        # Mapped, not read: most parts are never needed. The file is replaced by renaming, never written over.
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        index = memoryview(mapped)
        if ours:
            index, written = index[:-_CHECKSUM], index[-_CHECKSUM:]
            if zlib.crc32(index).to_bytes(_CHECKSUM, "big") != written:
                return None
        sections = msgspec.msgpack.decode(index, type=Sections)
        _let_go(mapped)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
    return sections if sections.stamp == stamp else None


def _taken(section: memoryview) -> bytes:
    """A part of the index by itself, so that the others need not stay in memory along with it."""
    part = bytes(section)
    _let_go(section.obj)
    return part


def _let_go(source: object) -> None:
    """Give back the memory of a mapped file; what is looked at again is there again."""
    if isinstance(source, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        source.madvise(mmap.MADV_DONTNEED)


def _write_index(path: Path, sections: Sections) -> None:
    import tempfile

    # A cache that cannot be written costs time at the next start and nothing else.
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                index = msgspec.msgpack.encode(sections)
                file.write(index + zlib.crc32(index).to_bytes(_CHECKSUM, "big"))
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
