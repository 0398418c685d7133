"""What later revisions of a document may add: signature fields, signatures, and their proofs."""

from collections.abc import Iterable

from pyhanko.pdf_utils.generic import IndirectObject, Reference
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import (
    DEFAULT_DIFF_POLICY,
    DiffResult,
    FormUpdatingRule,
    ModificationLevel,
    StandardDiffPolicy,
    SuspiciousModification,
)
from pyhanko.sign.diff_analysis.form_rules_api import FieldComparisonContext, FieldComparisonSpec, FormUpdate
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

_FORM_KEYS = {"/Fields", "/SigFlags", "/DR", "/DA"}


class _FirstForm(FormUpdatingRule):
    """Also knows the revision that brings the form itself: a letter has none before its first signature."""

    def apply(
        self, old: HistoricalResolver, new: HistoricalResolver
    ) -> Iterable[tuple[ModificationLevel, FormUpdate]]:
        if "/AcroForm" in old.root or "/AcroForm" not in new.root:
            yield from super().apply(old, new) if "/AcroForm" in old.root else ()
            return
        yield from _new_parts(old, new)
        signatures = {name: _new_field(reference) for name, _, reference in enumerate_sig_fields(new)}
        context = FieldComparisonContext(field_specs=signatures, old=old, new=new)
        for rule in self.field_rules:
            yield from rule.apply(context)


def _new_parts(
    old: HistoricalResolver, new: HistoricalResolver
) -> Iterable[tuple[ModificationLevel, FormUpdate]]:
    """Approve the form, its list of fields and its resources, where they are objects of their own and new."""
    form = new.root["/AcroForm"]
    unknown = set(form) - _FORM_KEYS
    if unknown:
        raise SuspiciousModification(f"unknown keys of the form: {unknown}")
    parts = [(new.root, "/AcroForm"), (form, "/Fields"), (form, "/DR")]
    values = [holder.raw_get(key) for holder, key in parts if key in holder]
    references = {value.reference for value in values if isinstance(value, IndirectObject)}
    if "/DR" in form:
        references |= new.collect_dependencies(form.raw_get("/DR"), since_revision=old.revision + 1)
    for reference in references:
        if old.is_ref_unassignable(reference):
            yield ModificationLevel.LTA_UPDATES, FormUpdate(updated_ref=reference, field_name=None)


def _new_field(reference: object) -> FieldComparisonSpec:
    return FieldComparisonSpec("/Sig", None, getattr(reference, "reference", reference), None)  # type: ignore[arg-type]


_RULES = DEFAULT_DIFF_POLICY.global_rules
_FORM = _FirstForm(DEFAULT_DIFF_POLICY.form_rule.field_rules)  # type: ignore[union-attr]
_SIGNATURES = StandardDiffPolicy(_RULES, _FORM)
_PROOFS = StandardDiffPolicy(_RULES, _FORM, ignore_orphaned_objects=False)


def only_signatures_since(reader: PdfFileReader, revision: int) -> bool:
    """Tell whether all revisions after `revision` change no more than signatures and their proofs do."""
    return _judged(_SIGNATURES, reader, revision) is not None


def only_proofs_since(reader: PdfFileReader, revision: int) -> bool:
    """Tell whether nothing was added but certificates, lists of revoked ones, and document time stamps."""
    review = _judged(_PROOFS, reader, revision)
    return review is not None and bool(review.modification_level <= ModificationLevel.LTA_UPDATES)


def _judged(policy: StandardDiffPolicy, reader: PdfFileReader, revision: int) -> DiffResult | None:
    try:
        review = policy.review_file(reader, revision)
    except PdfReadError:  # it cannot make out what they change
        return None
    return None if isinstance(review, SuspiciousModification) else review


def is_picture_kept(signature: EmbeddedPdfSignature) -> bool:
    """Tell whether what the signature shows, and where, is as it was signed."""
    signed = signature.reader.get_historical_resolver(signature.signed_revision)
    reference = signature.sig_field.container_ref
    if not isinstance(reference, Reference):  # written into the form itself: nothing tells when
        return False
    field = signed(reference)
    shown = {field.container_ref}
    for place in (field, *(each.get_object() for each in field.get("/Kids", ()))):
        shown.add(place.container_ref)
        if "/AP" in place:
            shown |= signed.collect_dependencies(place.raw_get("/AP"))
    changed = signature.reader.xrefs.get_last_change
    return all(changed(each) <= signature.signed_revision for each in shown)
