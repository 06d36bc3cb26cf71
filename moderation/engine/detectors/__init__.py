"""Find personal data, spam and a project's regular expressions."""
