"""The console's pages about reviews and decisions: queue, item, content, authors."""
