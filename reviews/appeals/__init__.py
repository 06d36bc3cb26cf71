"""Appeals and reports: how they are filed, and how they are answered."""
