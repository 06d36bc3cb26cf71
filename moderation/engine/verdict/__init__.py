"""Turn findings into a verdict under a policy."""
