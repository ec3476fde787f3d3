"""The Metadata API: deploy, retrieve, list and describe, over SOAP and, for deployments, REST."""
