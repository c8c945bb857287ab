"""Many students: handing out, reading in, grading, nbgrader."""
