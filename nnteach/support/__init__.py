"""What every package may use and what knows nothing of networks: whole files, progress bars, display."""
