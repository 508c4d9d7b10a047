"""`python -m layerlib` is the command `layerlib`."""

import sys

from .outside.cli import main

sys.exit(main())
