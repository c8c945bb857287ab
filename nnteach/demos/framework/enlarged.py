"""A small picture in axes, enlarged smoothly by Pillow: it takes a fifth of the time that Matplotlib does."""

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.image import AxesImage
from matplotlib.transforms import Affine2D
from PIL import Image


class Enlarged(AxesImage):
    """Numbers, shape (rows, columns) from below, as colours: those of `cmap` between `low` and `high`."""

    def __init__(self, axes, values, cmap, low, high, extent):
        super().__init__(axes, cmap=cmap, norm=Normalize(low, high), extent=extent, origin="lower", zorder=0)
        self.set_data(values)

    def make_image(self, renderer, magnification=1.0, unsampled=False):
        left, right, bottom, top = self.get_extent()
        low, high = self.get_transform().transform([(left, bottom), (right, top)]).round().astype(int)
        small = Image.fromarray(self.to_rgba(self.get_array(), bytes=True))
        size = (magnification * (high - low)).round().astype(int)  # more than 1 in a PDF or SVG
        return np.array(small.resize(tuple(size), Image.Resampling.BILINEAR)), *low, Affine2D()
