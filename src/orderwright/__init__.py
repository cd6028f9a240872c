"""Orderwright: an order-management service that loses no order, charges once and never oversells."""

__version__ = "0.1.0"
