"""What `doctor` says of the payment gateway."""

from dependency_injector import providers

from orderwright.cli.diagnosis import dependencies
from orderwright.cli.diagnosis.check import Status, warn
from orderwright.container import Container
from orderwright.infrastructure.resilience.failures import NotSent


class Gateway:
    name = "http"

    def __init__(self, failure: Exception | None = None) -> None:
        self._failure = failure

    async def probe(self) -> None:
        if self._failure is not None:
            raise self._failure


def container(gateway: Gateway) -> Container:
    container = Container()
    container.config.from_dict(
        {
            "task_backend": "embedded",
            "circuit_failure_threshold": 5,
            "circuit_window_seconds": 60.0,
            "circuit_recovery_seconds": 30.0,
        }
    )
    container.payment_gateway.override(providers.Object(gateway))
    return container


async def test_a_gateway_that_answers_is_fine() -> None:
    (check,) = await dependencies.checks(container(Gateway()))

    assert (check.name, check.status) == ("payments", Status.OK)


async def test_one_that_does_not_is_a_warning_with_the_reason() -> None:
    (check,) = await dependencies.checks(container(Gateway(NotSent("ConnectError"))))

    assert check == warn(
        "payments",
        "http does not answer: NotSent: ConnectError",
        fix="correct PAYMENT_API_URL and PAYMENT_API_KEY, or wait for the provider: orders stay unpaid",
    )
