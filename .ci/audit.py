"""Look up every pinned package in the databases of known vulnerabilities, with pip-audit.

    python .ci/audit.py requirements.lock ...

The exit status is 0 if all packages were looked up and none is known to be vulnerable, 1 if one is, and 2 if a database
could not be reached, so that nothing is known.
"""

from __future__ import annotations

import json
import subprocess
import sys


def audit(lock: str, service: str) -> tuple[list[str], str]:
    """The known vulnerabilities of a lock's packages, a line each, and why some could not be looked up, or ""."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner=off"]
    done = subprocess.run([*command, "--format=json", "-s", service, "-r", lock], capture_output=True, text=True)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return [], (done.stderr.strip().splitlines() or ["no answer"])[-1]
    lines = [
        f"{lock}: {package['name']} {package['version']}: {vulnerability['id']}, {fixed(vulnerability['fix_versions'])}"
        for package in packages
        for vulnerability in package.get("vulns", ())
    ]
    return lines, next((package["skip_reason"] for package in packages if "skip_reason" in package), "")


def fixed(versions: list[str]) -> str:
    """Which versions have a fix, in words."""
    return f"fixed in {', '.join(versions)}" if versions else "not fixed yet"


def main() -> int:
    """Audit the locks that the command line names."""
    vulnerable = unknown = False
    for lock in sys.argv[1:]:
        for service in ("pypi", "osv"):
            lines, reason = audit(lock, service)
            if not reason:
                break
        vulnerable |= bool(lines)
        unknown |= bool(reason)
        for line in lines:
            print(line)
        if reason:
            print(f"{lock}: NOT CHECKED, no database of known vulnerabilities can be reached from here. {reason}")
        elif not lines:
            print(f"{lock}: no known vulnerability ({service})")
    return 1 if vulnerable else 2 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
