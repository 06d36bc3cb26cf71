"""Judge text: classify finds what is in it, decide says what that means. No Django here."""
