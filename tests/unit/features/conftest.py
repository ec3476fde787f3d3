import pathlib
import sys

# The builder of snapshot tables lives beside the ledger's own tests.
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "donors"))
