"""The message's story: `moderate` tells it, the other modules are its steps."""
