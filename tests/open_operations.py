from orderwright.application.services.open_operations import OpenOperations
from orderwright.infrastructure.observability.failure_log import StructuredFailureLog
from tests.back_office import BackOffice


def sweep_of(office: BackOffice) -> OpenOperations:
    return OpenOperations(
        office.units, office.settlement.settle, office.clock, StructuredFailureLog()
    )
