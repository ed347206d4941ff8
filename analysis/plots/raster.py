"""Rasters of any size in bounded memory: a picture needs no more cells than it has pixels."""
import math

import numpy as np

MOST_COLUMNS = 2000
SLAB_BYTES = 64 << 20


class Raster:
    """A thinned view of the cells of /results, over lat and lon or over row and column."""

    def __init__(self, results):
        self.results = results
        self.geographic = "lat" in results
        names = ("lat", "lon") if self.geographic else ("row", "column")
        self.vertical, self.horizontal = (results[name][:].astype(float) for name in names)
        self.step = math.ceil(max(self.horizontal.size, self.vertical.size) / MOST_COLUMNS)

    @property
    def y(self):
        return self.vertical[::self.step]

    @property
    def x(self):
        return self.horizontal[::self.step]

    def thinned(self, name):
        """Every step-th cell of a variable."""
        return np.concatenate([slab[-begin % self.step::self.step, ::self.step] for begin, slab in self._slabs(name)])

    def places(self, name, value):
        """Rows and columns of the cells, at full resolution, that hold this value."""
        found = [np.argwhere(slab == value) + (begin, 0) for begin, slab in self._slabs(name)]
        return np.concatenate(found)

    def extent(self):
        """left, right, bottom, top of the outer cell borders, for imshow with row 0 at the lower edge."""
        x, y = self.horizontal, self.vertical
        half_x, half_y = (abs(a[1] - a[0]) / 2 if a.size > 1 else 0.5 for a in (x, y))
        return x[0] - half_x, x[-1] + half_x, y[0] - half_y * np.sign(y[-1] - y[0]), y[-1] + half_y * np.sign(y[-1] - y[0])

    def meanings(self, name):
        """Word -> value of a flag variable."""
        attributes = self.results[name].attrs
        words = attributes["flag_meanings"]
        words = words.decode() if isinstance(words, bytes) else words
        return dict(zip(words.split(), np.atleast_1d(attributes["flag_values"])))

    def _slabs(self, name):
        """Whole rows, aligned to the chunks, so that each chunk is unpacked once."""
        dataset = self.results[name]
        chunk = dataset.chunks[0] if dataset.chunks else 1
        row_bytes = max(1, dataset.shape[1] * dataset.dtype.itemsize)
        rows = chunk * max(1, SLAB_BYTES // (row_bytes * chunk))
        for begin in range(0, dataset.shape[0], rows):
            yield begin, dataset[begin:begin + rows]
