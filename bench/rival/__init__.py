"""What a good engineer writes in a day: the yardstick for the way in (docs/performance.md)."""
