"""What the player asks before it shows a step, and what known mistakes would answer."""
