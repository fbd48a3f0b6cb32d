"""What can be wrong with a file."""

from shared.kernel.errors import Conflict, DomainError, NotFound


class FileEmpty(DomainError):
    code = "file_empty"
    zh = "文件“{name}”是空的。"
    en = "The file “{name}” is empty."


class FileTooLarge(DomainError):
    code = "file_too_large"
    status = 413
    zh = "文件“{name}”超过 {limit} MB。"
    en = "The file “{name}” is larger than {limit} MB."
    remedy_zh = "请压缩图片或拆分后再上传。"
    remedy_en = "Make the pictures smaller or split the file, then send it again."


class FileTypeRefused(DomainError):
    code = "file_type_refused"
    status = 415
    zh = "文件“{name}”的内容不是可接收的类型。"
    en = "The content of “{name}” is not of a type that is taken."
    remedy_zh = "可上传 PDF、PNG、JPEG、DOCX 或 XLSX；带宏的文件不接收。"
    remedy_en = "PDF, PNG, JPEG, DOCX and XLSX are taken; files with macros are not."


class FileNotFound(NotFound):
    code = "file_not_found"
    zh = "没有该文件，或您无权查看。"
    en = "There is no such file, or it is not yours to see."


class FileBelongsElsewhere(Conflict):
    code = "file_belongs_elsewhere"
    zh = "该文件已用于另一申请。"
    en = "The file already belongs to another case."
    remedy_zh = "请重新上传该文件，再填写新的文件编号。"
    remedy_en = "Upload the file again, and give the new file's id."


class FileDamaged(DomainError):
    """The stored bytes are not those that were handed in, or are gone."""

    code = "file_damaged"
    status = 500
    zh = "文件内容已损坏或丢失，请联系管理员。"
    en = "The stored file is damaged or missing; tell the operator."
