"""Data sets for orgs without data: generate a believable NPSP nonprofit, load it through the org's own API."""
