"""The calendar as an office keeps it: a change is looked at first, then committed with all that it moves.

`change` asks `effects` what moves: `plain` dossiers by the page, the others one by one, their `letters` last.
`pairs` holds each unit's old calendar beside the new one, `ends` how the limits of stored rows end.
"""
