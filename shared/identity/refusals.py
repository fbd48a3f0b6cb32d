"""What the local provider refuses, told in the reader's language: to a program as OAuth's own
answer (RFC 6749, 5.2) or a problem (RFC 9457), to a person as a page."""

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from shared.identity.grants import GrantRefused
from shared.kernel.text import Text
from shared.web import failures

GRANTS = {
    "unauthorized_client": Text(
        "client_id 不是登记的应用。请从应用的登录链接（/sign-in）进入。",
        "client_id names no registered application. Begin at the application's /sign-in.",
    ),
    "invalid_request": Text(
        "请求缺少参数或参数不正确：需要登记的 redirect_uri、response_type=code，"
        "以及 S256 的 code_challenge。请从应用的登录链接（/sign-in）重新开始。",
        "A parameter is missing or wrong: a registered redirect_uri, response_type=code and a "
        "code_challenge of S256 are needed. Begin again at the application's /sign-in.",
    ),
    "invalid_client": Text(
        "client_id 或 client_secret 不正确，请核对后再试。",
        "client_id or client_secret is not right; check them and try again.",
    ),
    "invalid_grant": Text(
        "用户名与密码（或授权码及其 code_verifier、redirect_uri）不正确或已失效，请重新登录。",
        "The username and password (or the code with its code_verifier and redirect_uri) are not "
        "right, or have expired; sign in again.",
    ),
    "unsupported_grant_type": Text(
        "grant_type 应为 authorization_code、client_credentials 或 password。",
        "grant_type must be authorization_code, client_credentials or password.",
    ),
    "invalid_token": Text(
        "访问令牌缺失、无效或已过期，请重新取得后以 Bearer 方式发送。",
        "The access token is missing, not valid or expired; get a new one and send it as Bearer.",
    ),
}


def reader_language() -> str:
    preferred = request.cookies.get("lang") or request.accept_languages.best_match(["zh", "en"])
    return "en" if preferred == "en" else "zh"


def install_refusals(app: Flask) -> None:
    app.register_error_handler(GrantRefused, _grant)
    app.register_error_handler(HTTPException, _http)


def _grant(refusal: GrantRefused) -> Response:
    said = GRANTS[refusal.error].in_(reader_language())
    if _is_a_person():
        return _page(refusal.status, said)
    answer = jsonify({"error": refusal.error, "error_description": said})
    answer.status_code = refusal.status
    if refusal.status == 401:
        answer.headers["WWW-Authenticate"] = (
            "Bearer" if refusal.error == "invalid_token" else "Basic"
        )
    return answer


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    status, lang, person = error.code or 500, reader_language(), _is_a_person()
    known = failures.http_error(status)
    remedy = known.remedy(lang) or failures.remedy(status, lang, on_page=person)
    if person:
        answer = _page(status, f"{known.text(lang)}{remedy}")
    else:
        answer = jsonify(
            {
                "type": f"urn:gongjiang:problem:{known.code}",
                "title": failures.title(status, lang),
                "status": status,
                "code": known.code,
                "detail": known.text(lang),
                "remedy": remedy,
            }
        )
        answer.content_type, answer.status_code = "application/problem+json", status
    answer.headers.extend([each for each in error.get_headers() if each[0] == "Allow"])
    return answer


def _is_a_person() -> bool:
    return "text/html" in request.headers.get("Accept", "")


def _page(status: int, said: str) -> Response:
    lang = reader_language()
    title = failures.title(status, lang)
    return make_response(render_template("refused.html", lang=lang, title=title, said=said), status)
