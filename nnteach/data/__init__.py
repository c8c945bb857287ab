"""Data sets: small ones in the plane, from an explicit rng; Iris; and the images of Fashion-MNIST and MNIST."""

from .idx import DataError as DataError
from .images import ImageSet as ImageSet
from .images import fashion_mnist as fashion_mnist
from .images import mnist as mnist
from .iris import Iris as Iris
from .iris import iris as iris
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
