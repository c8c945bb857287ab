"""`python -m nnteach` is the command `nnteach`."""

import sys

from .cli.commands import main

sys.exit(main())
