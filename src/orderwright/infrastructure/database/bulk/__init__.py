"""Rows of many entities at once through the drivers' own calls, past the ORM: what it does for a row
costs more than all the rest. The values are converted by the same columns."""
