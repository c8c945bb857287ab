"""Teaching demos: pictures and controls that a lecturer projects, one file each."""
