"""Every operation answers as the OpenAPI document says, case after case.

Schemathesis makes all cases as soon as this file is read, for seconds: without the slow tests it is
not read at all (`conftest.py`).
"""

import json

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from moderation.api.reference import document

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
#: Always the same cases: about a minute of them in all.
CASES = settings(
    max_examples=24,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)

SCHEMA = schemathesis.openapi.from_dict(json.loads(document()))
SCHEMA.app = get_wsgi_application()


@pytest.mark.slow
@SCHEMA.parametrize()
@CASES
def test_every_case_is_answered_as_described(case, headers):
    answer = case.call_and_validate(headers=headers, checks=CHECKS)
    assert answer.status_code < 500
