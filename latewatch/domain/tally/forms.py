"""Every form there is, by its name. Pure."""

from collections.abc import Mapping

from latewatch.domain.tally.layout import Form, Layout
from latewatch.domain.tally.official_forms import FORM_07A, FORM_07B, FORM_07C, FORM_II06A
from latewatch.domain.tally.own_forms import LETTERS, OFFICERS, PROCEDURES, STAGES, SUPPLEMENTS, UNITS

LAYOUTS: Mapping[Form, Layout] = {
    each.form: each
    for each in (
        *(FORM_07A, FORM_07B, FORM_07C, FORM_II06A),
        *(UNITS, PROCEDURES, OFFICERS, STAGES, LETTERS, SUPPLEMENTS),
    )
}
OFFICIAL = (Form.BY_FIELD, Form.PROVINCE, Form.MINISTRY, Form.OLD)
