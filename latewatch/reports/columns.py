"""Which columns the two tables have, numbered as form 07a; the table per unit splits (12) and (15)."""

from operator import attrgetter

from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.rates import named_rates
from latewatch.reports.table import Column

_RECEIVED = "Số lượng hồ sơ tiếp nhận"
_RESOLVED = "Số lượng hồ sơ đã giải quyết"
_PENDING = "Số lượng hồ sơ đang giải quyết"
_APART = "Không giải quyết đến cùng"

_RECEIVED_COLUMNS = (
    Column("3", (_RECEIVED, "Tổng số"), attrgetter("received"), "{c4}+{c5}+{c6}+{c7}+{c8}", width=11),
    Column("4", (_RECEIVED, "Trong kỳ", "Trực tuyến toàn trình"), attrgetter("online_full"), width=10.5),
    Column("5", (_RECEIVED, "Trong kỳ", "Trực tuyến một phần"), attrgetter("online_partial"), width=10.5),
    Column("6", (_RECEIVED, "Trong kỳ", "Qua dịch vụ bưu chính"), attrgetter("postal"), width=10.5),
    Column("7", (_RECEIVED, "Trong kỳ", "Trực tiếp"), attrgetter("direct")),
    Column("8", (_RECEIVED, "Từ kỳ trước"), attrgetter("carried")),
)

FORM_07A = (
    *_RECEIVED_COLUMNS,
    Column("9", (_RESOLVED, "Tổng số"), attrgetter("resolved"), "{c10}+{c11}+{c12}", width=11),
    Column("10", (_RESOLVED, "Trước hạn"), attrgetter("early")),
    Column("11", (_RESOLVED, "Đúng hạn"), attrgetter("on_time")),
    Column("12", (_RESOLVED, "Quá hạn"), attrgetter("late")),
    Column("13", (_PENDING, "Tổng số"), attrgetter("pending"), "{c14}+{c15}", width=11),
    Column("14", (_PENDING, "Trong hạn"), attrgetter("within")),
    Column("15", (_PENDING, "Quá hạn"), attrgetter("overdue")),
)


def _on_time_rate(counts: Counts) -> float | str:
    value = named_rates(counts)[0].value
    return "không có dữ liệu" if value is None else float(value)


UNITS = (
    *_RECEIVED_COLUMNS,
    Column("9", (_RESOLVED, "Tổng số"), attrgetter("resolved"), "{c10}+{c11}+{c12a}+{c12b}", width=11),
    Column("10", (_RESOLVED, "Trước hạn"), attrgetter("early")),
    Column("11", (_RESOLVED, "Đúng hạn"), attrgetter("on_time")),
    Column("12a", (_RESOLVED, "Quá hạn", "có văn bản xin lỗi"), attrgetter("late_with_letter"), width=10.5),
    Column("12b", (_RESOLVED, "Quá hạn", "chưa có văn bản"), attrgetter("late_without_letter"), width=10.5),
    Column("13", (_PENDING, "Tổng số"), attrgetter("pending"), "{c14}+{c15a}+{c15b}", width=11),
    Column("14", (_PENDING, "Chưa đến hạn"), attrgetter("within")),
    Column("15a", (_PENDING, "Quá hạn", "có văn bản xin lỗi"), attrgetter("overdue_with_letter"), width=10.5),
    Column("15b", (_PENDING, "Quá hạn", "chưa có văn bản"), attrgetter("overdue_without_letter"), width=10.5),
    Column("16", (_APART, "Rút hồ sơ"), attrgetter("withdrawn")),
    Column("17", (_APART, "Dừng xử lý"), attrgetter("stopped")),
    Column("18", (_APART, "Từ chối"), attrgetter("refused")),
    Column("19", (_APART, "Không tiếp nhận"), attrgetter("not_accepted")),
    Column(
        "20",
        ("Tỷ lệ đúng hạn trên đã giải quyết (%)",),
        _on_time_rate,
        'IF({c9}=0,"không có dữ liệu",ROUND(({c10}+{c11})/{c9}*100,2))',
        "((10)+(11))÷(9)×100",
        width=17,
        places=2,
    ),
)
