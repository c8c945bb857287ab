"""The player, Python's side: the message to the browser and the page that holds it."""
