"""Figures, exports and the erasure of an author."""
