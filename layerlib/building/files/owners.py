"""Users and groups as USER and --chown write them."""

from __future__ import annotations


def number_of_root(user: str) -> str:
    """Docker knows one name without looking into the image: root is 0."""
    return "0" if user == "root" else user


def owner(text: str) -> tuple[str, str]:
    """USER:GROUP as a pair; without a group, the group has the user's name."""
    user, colon, group = text.partition(":")
    user = number_of_root(user)
    return user, number_of_root(group) if colon else user
