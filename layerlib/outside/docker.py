"""The `docker` command of this machine: is there an engine, and what does it answer?"""

from __future__ import annotations

import os
import subprocess
from itertools import takewhile

from ..reading.errors import LayerlibError

GET_DOCKER = "https://docs.docker.com/get-started/get-docker/"


class NoEngine(LayerlibError):
    """No Docker Engine can be used. The message says what to install, to start or to allow."""


def run(*words: str, data: bytes | None = None, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the docker command, however it ends. Raises NoEngine if there is none."""
    try:
        return subprocess.run(
            ["docker", *words], input=data, capture_output=True, env={**os.environ, **environment}, check=False
        )
    except FileNotFoundError:
        raise NoEngine(f"There is no docker command on the PATH: install Docker ({GET_DOCKER}).") from None
    except OSError as error:
        raise NoEngine(f"The docker command cannot be run here: {error}") from None


def answer(*words: str, data: bytes | None = None) -> bytes:
    """What the docker command prints. Raises LayerlibError if it fails, with its own last words."""
    done = run(*words, data=data)
    if done.returncode:
        called = " ".join(takewhile(lambda word: not word.startswith("-"), words))
        raise LayerlibError(f"docker {called} failed: {last_line(done.stderr)}")
    return done.stdout


def version() -> str:
    """The engine's version. Raises NoEngine if no engine answers."""
    done = run("version", "--format", "{{.Server.Version}}")
    if not done.returncode:
        return done.stdout.decode().strip()
    reason = last_line(done.stderr)
    if "permission denied" in reason:
        raise NoEngine(
            f"You do not have permission to use this machine's Docker: join the group docker, or use sudo. ({reason})"
        )
    raise NoEngine(f"Docker is installed, but no engine answers: start it. ({reason})")


def require_buildx() -> None:
    """Raise NoEngine if the docker command cannot build with BuildKit."""
    if run("buildx", "version").returncode:
        raise NoEngine(f"The docker command has no buildx plugin, which BuildKit needs: install it ({GET_DOCKER}).")


def store() -> str:
    """The engine's image store: "overlay2" or "containerd"."""
    status = answer("info", "--format", "{{.DriverStatus}}").decode()
    return "containerd" if "containerd.snapshotter" in status else "overlay2"


def last_line(text: bytes) -> str:
    """The last line that a docker command printed about a failure."""
    lines = [line.strip() for line in text.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1] if lines else "it gave no reason"
