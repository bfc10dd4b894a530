"""When a feed is polled, what a poll came to, and which part of a document is new."""
