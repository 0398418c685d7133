"""`latewatch tally rules`: the counting rules there are, each in words."""

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, Config, Json
from latewatch.cli.tally.documents import rule_document
from latewatch.cli.tally.group import tally
from latewatch.domain.tally.rule import described
from latewatch.jobs.tally import counting_rules


@tally.command("rules")
def rules(config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """Liệt kê các cách đếm, của cơ quan trước, mỗi điều nó chọn một câu."""
    with open_office(config) as office:
        known = counting_rules(office)
    if as_json:
        terminal.show_json([rule_document(rule) for rule in known])
        return
    for index, rule in enumerate(known):
        mark = " (đang dùng)" if index == 0 else ""
        terminal.say(f"{rule.name}{mark}: {rule.title}")
        terminal.say(f"  nguồn: {rule.source}")
        for line in described(rule):
            terminal.say(f"  - {line}")
