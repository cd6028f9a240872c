import pytest

from orderwright.domain.interfaces.security import UnreadableSecret
from orderwright.infrastructure.security.sealed_secrets import AesGcmSecrets

OLD, NEW = "o" * 32, "n" * 32


def test_a_sealed_secret_is_not_to_be_seen_and_can_be_opened() -> None:
    secrets = AesGcmSecrets([OLD], "webhooks")

    sealed = secrets.seal("whsec_plain")

    assert "whsec_plain" not in sealed
    assert secrets.open(sealed) == "whsec_plain"


def test_the_same_secret_is_never_sealed_alike() -> None:
    secrets = AesGcmSecrets([OLD], "webhooks")

    assert secrets.seal("whsec_plain") != secrets.seal("whsec_plain")


def test_a_former_key_still_opens_and_the_new_one_seals() -> None:
    sealed = AesGcmSecrets([OLD], "webhooks").seal("whsec_plain")
    both = AesGcmSecrets([NEW, OLD], "webhooks")

    assert both.open(sealed) == "whsec_plain"
    assert AesGcmSecrets([NEW], "webhooks").open(both.seal("x")) == "x"


@pytest.mark.parametrize("other", [AesGcmSecrets([NEW], "webhooks"), AesGcmSecrets([OLD], "else")])
def test_another_key_or_purpose_does_not_open_it(other: AesGcmSecrets) -> None:
    sealed = AesGcmSecrets([OLD], "webhooks").seal("whsec_plain")

    with pytest.raises(UnreadableSecret):
        other.open(sealed)


def test_a_changed_ciphertext_is_not_opened() -> None:
    secrets = AesGcmSecrets([OLD], "webhooks")
    sealed = secrets.seal("whsec_plain")

    with pytest.raises(UnreadableSecret):
        secrets.open(sealed[:-4] + ("AAA=" if sealed[-4:] != "AAA=" else "BBB="))
