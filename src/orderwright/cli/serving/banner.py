"""What a person sees when the service is up."""

from dataclasses import dataclass
from pathlib import Path

from orderwright import __version__


@dataclass(frozen=True, kw_only=True)
class Banner:
    url: str
    environment: str
    database: str
    data_dir: Path
    development_key: str | None = None

    def text(self) -> str:
        title = f"Orderwright {__version__} is ready ({self.environment}, {self.database})"
        rows = [("API", f"{self.url}/api/v1"), ("Docs", f"{self.url}/docs"), *self._desk_rows()]
        return "\n".join(["", title, "", *(f"  {name:<6} {text}" for name, text in rows), ""])

    def _desk_rows(self) -> list[tuple[str, str]]:
        if self.development_key is None:
            return []
        header = f"Authorization: Bearer {self.development_key}"
        return [
            ("Try", f"curl -H '{header}' {self.url}/api/v1/orders"),
            ("Data", str(self.data_dir)),
            ("Stop", "Ctrl-C"),
        ]
