"""The console's pages that are not about reviews; `shell` is what they all share."""
