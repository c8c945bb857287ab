"""What is said in each language, with English wherever a sentence is missing."""
