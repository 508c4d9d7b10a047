"""Users and groups as USER and --chown write them."""

from __future__ import annotations

LONGEST_NUMBER = 11  # characters; a number has 32 bits


def number_of_root(user: str) -> str:
    """Docker knows one name without looking into the image: root is 0."""
    return "0" if user == "root" else user


def numeric(user: str) -> str:
    """A user or group as the builder compares it: 00 is the number 0."""
    user = number_of_root(user)
    return str(int(user)) if user.isascii() and user.isdigit() and len(user) < LONGEST_NUMBER else user


def has_name(owner: str) -> bool:
    """Whether USER:GROUP holds a name, which the image's /etc/passwd or /etc/group must explain."""
    return not all(part.isascii() and part.isdigit() for part in map(number_of_root, owner.split(":")))


def owner(text: str) -> tuple[str, str]:
    """USER:GROUP as a pair; without a group, the group has the user's name."""
    user, colon, group = text.partition(":")
    user = numeric(user)
    return user, numeric(group) if colon else user
