"""The engine is plain Python."""

import subprocess
import sys
from pathlib import Path

ENGINE = Path("moderation/engine")
#: These need the packages of requirements-ml.txt, and are imported only where they are used.
HEAVY = {"checkpoint", "export", "exported", "network", "onnx_model", "transformer"}
MODULES = sorted(
    ".".join(path.with_suffix("").parts)
    for path in ENGINE.rglob("[a-z]*.py")
    if not (path.parent.name == "detoxify" and path.stem in HEAVY)
)


def test_every_room_of_the_engine_is_looked_at():
    rooms = {path.name for path in ENGINE.iterdir() if path.is_dir() and path.name[0] != "_"}
    seen = {Path(module.replace(".", "/")).parts[2] for module in MODULES if module.count(".") > 2}
    assert seen == rooms - {"data"}


def test_the_engine_loads_no_django():
    code = f"import sys, {', '.join(MODULES)}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
