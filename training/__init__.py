"""How the bundled model is made; nothing here runs in a server."""
