"""The gateway: the only room that talks to Salesforce. It hands over a snapshot and takes back changed rows."""
