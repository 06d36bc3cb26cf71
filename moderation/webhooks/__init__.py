"""Webhooks after Standard Webhooks (https://www.standardwebhooks.com).

Read in this order: `managing` (make and change them), `sink` (an event becomes deliveries),
`formats` (what is sent), `dispatch` (how it is sent), `deliveries` (what an attempt means).
"""
