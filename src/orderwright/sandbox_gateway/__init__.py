"""A payment gateway to try things with: a server of its own that speaks the generic protocol, keeps a
ledger of what it did, and misbehaves on request. It moves no money.

Nothing here knows the service that calls it, so that a fault of one is not repeated in the other.
"""
