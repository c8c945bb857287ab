"""What is asked: exercises, and the tasks they become with numbers."""
