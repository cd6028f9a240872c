"""The document and the service held against each other."""
