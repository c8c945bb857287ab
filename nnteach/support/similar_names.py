"""Names as students write them: the one that was meant, with the letters' case first of all."""

import difflib
import re
import unicodedata

SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹", "01234567890123456789")
GREEK = {"δ": "delta", "θ": "theta", "σ": "sigma", "μ": "mu", "α": "alpha", "β": "beta", "λ": "lambda", "∂": "d",
         "∇": "d", "grad_": "d", "grad": "d"}


def meant(name, known) -> str | None:
    """The known name that is most like a name, or None: the same but for its case, its signs, or a letter or two."""
    name, known = str(name), [str(other) for other in known]
    for plain in (str.casefold, _bare):
        if alike := [other for other in known if plain(other) == plain(name)]:
            return alike[0]
    spelt = {_bare(other): other for other in reversed(known)}
    near = difflib.get_close_matches(_bare(name), spelt, n=1)
    return spelt[near[0]] if near else None


def unknown_name(name, known) -> str:
    """What to say about a name that is not asked for."""
    near = meant(name, known)
    return f"{name} is not asked for" + (f"; do you mean {near}?" if near else "")


def choose(name, known) -> str:
    """What to do about a name that is none of those known."""
    near = meant(name, known)
    return f"Did you mean {near!r}?" if near else f"Write one of these names, such as {next(iter(known))!r}"


def _bare(name):
    """A name without case, blanks, underscores and the like, with Greek letters in words: ∇W₂ and d_w2 are the same."""
    name = unicodedata.normalize("NFC", name).casefold().translate(SUBSCRIPTS)
    for sign, word in GREEK.items():
        name = name.replace(sign, word)
    return re.sub(r"[\W_]+", "", name)
