"""The group `latewatch reports`, which the commands of the modules beside this one join."""

import typer

reports = typer.Typer(help="Báo cáo của kỳ.", no_args_is_help=True)


@reports.callback()
def _reports() -> None:
    """Báo cáo của kỳ: cho lãnh đạo, cho người nhận."""
