"""Endpoints for clients of other services, with those services' requests and answers."""
