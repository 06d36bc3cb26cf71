"""Find listed words, also where they are disguised or misspelled."""
