"""All parts of the suite together."""

from __future__ import annotations

from engines.testing.capability import CapabilityContract
from engines.testing.inspection import InspectionContract
from engines.testing.measurement import MeasurementContract
from engines.testing.state import StateContract
from engines.testing.training import TrainingContract


class EngineContract(CapabilityContract, TrainingContract, StateContract, MeasurementContract, InspectionContract):
    """The suite: derive a class whose name begins with ``Test`` and set ``engine``. Every test runs for every model."""
