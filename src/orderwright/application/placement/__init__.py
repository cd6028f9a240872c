"""Placing orders in groups: one transaction for many, each answered on its own merits (ADR 10)."""
