"""Data sets: small ones in the plane, from an explicit rng."""

from .toy import TOYS as TOYS
from .toy import Toy as Toy
from .toy import blob as blob
from .toy import blobs as blobs
from .toy import cats_and_dogs as cats_and_dogs
from .toy import circles as circles
from .toy import cubic as cubic
from .toy import moons as moons
from .toy import spirals as spirals
from .toy import xor as xor
