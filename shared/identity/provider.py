"""The local OpenID Connect provider of the demonstration people: `python -m
shared.identity.provider`. Authorization code with PKCE, client credentials, and a password grant
for tests and the demo. It refuses to start in production."""

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, jsonify, redirect, render_template, request

from shared.identity.errors import InvalidToken
from shared.identity.grants import GrantRefused, Provider
from shared.identity.provider_settings import ProviderSettings, RefusedInProduction
from shared.identity.refusals import install_refusals, reader_language
from shared.identity.tokens import FixedKeys, verified_claims
from shared.kernel.region import region_name
from shared.kernel.words import called
from shared.web.logs import configure_logging
from shared.web.serve import serve

HERE = Path(__file__).parent


def create_provider(settings: ProviderSettings) -> Flask:
    provider = Provider(settings)
    app = Flask("identity", root_path=str(HERE), static_folder=None)
    app.register_blueprint(_documents(provider), url_prefix="/identity")
    app.register_blueprint(_sign_in(provider), url_prefix="/identity")
    app.register_blueprint(_tokens(provider), url_prefix="/identity")
    targets = {
        f"{urlsplit(each).scheme}://{urlsplit(each).netloc}" for each in settings.redirect_uris
    }

    install_refusals(app)

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
            f"form-action 'self' {' '.join(sorted(targets))}"
        )
        return response

    return app


def _documents(provider: Provider) -> Blueprint:
    routes = Blueprint("documents", __name__)
    issuer = provider.settings.issuer

    @routes.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        return jsonify(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "userinfo_endpoint": f"{issuer}/userinfo",
                "jwks_uri": f"{issuer}/jwks",
                "end_session_endpoint": f"{issuer}/logout",
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", "client_credentials", "password"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": [
                    "client_secret_basic",
                    "client_secret_post",
                ],
                "scopes_supported": ["openid", "profile"],
            }
        )

    @routes.get("/jwks")
    def jwks() -> Response:
        return jsonify(provider.keys.as_dict(private=False))

    return routes


def _sign_in_address(issuer: str) -> str:
    """The application's own, which asks for a person here in the way of the protocol."""
    parts = urlsplit(issuer)
    return f"{parts.scheme}://{parts.netloc}/sign-in"


def _page(provider: Provider, asked: dict[str, str], wrong: bool = False) -> tuple[str, int]:
    lang = reader_language()
    groups = provider.people.by_region(lang)
    shown = render_template(
        "authorize.html",
        asked=asked,
        wrong=wrong,
        lang=lang,
        groups=groups,
        called=called,
        region_name=region_name,
    )
    return shown, 403 if wrong else 200


def _sign_in(provider: Provider) -> Blueprint:
    routes = Blueprint("sign_in", __name__)

    @routes.get("/")
    def begin() -> Any:
        return redirect(_sign_in_address(provider.settings.issuer), 303)

    @routes.get("/authorize")
    def authorize() -> Any:
        asked = provider.asked(request.args)
        supported = request.args.get("code_challenge_method") == "S256"
        if request.args.get("response_type") != "code" or not supported:
            raise GrantRefused("invalid_request")
        return _page(provider, asked)

    @routes.post("/authorize")
    def chosen() -> Any:
        """One click on a person of the list, or a username with the password."""
        asked = provider.asked(request.form)
        people = provider.people
        if request.form.get("person"):
            person = people.person(request.form["person"])
        else:
            person = people.with_password(
                request.form.get("username", "").strip(),
                request.form.get("password", ""),
                request.form.get("name", ""),
            )
        if person is None:
            return _page(provider, asked, wrong=True)
        return redirect(provider.code_for(person, asked), 303)

    @routes.get("/logout")
    def logout() -> Any:
        """The provider keeps no session of its own: only the way back."""
        back = request.args.get("post_logout_redirect_uri")
        uris = provider.settings.sign_out_uris
        return redirect(back if back in uris else uris[0], 303)

    return routes


def _tokens(provider: Provider) -> Blueprint:
    routes = Blueprint("tokens", __name__)

    @routes.post("/token")
    def token() -> Response:
        basic = request.authorization
        client = (request.form.get("client_id") or "", request.form.get("client_secret") or "")
        if basic is not None and basic.type == "basic":
            client = (basic.username or "", basic.password or "")
        return jsonify(provider.exchange(request.form, client))

    @routes.route("/userinfo", methods=["GET", "POST"])
    def userinfo() -> Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        settings = provider.settings
        if scheme.lower() != "bearer":
            raise GrantRefused("invalid_token", 401)
        try:
            claims = verified_claims(
                token, FixedKeys(provider.keys), settings.issuer, settings.audience
            )
        except InvalidToken:
            raise GrantRefused("invalid_token", 401) from None
        shown = ("sub", "name", "person_ref", "memberships")
        return jsonify({name: claims[name] for name in shown if name in claims})

    return routes


def provider_from_environ() -> Flask:
    return create_provider(ProviderSettings.from_environ(os.environ))


def main() -> None:
    configure_logging("identity")
    try:
        ProviderSettings.from_environ(os.environ)
    except (RefusedInProduction, ValueError) as error:
        sys.exit(str(error))
    serve(
        "shared.identity.provider:provider_from_environ",
        host=os.environ.get("HOST", "127.0.0.1"),
        port=int(os.environ["PORT"]),
    )


if __name__ == "__main__":
    main()
