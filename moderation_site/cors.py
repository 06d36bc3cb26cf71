"""Headers of calls that pages of other origins make (CORS_ORIGINS)."""

#: What clients may send beside the usual headers: our own, Google's, Azure's, OpenAI's SDKs'.
CLIENT_HEADERS = (
    "x-api-key",
    "x-goog-api-key",
    "ocp-apim-subscription-key",
    "x-project",
    "x-request-id",
    "prefer",
    "openai-organization",
    "openai-project",
    "x-stainless-arch",
    "x-stainless-helper-method",
    "x-stainless-lang",
    "x-stainless-os",
    "x-stainless-package-version",
    "x-stainless-retry-count",
    "x-stainless-runtime",
    "x-stainless-runtime-version",
    "x-stainless-timeout",
)
#: What scripts may read of an answer.
ANSWER_HEADERS = (
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "X-Degraded",
    "X-Dropped-Attributes",
    "X-Gavel-Degraded",
    "X-Gavel-Engine",
    "X-Request-ID",
)
