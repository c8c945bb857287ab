"""The course: its contents, quizzes and errata, copying it into a folder, and starting JupyterLab on it."""
