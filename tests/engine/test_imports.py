"""The engine is plain Python."""

import subprocess
import sys
from pathlib import Path

MODULES = sorted(
    f"moderation.engine.{path.stem}" for path in Path("moderation/engine").glob("[a-z]*.py")
)


def test_the_engine_loads_no_django():
    code = f"import sys, {', '.join(MODULES)}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
