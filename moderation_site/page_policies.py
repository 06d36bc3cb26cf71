"""What pages may load and run: the content security policies."""

OWN = "'self'"
NOTHING = "'none'"
STRICT_POLICY = {
    "default-src": [NOTHING],
    "script-src": [OWN],
    "style-src": [OWN],
    "img-src": [OWN, "data:"],
    "font-src": [OWN],
    "connect-src": [OWN],
    "form-action": [OWN],
    "frame-ancestors": [NOTHING],
    "base-uri": [NOTHING],
}
#: Pages of libraries, by the beginning of the path: Unfold's Alpine evaluates attributes, and its
#: colours are inline.
PAGE_POLICIES = {
    "/admin/": {
        **STRICT_POLICY,
        "script-src": [OWN, "'unsafe-eval'"],
        "style-src": [OWN, "'unsafe-inline'"],
    },
    # Swagger UI and Redoc have inline styles; Redoc searches in a worker that it creates.
    **{
        reference: {
            **STRICT_POLICY,
            "style-src": [OWN, "'unsafe-inline'"],
            "worker-src": [OWN, "blob:"],
        }
        for reference in ("/api/v1/docs", "/api/v1/redoc")
    },
}
