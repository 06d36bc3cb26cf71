"""The version, in one place: the settings, the package and the API say this one."""

VERSION = "0.1.0"
