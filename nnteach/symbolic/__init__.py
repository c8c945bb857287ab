"""Rules run on symbols: formulas in text, LaTeX and MathML; numbers, notation, and expressions as typed."""
