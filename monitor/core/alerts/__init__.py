"""Who is told what of an incident, in which words, and when it is tried again."""
