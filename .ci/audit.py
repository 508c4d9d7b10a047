"""Look every pinned package up in the databases of known vulnerabilities, with pip-audit.

    python .ci/audit.py requirements.lock ...

Ends with 0 if all packages were looked up and none is known as vulnerable, with 1 if one is, and with 2, saying so, if
a database could not be reached: then nothing is known.
"""

from __future__ import annotations

import json
import subprocess
import sys


def audit(lock: str, service: str) -> tuple[list[str], str]:
    """What is known of the packages of a lock, a line each, and why nothing is known of some, or an empty text."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner=off"]
    done = subprocess.run([*command, "--format=json", "-s", service, "-r", lock], capture_output=True, text=True)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return [], (done.stderr.strip().splitlines() or ["no answer"])[-1]
    found = [
        f"{lock}: {one['name']} {one['version']}: {bug['id']}, mended in {', '.join(bug['fix_versions']) or 'nothing'}"
        for one in packages
        for bug in one.get("vulns", ())
    ]
    return found, next((one["skip_reason"] for one in packages if "skip_reason" in one), "")


def main() -> int:
    """Audit the locks that the command line names."""
    vulnerable = unknown = False
    for lock in sys.argv[1:]:
        for service in ("pypi", "osv"):
            found, why = audit(lock, service)
            if not why:
                break
        vulnerable |= bool(found)
        unknown |= bool(why)
        print(*found, sep="\n", end="\n" if found else "")
        if why:
            print(f"{lock}: NOT CHECKED, no database of known vulnerabilities answers from here. {why}")
        elif not found:
            print(f"{lock}: nothing is known against it ({service})")
    return 1 if vulnerable else 2 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
