"""The types of answers: mypy checks the code against them, and the OpenAPI schema shows them."""
