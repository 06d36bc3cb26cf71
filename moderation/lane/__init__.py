"""The short way for checks: an ASGI application that answers what it can, without Django's handler.

Everything else, and every error, goes on to Django: `app` says what the lane takes, `requests`
reads it, `turns` shares the threads, `work` moderates and answers in them.
"""
