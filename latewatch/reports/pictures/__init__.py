"""Pictures of the figures, each with the table it is made of: SVG for screens and paper, PNG for e-mail."""

from latewatch.domain.tally.overview import Overview
from latewatch.reports.pictures.heat import heat_picture
from latewatch.reports.pictures.months import days_late_picture, trend_picture
from latewatch.reports.pictures.picture import Picture
from latewatch.reports.pictures.stages import stages_picture
from latewatch.reports.pictures.units import units_picture

__all__ = ["pictures_of"]


def pictures_of(overview: Overview) -> list[Picture]:
    """Return every picture of a month."""
    return [
        units_picture(overview.units),
        trend_picture(overview.comparison.trend),
        days_late_picture(overview.days_late),
        stages_picture(overview.stages),
        heat_picture(overview.cells),
    ]
