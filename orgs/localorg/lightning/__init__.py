"""Lightning pages of the local org: the deployed components, built for a browser, on pages composed from the deployed flexipages."""
