"""A made-up one-stop centre for `latewatch demo`: data, story, dirt, and the files they become."""

from latewatch.demo.arrivals import DEMO_NOW
from latewatch.demo.dirt import Dirt
from latewatch.demo.world import WorldSummary, write_world

__all__ = ["DEMO_NOW", "Dirt", "WorldSummary", "write_world"]
