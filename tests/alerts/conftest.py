"""How long one example takes says nothing on a machine that does other things too: no deadline for each of them."""

from hypothesis import settings

settings.register_profile("regain", deadline=None)
settings.load_profile("regain")
