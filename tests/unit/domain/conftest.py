"""How hard property tests try: enough for every run; `PROPERTY_EXAMPLES=20000` for a long look."""

import os

from hypothesis import settings

settings.register_profile(
    "orderwright",
    max_examples=int(os.environ.get("PROPERTY_EXAMPLES", "100")),
    # How long an example takes says nothing on a busy machine.
    deadline=None,
)
settings.load_profile("orderwright")
