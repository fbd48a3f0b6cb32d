"""The gateway's configuration: one origin in front of everything."""

from __future__ import annotations

from collections.abc import Mapping

from deploy.run.inner_settings import SERVICES

_HEAD = """{{
	admin off
	auto_https off
	persist_config off
	log {{
		level ERROR
	}}
}}

http://:{port} {{
	bind {host}
	request_body {{
		max_size 32MB
	}}
	encode zstd gzip
	header -Server
	handle /gateway/health {{
		respond "ok" 200
	}}
	@inside path {inside}
	handle @inside {{
		respond 404
	}}
"""

# A process that is being restarted is waited for: a dial that fails is tried again, nothing else.
_ROUTE = """	handle{path} {{
		reverse_proxy {upstream} {{
			lb_try_duration 5s
			lb_try_interval 100ms
		}}
	}}
"""

_PROBLEM = (
    '{"type":"about:blank","title":"服务暂时不可用 / The service is not available at the moment",'
    '"status":503,"code":"service_unavailable",'
    '"detail":"请稍后再试，已提交的内容不会丢失。'
    ' / Try again in a moment; nothing that was accepted is lost."}'
)

_TOO_LARGE = (
    '{"type":"urn:gongjiang:problem:too_large","title":"内容过大 / Too large",'
    '"status":413,"code":"too_large",'
    '"detail":"一次最多发送 32 MB。 / At most 32 MB are taken at once.",'
    '"remedy":"请缩小后再发送，或分几次发送。 / Send less, or send it in parts."}'
)

_TAIL = """	handle_errors {
		@large expression {err.status_code} == 413
		header @large Content-Type application/problem+json
		respond @large `%s` 413
		@away expression {err.status_code} in [502, 503, 504]
		header @away Content-Type application/problem+json
		header @away Retry-After 5
		respond @away `%s` 503
		respond {err.status_code}
	}
}
"""


def caddyfile(upstreams: Mapping[str, str], port: int, host: str) -> str:
    """`upstreams`: host:port of each service, of identity and of the portal. Metrics are for
    inside and stay there."""
    inside = " ".join(f"/{service}/metrics" for service in SERVICES)
    routes = [(f" /{name}/*", upstreams[name]) for name in (*SERVICES, "identity")]
    routes += [("", upstreams["portal"])]
    body = "".join(f"\tredir /{name} /{name}/ 308\n" for name in (*SERVICES, "identity"))
    body += "".join(_ROUTE.format(path=path, upstream=upstream) for path, upstream in routes)
    return _HEAD.format(port=port, host=host, inside=inside) + body + _TAIL % (_TOO_LARGE, _PROBLEM)
