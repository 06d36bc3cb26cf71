"""The rules that a project wrote: what they say, how they match, and the compiled ruleset."""
