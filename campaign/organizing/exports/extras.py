"""Optional dependencies (extras) that one export format needs."""

from dataclasses import dataclass
from importlib.util import find_spec

from campaign.errors import ExtraMissing


@dataclass(frozen=True)
class Extra:
    """An extra: its name in pyproject.toml, and the module that it installs."""

    name: str
    module: str

    @property
    def is_installed(self) -> bool:
        """True if the module is installed; it is not imported to find out."""
        return find_spec(self.module) is not None

    @property
    def command(self) -> str:
        """The shell command that adds it to an existing installation."""
        return f"pip install 'campaign-toolkit[{self.name}]'"

    def require(self) -> None:
        """Raise ExtraMissing unless it is installed."""
        if not self.is_installed:
            raise ExtraMissing(
                f"{self.name.capitalize()} files need {self.module}, which is not installed. "
                f"Install it: {self.command}",
                field="preset",
            )


PARQUET = Extra("parquet", "pyarrow")
