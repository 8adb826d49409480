"""Why a pretrained network cannot be built."""

from __future__ import annotations

from shared.errors import ScreeningError


class BackboneError(ScreeningError):
    """The network's weights are missing, unreadable, or of another network."""

    code = "invalid_backbone"
    title = "The pretrained network cannot be used"
