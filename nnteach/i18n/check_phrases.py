"""What a check says, by key: one catalogue per language; `mistakes_it.py` has the mistakes themselves in Italian."""

from ..core.errors import GraphError, message
from ..support.similar_names import choose

ENGLISH = {
    "correct": "Right",
    "correct_rounded": "Right, with rounding on the way",
    "other_convention": "Right for another convention of the loss",
    "wrong": "Not right yet",
    "incomplete": "Not complete yet",
    "not_attempted": "Not attempted yet: fill in the answers and check again",
    "bad_shape": "The shapes do not fit yet",
    "bad_type": "These are no numbers yet",
    "look.at": "look at {first}",
    "right": "right",
    "follows": "consistent with your earlier values",
    "missing": "still missing",
    "rounded": "The method is right; the last digits show that something was rounded on the way. "
               "Keep four digits there.",
    "convention": "These are the right numbers if you {did}; this sheet means it otherwise.",
    "exactly": "This is exactly what you get if you {did}{where}.",
    "looks": "It looks as if you did this: {did}{where}.",
    "exactly.or": "; or if you ",
    "looks.or": "; or if you did this: ",
    "and": " and ",
    "look": "Look at {look}",
    "which": "Which of these did you do? On other numbers they differ: try hw.hint(4).",
    "factor": "Every answer is off by one and the same factor: "
              "what stands before the loss, over what is it averaged?",
    "close": "You are close, but not to three digits: keep four significant digits on the way, "
             "0.006340 and not 0.0063. If you did, look for a small slip.",
    "few.decimals": "The method is right, but too few digits were kept: rounded to decimals, a small number keeps one "
                    "or two of its digits. Keep four significant digits on the way, and hand in three.",
    "blank": "Nothing but zeros: {names}. Is it filled in yet?",
    "spot": "{place} is the only number that is not right (rows and columns are counted from 0).",
    "spot.sign": "{place} is the only number that is not right (rows and columns are counted from 0): "
                 "look at its sign.",
    "spot.point": "{place} is the only number that is not right (rows and columns are counted from 0): "
                  "look at its decimal point.",
    "ask": "One number says little about where it comes from, so only a question: look at {look}",
    "convention.step": "With the learning rate ½ the step η · dW has the same numbers; "
                       "what is asked for is the gradient.",
    "first": "{first} is the first that is not right; what is marked as consistent was computed well from it.",
    "from.right": "{first} does not follow from the right values before it.",
    "sheet.variant": "Variant {variant}",
    "sheet.given": "Given",
    "sheet.hand.in": "Hand in",
    "sheet.digits": ", to three significant digits at least",
    "sheet.steps": "Step by step",
    "sheet.early": "On the way you may hand in {names}, too.",
    "sheet.number": "number",
    "hint.forward": "Go forward layer by layer, and keep every value: the way back needs them all.",
    "hint.back": "Go back one step at a time. What arrives from above is multiplied by the local derivative "
                 "of the step, taken at the values of the way forward; where ways meet, the gradients add up.",
    "hint.begin": "Begin at {name}.",
    "hint.other": "With other numbers:",
    "hint.none": "The hints are numbered 1 to {count}. After them comes the worked solution: hw.solution()",
    "steps.wrong": "As it goes with this mistake:",
    "steps.here": "here",
}
ITALIAN = {
    "correct": "Giusto",
    "correct_rounded": "Giusto, con arrotondamenti durante i calcoli",
    "other_convention": "Giusto per un'altra convenzione della loss",
    "wrong": "Non ancora giusto",
    "incomplete": "Non ancora completo",
    "not_attempted": "Non ancora svolto: scrivere le risposte e controllare di nuovo",
    "bad_shape": "Le forme non tornano ancora",
    "bad_type": "Questi non sono ancora numeri",
    "look.at": "vedere {first}",
    "right": "giusto",
    "follows": "coerente con i valori precedenti",
    "missing": "manca ancora",
    "rounded": "Il metodo è giusto; le ultime cifre mostrano un arrotondamento durante i calcoli. "
               "Tenere quattro cifre.",
    "convention": "Questi sono i numeri giusti se {did}; in questo foglio si intende altrimenti.",
    "exactly": "Questo è esattamente ciò che si ottiene se {did}{where}.",
    "looks": "Sembra che sia successo questo: {did}{where}.",
    "exactly.or": "; oppure se ",
    "looks.or": "; oppure questo: ",
    "and": " e ",
    "look": "Guardare {look}",
    "which": "Quale di questi è il caso? Con altri numeri sono diversi: provare hw.hint(4).",
    "factor": "Tutte le risposte sono sbagliate per uno stesso fattore: "
              "che cosa sta davanti alla loss, e su che cosa se ne fa la media?",
    "close": "Ci si avvicina, ma non a tre cifre: tenere quattro cifre significative durante i calcoli, "
             "0.006340 e non 0.0063. Se è già così, cercare una svista.",
    "few.decimals": "Il metodo è giusto, ma si sono tenute troppo poche cifre: arrotondando ai decimali, un numero "
                    "piccolo ne conserva una o due. Tenere quattro cifre significative durante i calcoli, "
                    "e consegnarne tre.",
    "blank": "Soltanto zeri: {names}. È già stato svolto?",
    "spot": "{place} è l'unico numero non giusto (righe e colonne si contano da 0).",
    "spot.sign": "{place} è l'unico numero non giusto (righe e colonne si contano da 0): guardare il segno.",
    "spot.point": "{place} è l'unico numero non giusto (righe e colonne si contano da 0): "
                  "guardare la virgola decimale.",
    "ask": "Un solo numero dice poco sulla sua origine, perciò soltanto una domanda: guardare {look}",
    "convention.step": "Con il learning rate ½ il passo η · dW ha gli stessi numeri; si chiede il gradiente.",
    "first": "{first} è il primo valore non giusto; ciò che è segnato come coerente ne segue correttamente.",
    "from.right": "{first} non segue dai valori giusti che lo precedono.",
    "sheet.variant": "Variante {variant}",
    "sheet.given": "Dati",
    "sheet.hand.in": "Da consegnare",
    "sheet.digits": ", con almeno tre cifre significative",
    "sheet.steps": "Passo per passo",
    "sheet.early": "Si possono consegnare anche i passi intermedi {names}.",
    "sheet.number": "numero",
    "hint.forward": "Andare avanti strato per strato, tenendo ogni valore: al ritorno servono tutti.",
    "hint.back": "Tornare indietro un passo alla volta. Ciò che arriva dall'alto si moltiplica per la derivata "
                 "locale del passo, calcolata nei valori dell'andata; dove le strade si incontrano, "
                 "i gradienti si sommano.",
    "hint.begin": "Cominciare da {name}.",
    "hint.other": "Con altri numeri:",
    "hint.none": "I suggerimenti sono numerati da 1 a {count}. Dopo viene la soluzione svolta: hw.solution()",
    "steps.wrong": "Con questo errore i passi sono:",
    "steps.here": "qui",
}
CATALOGUES = {"en": ENGLISH, "it": ITALIAN}


def phrase(key: str, language: str = "en", **names) -> str:
    """A phrase of the catalogue, with names put in; the English one where the language does not have it yet."""
    return catalogue(language).get(key, ENGLISH[key]).format(**names)


def catalogue(language: str) -> dict[str, str]:
    """The phrases of a language.

    Raises:
        GraphError: a language that there is no catalogue for.
    """
    if language not in CATALOGUES:
        raise GraphError(message(f"a language among {', '.join(CATALOGUES)}", repr(language),
                                 choose(language, CATALOGUES)))
    return CATALOGUES[language]
