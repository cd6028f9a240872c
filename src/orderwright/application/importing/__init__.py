"""Sales from elsewhere, read from CSV files and made into orders with their whole history."""

from orderwright.application.importing.import_orders import Progress, import_orders
from orderwright.application.importing.load_mapping import load_mapping, ready_mappings
from orderwright.application.importing.mapping import Mapping
from orderwright.application.importing.report import ImportReport

__all__ = [
    "ImportReport",
    "Mapping",
    "Progress",
    "import_orders",
    "load_mapping",
    "ready_mappings",
]
