"""What keeps a batch from being allocated as it was approved."""

from shared.kernel.errors import Conflict, DomainError


class RegistriesSilent(DomainError):
    code = "registries_silent"
    status = 503
    zh = "登记部门没有答复，批次 {batch} 的拨付条件无法核验，未作任何改动。"
    en = "The registries do not answer, so batch {batch} cannot be checked; nothing was changed."
    remedy_zh = "请稍后再拨付。"
    remedy_en = "Allocate it in a while."


class BatchReduced(Conflict):
    code = "batch_reduced"
    zh = (
        "拨付前核验发现问题，{count} 笔款项已移出批次 {batch}：{cases}。"
        "现余 {left} 笔，共 {total} 元。"
    )
    en = (
        "Checked before the allocation, {count} payments were taken out of batch {batch}: {cases}. "
        "It asks for {left} payments now, {total} yuan."
    )
    remedy_zh = "请按新的合计核对拨款文号后再次拨付。"
    remedy_en = "Compare your document with the new total, and allocate again."
