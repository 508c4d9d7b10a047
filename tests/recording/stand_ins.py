"""Stand-ins for the programs of real images: scripts that write where the real ones write, or do nothing.

Java's archives hold the time at which they were made, so two of them differ; the others write the same bytes again.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any


def programs() -> dict[str, str]:
    """The sections of programs.txt: the names of a program, and its script."""
    text = Path(__file__).with_name("programs.txt").read_text(encoding="utf-8")
    sections = [section.split("\n", 1) for section in re.split(r"^### ", text, flags=re.MULTILINE)[1:]]
    return {name: f"#!/bin/sh\n{script.strip()}\n" for names, script in sections for name in names.split()}


USERS = {
    "root": (0, "/root"),
    "www-data": (33, "/var/www"),
    "nginx": (101, "/nonexistent"),
    "postgres": (999, "/var/lib/postgresql"),
    "node": (1000, "/home/node"),
    "app": (1654, "/home/app"),
    "nonroot": (65532, "/home/nonroot"),
    "nobody": (65534, "/"),
}
PASSWD = "".join(f"{name}:x:{number}:{number}::{home}:/bin/sh\n" for name, (number, home) in USERS.items())
GROUP = "".join(f"{name}:x:{number}:\n" for name, (number, _) in USERS.items())


def files() -> dict[str, Any]:
    """What stands on the busybox base of every image."""
    return {
        **{f"bin/{name}": {"content": script, "mode": "755"} for name, script in programs().items()},
        "etc/passwd": PASSWD,
        "etc/group": GROUP,
    }


# What some images declare, as their own Dockerfiles do: without it a text that uses it would mean something else.
CHANGES = {
    "node": ["ENV NODE_VERSION=22.21.1", 'ENTRYPOINT ["docker-entrypoint.sh"]', 'CMD ["node"]'],
    "python": ["ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8", 'CMD ["python3"]'],
    "golang": ["ENV GOPATH=/go PATH=/go/bin:/usr/local/go/bin:/usr/local/bin:/usr/bin:/bin", "WORKDIR /go"],
    "rust": ["ENV CARGO_HOME=/usr/local/cargo PATH=/usr/local/cargo/bin:/usr/local/bin:/usr/bin:/bin"],
    "ruby": ["ENV GEM_HOME=/usr/local/bundle BUNDLE_SILENCE_ROOT_WARNING=1", 'CMD ["irb"]'],
    "php": ["ENV PHP_INI_DIR=/usr/local/etc/php", "WORKDIR /var/www/html"],
    "nginx": ["EXPOSE 80", "STOPSIGNAL SIGQUIT", 'CMD ["nginx", "-g", "daemon off;"]'],
    "mcr.microsoft.com/dotnet/aspnet": ["ENV APP_UID=1654 ASPNETCORE_HTTP_PORTS=8080"],
    "mcr.microsoft.com/dotnet/sdk": ["ENV APP_UID=1654"],
    "postgres": ["ENV PGDATA=/var/lib/postgresql/data", "VOLUME /var/lib/postgresql/data"],
    "gcr.io/distroless/static-debian12": ["USER 65532"],
}


def image(reference: str) -> dict[str, Any]:
    """An image's stand-in, as the recorder takes it."""
    return {"files": files(), "changes": CHANGES.get(reference.rpartition(":")[0] or reference, [])}
