"""The group `latewatch letters`, which the commands of the modules beside this one join."""

import typer

letters = typer.Typer(help="Văn bản xin lỗi.", no_args_is_help=True)


@letters.callback()
def _letters() -> None:
    """Văn bản xin lỗi và hẹn lại ngày trả kết quả (NĐ 118/2025/NĐ-CP, Điều 19.6)."""
