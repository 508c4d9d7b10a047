"""For all tests."""

from hypothesis import settings

# A slow machine is no reason to fail: timings belong in benchmarks.
settings.register_profile("layerlib", deadline=None)
settings.load_profile("layerlib")
