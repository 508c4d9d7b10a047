"""Archives that ADD unpacks.

Sources: BuildKit, solver/llbsolver/file/unpack.go, and moby/go-archive; recorded.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Set
from typing import TYPE_CHECKING

from ...reading.errors import ContextError
from ...reading.file import File
from ...reading.paths import clean

if TYPE_CHECKING:
    from tarfile import TarFile, TarInfo


def unpacked(file: File) -> Mapping[str, File] | None:
    """What ADD makes of a tar archive, plain or compressed; None if the file is not one, or holds nothing.

    Raises ContextError for one that begins well and cannot be unpacked.
    """
    if file.kind != "file" or file.opaque_id or not file.size:
        return None
    import io  # these take a while to load, and few Dockerfiles need them
    import lzma
    import tarfile
    import zlib

    broken = (tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError)
    begun = False
    try:
        with tarfile.open(fileobj=io.BytesIO(file.read())) as archive:
            begun = archive.next() is not None
            members = [member for member in archive if clean(member.name) and not member.isdev()]
            linked = {member.linkname for member in members if member.islnk()}
            return {_path(member): _entry(archive, member, linked) for member in members} if begun else None
    except broken as error:
        if begun:
            raise ContextError(f"the archive ends too early or is damaged: {error}") from None
        return None


def _path(member: TarInfo) -> str:
    """Where an entry goes, below the destination."""
    path = posixpath.normpath(member.name)
    if path == ".." or path.startswith("../"):
        raise ContextError(f"invalid entry name: {member.name!r} in the archive leads out of it")
    return clean(path)


def _entry(archive: TarFile, member: TarInfo, linked: Set[str]) -> File:
    uid, gid = str(member.uid), str(member.gid)
    if member.isdir():
        return File(kind="folder", mode=member.mode, uid=uid, gid=gid)
    if member.issym():
        return File(kind="link", mode=0o777, target=member.linkname, uid=uid, gid=gid)
    stream = archive.extractfile(member)
    first = member.linkname if member.islnk() else member.name
    inode = f"archive {first}" if first in linked else ""
    return File(stream.read() if stream else b"", member.mode, uid=uid, gid=gid, inode=inode)
