"""How each list of orders is read from a million of them, by `make plans`."""
