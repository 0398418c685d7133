"""A dossier (HoSo) as the National Public Service Portal has it, and systems that took over its fields."""

from typing import TypeAlias

from msgspec import UNSET, Struct, UnsetType, field

Text: TypeAlias = str | int | None
Given: TypeAlias = Text | UnsetType  # what is not sent must not erase what is stored


class BoSung(Struct, frozen=True, rename="pascal"):
    """One request for a supplement (NgayBoSung) and the receipt of what was asked for."""

    ngay_bo_sung: Text = None
    ngay_tiep_nhan_bo_sung: Text = None
    noi_dung_bo_sung: Text = None
    ngay_hen_tra_truoc: Text = None
    ngay_hen_tra_moi: Text = None


class HoSo(Struct, frozen=True, rename="pascal"):
    """The fields that matter here: strings, `""` where empty; a newer flow has IdHoSo and numbers."""

    ma_ho_so: Text = None
    id_ho_so: Text = None
    trang_thai_ho_so: Given = UNSET
    trang_thai: Given = UNSET
    ngay_tiep_nhan: Given = UNSET
    ngay_hen_tra: Given = UNSET
    ngay_ket_thuc_xu_ly: Given = UNSET
    ngay_tra: Given = UNSET
    ngay_nop_ho_so: Given = UNSET
    ma_tthc: Given = field(default=UNSET, name="MaTTHC")
    ten_tthc: Given = field(default=UNSET, name="TenTTHC")
    ten_linh_vuc: Given = UNSET
    kenh_thuc_hien: Given = UNSET
    don_vi_xu_ly: Given = UNSET
    noi_nop_ho_so: Given = UNSET
    chu_ho_so: Given = UNSET
    so_dien_thoai: Given = UNSET
    email: Given = UNSET
    danh_sach_ho_so_bo_sung: list[BoSung] | None | UnsetType = UNSET
