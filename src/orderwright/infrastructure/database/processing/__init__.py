"""Groups of orders that are paid and confirmed, in either database: set-wise statements through the
drivers' own calls. Same rows, same rules; see `application/processing`."""
