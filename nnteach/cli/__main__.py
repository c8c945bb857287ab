"""The package run as a program is the command `nnteach`."""

import sys

from .commands import main

sys.exit(main())
