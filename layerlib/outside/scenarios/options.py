"""What is said on the command line, and what happens to the cache and the images between two builds."""

from __future__ import annotations

from .draft import BASE, OTHER, Build, Draft, Draw


def moved_base(draft: Draft, draw: Draw) -> None:
    """A base image moves to other content, or to another config, before a later build."""
    spec = draw.one(
        [{"files": {"etc/moved": "1\n"}}, {"changes": ["ENV MOVED=1"]}, {"changes": ["WORKDIR /moved", "USER 1"]}]
    )
    draft.later.append(lambda build: build.update(images={BASE: spec}))


def pruned(draft: Draft, draw: Draw) -> None:
    """docker builder prune, with and without --all."""
    what = draw.one(["all", "unused", "unused"])
    draft.later.append(lambda build: build.update(prune=what))


def no_cache_filter(draft: Draft, draw: Draw) -> None:
    """--no-cache-filter for a stage."""
    draft.stage(f"FROM {BASE} AS fresh", "COPY app.py /app.py", "RUN echo fresh")
    draft.add("COPY --from=fresh /app.py /fresh/")
    stages = draw.one([["fresh"], ["Fresh"], ["none"]])
    draft.later.append(lambda build: build.update(no_cache_filter=stages))


def platforms(draft: Draft, draw: Draw) -> None:
    """--platform, on the command line and at FROM, and the variables that come with it."""
    platform = draw.one(["linux/amd64", "linux/amd64", "linux/arm64", "linux/arm/v7"])
    if draw.chance(0.6):
        draft.later.append(lambda build: build.update(platform=platform))
    else:
        draft.options["platform"] = platform
    if draw.chance(0.5):
        flag = draw.one(["$BUILDPLATFORM", "$TARGETPLATFORM", "linux/amd64", "${BUILDPLATFORM:-linux/amd64}"])
        draft.stage(
            f"FROM --platform={flag} {BASE} AS native",
            "ARG TARGETARCH",
            "RUN echo $TARGETARCH > /arch",
            "COPY app.py /x",
        )
        draft.add("COPY --from=native /x /native/")
    draft.add(
        f"ARG {draw.one(['TARGETARCH', 'TARGETPLATFORM', 'BUILDPLATFORM', 'TARGETOS', 'TARGETVARIANT'])}", "RUN echo p"
    )


def secrets(draft: Draft, draw: Draw) -> None:
    """RUN --mount=type=secret, given or not, required or not."""
    flags = draw.one(
        ["id=token", "id=token,required=true", "id=token,target=/run/t", "id=token,env=TOKEN", "id=token,uid=1000"]
    )
    draft.add(f"RUN --mount=type=secret,{flags} echo secret", "RUN echo after")
    if draw.chance(0.7):
        draft.options["secrets"] = {"token": draw.text()}
    draft.later.append(lambda build: build.update(secrets={"token": draw.one(["other", "another"])}))


def named_contexts(draft: Draft, draw: Draw) -> None:
    """--build-context: a folder that COPY --from takes, or that stands for a stage."""
    draft.options["contexts"] = {"extra": {"e.txt": {"content": draw.text()}, "d/f.txt": {"content": draw.text()}}}
    lines = [
        "COPY --from=extra e.txt /x/",
        "COPY --from=extra . /x/",
        "COPY --from=extra d/*.txt /x/",
        "COPY --from=extra d /x",
    ]
    draft.add(draw.one(lines), "RUN echo after")
    if draw.chance(0.4):
        draft.add("RUN --mount=type=bind,from=extra,target=/e ls /e")
    changed = {"extra": {"e.txt": {"content": draw.text(), "mtime": 1_700_000_900}, "d/f.txt": {"content": "f\n"}}}
    draft.later.append(lambda build: build.update(contexts=changed))


def replaced_images(draft: Draft, draw: Draw) -> None:
    """--build-context in the place of an image that FROM names."""
    draft.options["contexts"] = {BASE: f"docker-image://{OTHER}"}
    draft.add("RUN echo on which base")
    draft.later.append(lambda build: build.pop("contexts", None))


def labels(draft: Draft, draw: Draw) -> None:
    """--label, which is in no key."""
    value = draw.one([{"a": "1"}, {"a": "2", "l1": "y"}])
    draft.later.append(lambda build: build.update(labels=value))


def hosts_and_limits(draft: Draft, draw: Draw) -> None:
    """--add-host, --ulimit and --shm-size: a RUN counts them."""
    options: list[Build] = [{"add_hosts": ["db:10.0.0.1"]}, {"ulimits": ["nofile=100:200"]}, {"shm_size": "128m"}]
    option = draw.one(options)
    draft.add("RUN echo run", "COPY app.py /run/")
    draft.later.append(lambda build: build.update(option))
