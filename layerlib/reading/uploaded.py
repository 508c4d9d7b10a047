"""A project out of uploaded files: loose ones, or a whole folder as a .zip or .tar archive."""

from __future__ import annotations

import io
import posixpath
import stat
from collections.abc import Iterator, Mapping

from .errors import ContextError
from .file import File
from .paths import clean
from .project import Project

LARGEST = 200_000_000
"""Bytes that an archive may hold. More would not fit into a small machine's memory."""


def project_of(uploads: Mapping[str, bytes]) -> Project:
    """The project that some uploads hold, by their names: archives are unpacked, other files lie beside each other.

    A folder that holds everything is left out, as is a link or device that leads out. The Dockerfile may be missing;
    then its text is empty.

    Raises ContextError for an archive that cannot be read, or that holds more than `LARGEST` bytes.
    """
    files: dict[str, File] = {}
    for name, data in uploads.items():
        if name.lower().endswith(".zip"):
            files.update(_below_the_top(_zipped(name, data)))
        elif name.lower().endswith((".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")):
            files.update(_below_the_top(_tarred(name, data)))
        else:
            files[posixpath.basename(name)] = File(data)
    name = posixpath.splitext(next(iter(uploads), "project"))[0].removesuffix(".tar")
    if "Dockerfile" not in files and "dockerfile" not in files:
        files["Dockerfile"] = File(b"")
    return Project.from_files(files, name=name)


def _below_the_top(entries: Iterator[tuple[str, File]]) -> dict[str, File]:
    """The entries, less a folder that holds all of them, and less macOS's own notes."""
    found = {path: file for path, file in entries if path and not path.startswith("__MACOSX/")}
    top = next(iter(found), "").partition("/")[0]
    if found.keys() - {top} and all(path == top or path.startswith(f"{top}/") for path in found):
        return {path.removeprefix(f"{top}/"): file for path, file in found.items() if path != top}
    return found


def _zipped(name: str, data: bytes) -> Iterator[tuple[str, File]]:
    import zipfile
    import zlib

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _refuse_large(name, sum(entry.file_size for entry in entries))
            for entry in entries:
                mode = entry.external_attr >> 16  # 0 where the archive was made on Windows
                if entry.is_dir():
                    yield clean(entry.filename), File(kind="folder", mode=stat.S_IMODE(mode) or 0o755)
                elif stat.S_ISLNK(mode):
                    yield clean(entry.filename), File(kind="link", mode=0o777, target=archive.read(entry).decode())
                else:
                    yield clean(entry.filename), File(archive.read(entry), stat.S_IMODE(mode) or 0o644)
    except ContextError:
        raise
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as error:
        raise ContextError(f"{name} cannot be unpacked: {error}. Make the archive again, without a password.") from None


def _tarred(name: str, data: bytes) -> Iterator[tuple[str, File]]:
    import lzma
    import tarfile
    import zlib

    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            size = 0
            for entry in archive:
                size += entry.size
                _refuse_large(name, size)
                if entry.isdir():
                    yield clean(entry.name), File(kind="folder", mode=entry.mode)
                elif entry.issym():
                    yield clean(entry.name), File(kind="link", mode=0o777, target=entry.linkname)
                elif stream := archive.extractfile(entry):
                    yield clean(entry.name), File(stream.read(), entry.mode)
    except (tarfile.TarError, EOFError, OSError, KeyError, zlib.error, lzma.LZMAError) as error:
        raise ContextError(f"{name} cannot be unpacked: {error}. Make the archive again.") from None


def _refuse_large(name: str, size: int) -> None:
    if size > LARGEST:
        raise ContextError(
            f"{name} holds more than {LARGEST // 1_000_000} MB. Leave out what is not copied, such as .git and "
            "node_modules, or name the folder instead."
        )
