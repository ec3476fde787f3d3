"""User Interface API: the part a record page in a browser asks for; one file a family of resources."""
