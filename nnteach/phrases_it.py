"""The Italian catalogue: the sentences of `phrases.py` as a lecturer says them in Rome or Padua.

Numbers that are read aloud have a decimal comma ("zero virgola cinque"; a screen reader takes 1.278 for a thousand and
more); pictures and formulas keep the point, as the Italian decks do (000, 003).
"""

ITALIAN = {
    # what is happening
    "now.start": "{inputs} sono dati; non è ancora stato calcolato nulla",
    "now.start.one": "{inputs} è dato; non è ancora stato calcolato nulla",
    "now.evaluate": "si calcola {node}",
    "now.seed": "il percorso all'indietro parte da {node}",
    "now.contribution": "{node} trasmette il suo gradiente a {parent}",
    "now.unbroadcast": "si sommano le copie di {parent}",
    "now.update": "{node} fa un passo in discesa",
    # captions of the lines
    "because": "poiché",
    "rule": "regola",
    "local": "locale",
    "numbers": "numeri",
    "result": "risultato",
    "ledger": "totale parziale di {parent}",
    # sentences, as a lecturer says them
    "say.start": "Conosciamo {inputs}. Il primo passo calcola {first}.",
    "say.evaluate": "{node} è {operation}: {numbers} fa {result}.",
    "say.evaluate.array": "{node} è {operation}.",
    "say.seed": "Partiamo dalla fine: se {node} cresce di uno, {node} cresce di uno, quindi il suo gradiente è uno.",
    "say.unchanged": "{parent} riceve {contribution}: {node} trasmette il suo gradiente, {upstream}, così com'è, "
                     "perché quando {parent} cresce di uno anche {node} cresce di uno.",
    "say.turned": "{parent} riceve {contribution}: {node} trasmette il suo gradiente, {upstream}, cambiato di segno, "
                  "perché quando {parent} cresce di uno {node} diminuisce di uno.",
    "say.blocked": "Attraverso {node} a {parent} non arriva nulla, perché {node} non cambia quando cambia {parent}.",
    "say.scaled": "{parent} riceve {contribution}: il gradiente di {node}, {upstream}, moltiplicato per {local}, "
                  "perché ogni variazione di {parent} si ritrova in {node} moltiplicata per {local}.",
    "say.array": "{parent} riceve il gradiente di {node}, moltiplicato elemento per elemento per la derivata locale.",
    "say.product": "{parent} riceve {formula}.",
    "gradient.of": "il gradiente di {node}",
    "say.through": "{parent} riceve {formula}.",
    "say.total": "Sommato al valore già presente, {before}, fa {total}.",
    "say.total.array": "Si somma a quello già presente.",
    "say.unbroadcast": "{parent} è stato usato più volte in una sola operazione, perciò i gradienti delle sue copie si "
                       "sommano: {total}.",
    "say.unbroadcast.array": "{parent} è stato usato più volte in una sola operazione, perciò i gradienti delle sue "
                             "copie si sommano.",
    "say.update": "{node} diventa {total}: {before} meno il learning rate {rate} per il suo gradiente {gradient}.",
    "say.update.array": "{node} fa un passo nel verso opposto al suo gradiente, con learning rate {rate}.",
    # remarks: the patterns worth a name
    "remark.add": "Un nodo somma distribuisce: entrambi gli ingressi ricevono l'intero gradiente.",
    "remark.subtract": "Anche una sottrazione distribuisce, ma ciò che viene sottratto riceve il gradiente cambiato di "
                       "segno.",
    "remark.multiply": "Un nodo prodotto scambia: ogni ingresso riceve il gradiente moltiplicato per l'altro ingresso.",
    "remark.square": "I due fattori sono lo stesso nodo, perciò nella derivata conta due volte.",
    "remark.maximum": "Un nodo max instrada: l'ingresso maggiore riceve l'intero gradiente, l'altro nulla.",
    "remark.minimum": "Un nodo min instrada: l'ingresso minore riceve l'intero gradiente, l'altro nulla.",
    "remark.relu.open": "La porta è aperta: sopra lo zero la ReLU lascia passare il gradiente così com'è.",
    "remark.relu.closed": "La porta è chiusa: sotto lo zero la ReLU è piatta e non lascia passare nulla.",
    "remark.relu.kink": "Esattamente nel punto angoloso la pendenza è una convenzione; qui vale {local}.",
    "remark.saturated": "{node} è in saturazione: la sua pendenza è solo {local}, e qui il gradiente quasi si annulla.",
    "remark.matmul": "Le dimensioni decidono l'ordine: il risultato deve avere le dimensioni di {parent}, {shape}.",
    "remark.sum": "Una sommatoria dà a ogni elemento lo stesso gradiente.",
    "remark.mean": "Una media dà a ogni elemento una parte uguale del gradiente.",
    "remark.branch": "{parent} è usato più di una volta: nelle diramazioni i gradienti si sommano.",
    "remark.unbroadcast": "Ciò che in avanti è stato copiato, all'indietro si somma.",
    "remark.update": "Il gradiente punta in salita, perciò il passo va dalla parte opposta.",
    # kinds and pictures
    "input": "ingresso",
    "constant": "costante",
    "value": "valore",
    "gradient": "gradiente",
    "summary": "Grafo computazionale di {title}. {values}.",
    "summary.node": "{node} = {operation}: valore {value}, gradiente {gradient}",
    "summary.leaf": "{node}: valore {value}, gradiente {gradient}",
    "summary.more": "… e altri {count}",
    "unknown": "non ancora noto",
    "list.and": " e ",
    # the worked solution
    "worked.title": "{title}, passo per passo",
    "worked.forward": "In avanti: i valori",
    "worked.backward": "All'indietro: i gradienti",
    "worked.update": "Aggiornamento",
    "worked.results": "Risultati",
    "worked.node": "nodo",
    # formulas as they are read aloud
    "spoken.decimal": ",",
    "spoken.−": "meno ", "spoken.·": " per ", "spoken.+": " più ", "spoken./": " diviso ", "spoken.@": " per ",
    "spoken.^": " elevato a ", "spoken.²": " al quadrato", "spoken.³": " al cubo", "spoken.ᵀ": " trasposta",
    "spoken.σ": "sigma di ", "spoken.∂": "d ", "spoken.=": " uguale a ",
    # the toolbar
    "start": "inizio", "forward": "in avanti", "backward": "all'indietro", "update": "aggiornamento", "done": "fatto",
    "first": "Primo passo", "previous": "Passo indietro", "play": "Avvia", "pause": "Pausa", "next": "Passo avanti",
    "last": "Ultimo passo", "step": "passo {k} di {n}", "help": "Tasti e aiuto", "table": "Tabella di tutti i valori",
    "theme": "Chiaro o scuro", "fullscreen": "Proiettore (schermo intero)", "now": "ORA",
    "operation": "operazione", "name": "nome", "state": "stato",
    "todo": "da fare", "nextPhase": "Fase successiva", "previousPhase": "Fase precedente", "blank": "Oscura lo schermo",
    "close": "Torna alla figura", "steps": "Passi", "auto": "come il sistema", "light": "chiaro", "dark": "scuro",
    "panel": "Regola, numeri e risultato", "inputs": "Cambia un numero", "player": "Lettore",
    "nodes": "Un clic su un nodo, o Invio, porta al suo passo in avanti; un altro al suo passo all'indietro.",
    "speed": "Avvio automatico: passi al secondo",
    "expected": "{name} deve essere un numero, come −2 o 0,5, ma «{typed}» non lo è.",
    "damaged": "Non è stato possibile leggere la figura. Esegui di nuovo la cella.",
}
