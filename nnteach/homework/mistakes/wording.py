"""What a mistake is called in words: what was done, and where to look."""

from ...i18n.mistakes_it import MISTAKES_IT
from .catalogue import MISTAKES, OF_ANSWERS

TRANSLATED = {"it": MISTAKES_IT}


def slip_of(mistake_id: str):
    """A line of the table of mistakes, or a slip of a topic; None for one of the answers (`mistakes.OF_ANSWERS`)."""
    from ..exercises.topics import SLIPS  # later: a topic may itself report what it finds in words

    return MISTAKES.get(mistake_id) or SLIPS.get(mistake_id)


def words(mistake_id: str, language: str = "en") -> tuple[str, str]:
    """What was done, and where to look; in English where nobody has written it in the language yet."""
    if said := TRANSLATED.get(language, {}).get(mistake_id):
        return said
    if mistake_id in OF_ANSWERS:
        return OF_ANSWERS[mistake_id]
    return slip_of(mistake_id).did, slip_of(mistake_id).look
