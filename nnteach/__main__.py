"""`python -m nnteach` is the command `nnteach`."""

import sys

from .cli import main

sys.exit(main())
