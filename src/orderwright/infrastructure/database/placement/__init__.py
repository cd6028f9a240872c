"""Groups of orders into either database: the driver's own calls, since an ORM costs more than all
the rest of a placement together. Same rows, same rules; see `application/placement`."""
