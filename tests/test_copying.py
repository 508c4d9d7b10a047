"""What COPY makes of files that nobody knows: it neither refuses them nor takes them for nothing."""

from __future__ import annotations

import pytest

from layerlib import BuildKit, ClassicBuilder, Project
from layerlib.building.files.chmod import permissions

Builder = type[BuildKit] | type[ClassicBuilder]
BOTH = pytest.mark.parametrize("builder", [BuildKit, ClassicBuilder])
FILES = {"app.py": "1", "b.py": "2"}


@BOTH
@pytest.mark.parametrize("copy", [
    "COPY --from=a /usr/local/bin/* /x/", "COPY --from=a --exclude=x /usr/local/lib /w",
    "COPY --from=a /src/target/*.jar app.jar", "COPY --from=a /src/*.jar /x/", "COPY --from=a /src/ /x/",
])  # fmt: skip
def test_the_size_of_unknown_files_is_unknown(builder: Builder, copy: str) -> None:
    text = f"FROM python AS a\nCOPY . /src/\nRUN make install\nFROM python\n{copy}\n"
    assert builder().build(Project.from_files(FILES, text)).history()[0].size is None


@BOTH
def test_a_wildcard_over_what_a_run_wrote_is_not_cached(builder: Builder) -> None:
    text = (
        "FROM maven AS build\nCOPY . /src/\nRUN mvn package\nFROM java\nCOPY --from=build /src/target/*.jar app.jar\n"
    )
    project, built = Project.from_files(FILES, text), builder()
    built.build(project)
    assert built.build(project).missed == ()
    assert [step.keyword for step in built.build(project.with_files({"app.py": "3"})).depending] == ["COPY"]


@BOTH
def test_an_unknown_path_may_be_a_folder(builder: Builder) -> None:
    text = (
        "FROM python AS build\nRUN make install\nFROM python AS b\nCOPY --from=build /install /opt/x\n"
        "COPY app.py /opt/x/bin/app.py\nFROM scratch\nCOPY --from=b /opt/x /y\n"
    )
    project, built = Project.from_files(FILES, text), builder()
    assert built.build(project).history()[0].size is None
    assert built.build(project.with_files({"app.py": "9"})).missed[-1].text.startswith("COPY --from=b")


@pytest.mark.parametrize(("chmod", "mode", "is_folder", "after"), [
    (0o755, 0o644, False, 0o755), ("u+x,go-rwx", 0o644, False, 0o700), ("+w", 0o644, False, 0o666),
    ("g=u", 0o644, False, 0o664), ("=rX", 0o644, False, 0o444), ("u=rwX,go=rX", 0o700, True, 0o755),
    ("u+w-x", 0o744, False, 0o644), ("o=u-w", 0o644, False, 0o644), ("u+s", 0o644, False, 0o4644),
    ("+t", 0o644, False, 0o1644), ("u=rwx,g=u,o=g", 0o644, False, 0o777), ("u+xX", 0o644, False, 0o744),
])  # fmt: skip
def test_permissions(chmod: int | str, mode: int, is_folder: bool, after: int) -> None:
    assert oct(permissions(chmod, mode, is_folder)) == oct(after)
