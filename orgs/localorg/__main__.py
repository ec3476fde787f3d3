"""`python -m localorg` is `localorg`."""

from localorg.cli import main

main()
