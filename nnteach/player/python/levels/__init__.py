"""The levels of the player: arrays, single numbers, layers and neurons."""
