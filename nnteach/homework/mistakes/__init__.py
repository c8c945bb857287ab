"""What went wrong: the catalogue of mistakes, where each can be made, and the search for the one that was."""
