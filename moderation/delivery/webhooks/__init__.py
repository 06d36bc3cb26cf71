"""Webhooks after Standard Webhooks (https://www.standardwebhooks.com).

Read in this order: `managing` (create and change them), `sink` (an event becomes deliveries),
`formats` (the bodies), `dispatch` (sends them), `deliveries` (which are due, and what follows).
"""
