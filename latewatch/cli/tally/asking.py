"""Options with which several commands of the group ask for a period, forms and a rule."""

from datetime import date
from typing import Annotated

import typer

from latewatch.cli.options import parse_day
from latewatch.domain.period import Cutoff
from latewatch.domain.tally.layout import Form


def _day(text: str) -> date:
    return parse_day(text)


Month = Annotated[str, typer.Option("--month", metavar="THÁNG", help="Tháng báo cáo, ví dụ 2026-10.")]
Quarter = Annotated[str, typer.Option("--quarter", metavar="QUÝ", help="Quý, ví dụ 2026-Q3.")]
Half = Annotated[str, typer.Option("--half", metavar="NỬA-NĂM", help="Sáu tháng, ví dụ 2026-H1.")]
Year = Annotated[str, typer.Option("--year", metavar="NĂM", help="Năm, ví dụ 2026.")]
First = Annotated[
    date | None, typer.Option("--from", parser=_day, metavar="NGÀY", help="Từ ngày này, cùng --to.")
]
Last = Annotated[
    date | None, typer.Option("--to", parser=_day, metavar="NGÀY", help="Đến hết ngày này, cùng --from.")
]
CutOff = Annotated[
    Cutoff | None, typer.Option("--cutoff", help="Cách chốt kỳ; mặc định theo [counting] period.")
]
Forms = Annotated[
    list[Form] | None,
    typer.Option("--form", help="Biểu; ghi nhiều lần được. Mặc định: biểu phải nộp ([reports] level)."),
]
Rule = Annotated[
    str,
    typer.Option("--rule", metavar="TÊN", help="Cách đếm; xem tally rules. Mặc định: của cơ quan."),
]
