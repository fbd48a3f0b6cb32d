"""What can be wrong with who is asking."""

from shared.kernel.errors import DomainError


class SignInRequired(DomainError):
    code = "sign_in_required"
    status = 401
    zh = "请先登录。"
    en = "Sign in first."
    remedy_zh = "请登录后再试。"
    remedy_en = "Sign in and try again."


class InvalidToken(DomainError):
    code = "invalid_token"
    status = 401
    zh = "登录凭证无效。"
    en = "The access token is not valid."
    remedy_zh = "请重新登录。"
    remedy_en = "Sign in again."


class ExpiredToken(InvalidToken):
    code = "expired_token"
    zh = "登录已过期。"
    en = "The sign-in has expired."


class IdentityUnavailable(DomainError):
    code = "identity_unavailable"
    status = 503
    zh = "登录服务暂时无法连接。"
    en = "The identity provider cannot be reached for now."
    remedy_zh = "请稍后再试。"
    remedy_en = "Try again in a moment."
