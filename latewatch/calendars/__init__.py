"""The announced working calendar: one TOML file a year in `data/`, and a source for every entry.

Announcements decide, never a formula: each year a notice names the days of Tết, the second day of Quốc
khánh, and weekdays swapped for worked Saturdays (Bộ luật Lao động 2019, Điều 112.3). A file lists each date
that is not what its weekday says, and holidays that fall on a weekend, so that an explanation can name them:

    year = 2028                      # as in the file's name, 2028.toml
    status = "đã xác nhận"           # or "dự kiến", "chờ xác nhận"
    sources = ["TB …"]               # the documents the year rests on
    days = [
      { day = 2028-01-03, kind = "in lieu", title = "Nghỉ bù Tết Dương lịch", source = "TB …" },
    ]
    notes = [{ about = "…", source = "…", status = "chờ xác nhận" }]   # optional: remarks that change no day

`kind` is "holiday", "in lieu" (nghỉ bù), "swapped off" (nghỉ hoán đổi), "swapped worked" (làm bù), "day off",
"day worked" or "shortened". A worked day may have `hours = "07:30-11:30"` of its own, or those of a weekday,
`like = "mon"`. A day without a `status` of its own has that of its year.

The office's own edits are kept in the database as JSON, a version for each change; `edits.py` is their codec.
"""

from latewatch.calendars.load import load_calendar, warnings

__all__ = ["load_calendar", "warnings"]
