"""Recorded terminal sessions: what was typed, what a real Docker answered, and how both are shown."""
