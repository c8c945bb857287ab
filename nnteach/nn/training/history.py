"""What a training run leaves behind."""


class History(dict):
    """A list of numbers per name, one entry per epoch: loss, accuracy, val_loss, learning_rate, …

    Attributes:
        best_epoch: the epoch (1, 2, …) whose parameters were kept, if there was early stopping.
    """

    best_epoch: int | None = None
    SHOWN = 5

    def add(self, **numbers) -> None:
        """The numbers of another epoch."""
        for name, number in numbers.items():
            self.setdefault(name, []).append(float(number))

    @property
    def epochs(self) -> int:
        """How many epochs were trained."""
        return max(map(len, self.values()), default=0)

    def __repr__(self):
        """A short table: the first epochs, the last ones and those between at even distances."""
        if not self:
            return "History(no epochs)"
        names = list(self)
        widths = [max(len(name), 10) for name in names]
        lines = ["epoch  " + "  ".join(f"{name:>{w}}" for name, w in zip(names, widths, strict=True))]
        for epoch in self._shown():
            cells = [f"{self[name][epoch]:.4g}" if epoch < len(self[name]) else "" for name in names]
            lines.append(f"{epoch + 1:5}  " + "  ".join(f"{c:>{w}}" for c, w in zip(cells, widths, strict=True)))
        return "\n".join(lines)

    def _shown(self):
        last = self.epochs - 1
        return sorted({round(i * last / (self.SHOWN - 1)) for i in range(self.SHOWN)})
