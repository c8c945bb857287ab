"""Is it right? Answers are read and compared with the truth."""
