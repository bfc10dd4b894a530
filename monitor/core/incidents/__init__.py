"""One incident an attack: which news is of which, and what all of it together says."""
