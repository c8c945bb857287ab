"""Is a gradient right? Finite differences, checks of one's own primitives, Jacobians, and the first NaN."""
