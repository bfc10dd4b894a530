"""What an article tells: its words, the events in them, and how sure it is that they are an attack."""
