"""Archives that ADD unpacks.

Source: BuildKit, solver/llbsolver/file/unpack.go.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...reading.file import File
from ...reading.paths import clean


def unpacked(file: File) -> Mapping[str, File] | None:
    """What ADD makes of a tar archive, plain or compressed; None if the file is not one."""
    if file.kind != "file" or file.opaque_id or not file.size:
        return None
    import io  # these take a while to load, and few Dockerfiles need them
    import tarfile

    try:
        with tarfile.open(fileobj=io.BytesIO(file.read())) as archive:
            members: dict[str, File] = {}
            for member in archive.getmembers():
                if not (path := clean(member.name)):
                    continue
                uid, gid = str(member.uid), str(member.gid)
                if member.isdir():
                    members[path] = File(kind="folder", mode=member.mode, uid=uid, gid=gid)
                elif member.issym():
                    members[path] = File(kind="link", mode=0o777, target=member.linkname, uid=uid, gid=gid)
                elif member.isreg() and (stream := archive.extractfile(member)):
                    members[path] = File(stream.read(), member.mode, uid=uid, gid=gid)
            return members
    except (tarfile.TarError, EOFError, OSError):
        return None
