"""The shapes of the answers: the schema reads them, the tests hold the answers to them."""
