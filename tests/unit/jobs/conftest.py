"""The PostgreSQL of the state's tests, for the inbox's too."""

import importlib.util
import pathlib

_PATH = pathlib.Path(__file__).parents[1] / "state" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("state_servers", _PATH)
_SERVERS = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_SERVERS)
postgresql = _SERVERS.postgresql
