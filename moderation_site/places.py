"""Where the program's files are, and where its data goes: in a checkout or installed as a package.

`GAVEL_HOME` names the folder of the data. Without it that is `var/` in a checkout; an installed
package keeps it where the system keeps a person's data.
"""

import os
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
IS_CHECKOUT = (PACKAGE.parent / "manage.py").is_file()
#: The folder with `templates` and `static`; a wheel has both in this package.
ASSETS = PACKAGE.parent if IS_CHECKOUT else PACKAGE


def data_folder() -> Path:
    """Return the folder of database, secret key and everything else that the server writes."""
    if home := os.environ.get("GAVEL_HOME", "").strip():
        return Path(home).expanduser().absolute()
    return PACKAGE.parent / "var" if IS_CHECKOUT else _personal_folder()


def _personal_folder() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "gavel"
    shared = os.environ.get("XDG_DATA_HOME", "").strip()
    return (Path(shared) if shared else Path.home() / ".local" / "share") / "gavel"


def base_folder() -> Path:
    """Return the folder of `.env`, from which relative paths count."""
    return PACKAGE.parent if IS_CHECKOUT else data_folder()
