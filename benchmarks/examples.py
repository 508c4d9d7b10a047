"""Dockerfiles of any length, for the benchmarks."""

from __future__ import annotations

from layerlib import Project

FILES = {"app.py": "print(1)\n", "requirements.txt": "numpy\n", ".dockerignore": "Dockerfile\n"}
# What a long Dockerfile is made of; {0} counts. Fifty variables and fifty labels are set again and again.
LINES = ["RUN echo {0}", "COPY app.py /a{0}/", "WORKDIR /w{0}", "ENV A{1}=x{0}", "RUN pip install -r requirements.txt",
         "LABEL l{1}=b{0}", "COPY . /all{0}", "USER u{1}"]  # fmt: skip


def lines(count: int) -> list[str]:
    """A Dockerfile of so many instructions."""
    return ["FROM python"] + [LINES[n % len(LINES)].format(n, n % 50) for n in range(count - 1)]


def project(count: int, edited: bool = False) -> Project:
    text = lines(count)
    if edited:
        text[count // 2] = "RUN edited"
    return Project.from_files(FILES, "\n".join(text) + "\n")


def stages(count: int) -> Project:
    """So many stages; each copies from the two above it."""
    text = ["FROM python AS s0", "WORKDIR /w", "RUN make", "COPY app.py /w/0"]
    for n in range(1, count):
        text += [f"FROM python AS s{n}", "WORKDIR /w", f"COPY --from=s{n - 1} /w/{n - 1} /w/{n}"]
        text += [f"COPY --from=s{max(n - 2, 0)} /w /old", f"RUN step {n}"]
    return Project.from_files(FILES, "\n".join(text) + "\n")
