"""How the local org's schema files are made; run by scripts/build_org_schema.py."""
