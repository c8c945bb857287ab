"""What is handed out and said: sheets, hints, worked solutions, reports."""
