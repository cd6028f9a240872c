"""What a deployment must be told before it starts."""

from typing import Final

DEPLOYED: Final = {
    "ENVIRONMENT": "production",
    "JWT_SECRET": "j" * 32,
    "API_SECRET_KEY": "a" * 32,
    "PAYMENT_PROVIDER": "http",
    "PAYMENT_API_URL": "https://gateway.example/v1",
    "PAYMENT_API_KEY": "p" * 32,
}
