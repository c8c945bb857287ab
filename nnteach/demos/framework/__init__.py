"""What all demos are made of: controls, the canvas, styles, and how a demo is shown."""
