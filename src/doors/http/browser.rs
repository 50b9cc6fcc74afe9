//! Protects against web pages of other origins: checks `Host`, `Origin` and `Sec-Fetch-Site` before anything else of a request.

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderName, HeaderValue, Uri};

use crate::session::connection::Transport;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The listener of a request, and the origins that may use it.
#[derive(Debug)]
pub struct RequestOrigin<'a> {
    pub transport: Transport,
    /// The port of the listener.
    pub port: u16,
    /// The names and addresses of the certificate.
    pub names: &'a [String],
    /// `http.origins`.
    pub origins: &'a [String],
    /// Whether the client sends its credential automatically, as with a client certificate.
    pub ambient: bool,
}

/// Why a request is refused, and whether it is malformed rather than forbidden.
#[derive(Debug, PartialEq, Eq)]
pub struct Rejected {
    pub reason: &'static str,
    pub is_malformed: bool,
}

const fn forbidden(reason: &'static str) -> Rejected {
    Rejected { reason, is_malformed: false }
}

const fn malformed(reason: &'static str) -> Rejected {
    Rejected { reason, is_malformed: true }
}

impl RequestOrigin<'_> {
    /// Refuse a request that a page of another site has sent, or may have sent.
    pub fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Rejected> {
        let host = one(headers, HOST).map_err(|()| malformed("the request has more than one Host; send one"))?;
        let host = match (uri.authority().map(http::uri::Authority::as_str), host) {
            (Some(authority), Some(host)) if !authority.eq_ignore_ascii_case(host) => {
                return Err(malformed("Host and :authority differ"));
            }
            (Some(host), _) | (None, Some(host)) => host,
            (None, None) => return Err(malformed("the request has no Host; send one")),
        };
        if !self.is_ours(host) {
            return Err(forbidden("Host is not a name of this gateway"));
        }
        let site = one(headers, SEC_FETCH_SITE)
            .map_err(|()| malformed("the request has more than one Sec-Fetch-Site; send one"))?;
        let origin = one(headers, ORIGIN).map_err(|()| malformed("the request has more than one Origin; send one"))?;
        let is_allowed = origin.is_some_and(|origin| self.is_own_origin(origin, host) || self.is_configured(origin));
        match (site, origin) {
            (_, Some(_)) if !is_allowed => Err(forbidden("Origin is neither this gateway's nor in http.origins")),
            (Some("cross-site" | "same-site"), None) => Err(forbidden("the request comes from a page of another site")),
            (Some("cross-site"), Some(origin)) if !self.is_configured(origin) => {
                Err(forbidden("the request comes from a page of another site"))
            }
            (site, None) if self.ambient && !matches!(site, Some("same-origin")) => {
                Err(forbidden("a client certificate needs Sec-Fetch-Site: same-origin or this gateway's Origin"))
            }
            _ => Ok(()),
        }
    }

    /// Whether a request came over TLS to a name that is public: no address, and no name that only a local network resolves (RFC 6761, RFC 6762,
    /// RFC 8375).
    pub fn has_public_name(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        const LOCAL: [&str; 8] = ["local", "localhost", "internal", "lan", "home", "arpa", "test", "invalid"];
        let authority = uri.authority().map(http::uri::Authority::as_str);
        let host = authority.or_else(|| one(headers, HOST).ok().flatten()).unwrap_or_default();
        let (name, _) = split(host);
        let last = name.rsplit_once('.').map(|(_, last)| last.to_ascii_lowercase());
        let is_public = last.is_some_and(|last| {
            let is_address = last.is_empty() || last.ends_with(']') || last.bytes().all(|byte| byte.is_ascii_digit());
            !is_address && !LOCAL.contains(&last.as_str())
        });
        self.transport == Transport::Tls && self.is_ours(host) && is_public
    }

    /// The configured origin of the request, if any: browsers may let its pages read the response.
    pub fn shares_with<'h>(&self, headers: &'h HeaderMap) -> Option<&'h HeaderValue> {
        let origin = headers.get(ORIGIN)?;
        origin.to_str().is_ok_and(|origin| self.is_configured(origin)).then_some(origin)
    }

    fn is_ours(&self, host: &str) -> bool {
        let (name, port) = split(host);
        match self.transport {
            Transport::Loopback => {
                let is_port = port.map_or(self.port == 80, |port| port == self.port.to_string());
                is_port && ["127.0.0.1", "[::1]", "localhost"].iter().any(|own| own.eq_ignore_ascii_case(name))
            }
            Transport::Tls => {
                let name = name.trim_start_matches('[').trim_end_matches(']');
                self.names.iter().any(|own| own.eq_ignore_ascii_case(name))
            }
        }
    }

    /// Whether an origin is this gateway's own.
    fn is_own_origin(&self, origin: &str, host: &str) -> bool {
        let scheme = match self.transport {
            Transport::Loopback => "http://",
            Transport::Tls => "https://",
        };
        origin.strip_prefix(scheme).is_some_and(|origin| origin.eq_ignore_ascii_case(host))
    }

    fn is_configured(&self, origin: &str) -> bool {
        self.origins.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin))
    }
}

/// The name and the port of a `Host`.
fn split(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    }
}

/// The value of a header that may occur once.
fn one(headers: &HeaderMap, name: HeaderName) -> Result<Option<&str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
        _ => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(transport: Transport, ambient: bool) -> RequestOrigin<'static> {
        static NAMES: std::sync::LazyLock<Vec<String>> =
            std::sync::LazyLock::new(|| vec!["studio.local".into(), "192.168.1.5".into(), "fd00::5".into()]);
        static ORIGINS: std::sync::LazyLock<Vec<String>> =
            std::sync::LazyLock::new(|| vec!["https://deck.example".into()]);
        RequestOrigin { transport, port: 9080, names: &NAMES, origins: &ORIGINS, ambient }
    }

    /// The reason of the refusal, or `None` if the request may pass.
    fn check(place: &RequestOrigin<'_>, headers: &[(&str, &str)]) -> Option<&'static str> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            map.append(name, HeaderValue::from_str(value).expect("a value"));
        }
        place.check(&Uri::from_static("/v1/actions"), &map).err().map(|rejected| rejected.reason)
    }

    /// Promise: Requests of foreign web pages are refused
    #[test]
    fn a_rebinding_host_name_is_refused() {
        let plain = place(Transport::Loopback, false);
        for host in ["127.0.0.1:9080", "localhost:9080", "[::1]:9080", "LOCALHOST:9080"] {
            assert_eq!(check(&plain, &[("host", host)]), None, "{host}");
        }
        for host in ["evil.example:9080", "127.0.0.1", "127.0.0.1:9081", "127.0.0.1.evil.example:9080", "::1", ""] {
            assert!(check(&plain, &[("host", host)]).is_some(), "{host}");
        }
        let tls = place(Transport::Tls, false);
        for host in ["studio.local:9443", "studio.local", "192.168.1.5:9443", "[fd00::5]:9443"] {
            assert_eq!(check(&tls, &[("host", host)]), None, "{host}");
        }
        assert!(check(&tls, &[("host", "evil.example:9443")]).is_some());
    }

    #[test]
    fn only_names_of_the_internet_are_public() {
        static NAMES: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| {
            ["studio.example.org", "studio.tail1.ts.net", "studio.local", "studio", "10.0.0.5", "fd00::5"]
                .map(str::to_owned)
                .to_vec()
        });
        let public = |transport, host: &str| {
            let place = RequestOrigin { transport, port: 9080, names: &NAMES, origins: &[], ambient: false };
            let headers = HeaderMap::from_iter([(HOST, HeaderValue::from_str(host).expect("a value"))]);
            place.has_public_name(&Uri::from_static("/v1/actions"), &headers)
        };
        for host in ["studio.example.org", "studio.example.org:9443", "studio.tail1.ts.net:9443"] {
            assert!(public(Transport::Tls, host), "{host}");
            assert!(!public(Transport::Loopback, host), "{host}");
        }
        for host in ["studio.local:9443", "studio", "10.0.0.5:9443", "[fd00::5]:9443", "other.example.org", ""] {
            assert!(!public(Transport::Tls, host), "{host}");
        }
    }

    #[test]
    fn a_request_has_one_host() {
        let plain = place(Transport::Loopback, false);
        assert!(check(&plain, &[]).is_some());
        assert!(check(&plain, &[("host", "127.0.0.1:9080"), ("host", "127.0.0.1:9080")]).is_some());
        let mut headers = HeaderMap::new();
        headers.append(HOST, HeaderValue::from_static("127.0.0.1:9080"));
        let other: Uri = "http://localhost:9080/v1/actions".parse().expect("a URI");
        assert_eq!(plain.check(&other, &headers).map_err(|rejected| rejected.is_malformed), Err(true));
    }

    /// Promise: Requests of foreign web pages are refused
    #[test]
    fn another_sites_page_is_refused() {
        let plain = place(Transport::Loopback, false);
        let host = ("host", "localhost:9080");
        for allowed in [
            vec![("origin", "http://localhost:9080")],
            vec![("origin", "http://localhost:9080"), ("sec-fetch-site", "same-origin")],
            vec![("origin", "https://deck.example"), ("sec-fetch-site", "cross-site")],
            vec![("sec-fetch-site", "same-origin")],
            vec![("sec-fetch-site", "none")],
        ] {
            assert_eq!(check(&plain, &[&[host], allowed.as_slice()].concat()), None, "{allowed:?}");
        }
        for refused in [
            vec![("origin", "null")],
            vec![("origin", "https://evil.example")],
            vec![("origin", "https://localhost:9080")],
            vec![("origin", "http://localhost:9081")],
            vec![("origin", "http://127.0.0.1:9080")],
            vec![("origin", "http://localhost:9080"), ("origin", "http://localhost:9080")],
            vec![("sec-fetch-site", "cross-site")],
            vec![("sec-fetch-site", "same-site")],
            vec![("origin", "http://localhost:9080"), ("sec-fetch-site", "cross-site")],
        ] {
            assert!(check(&plain, &[&[host], refused.as_slice()].concat()).is_some(), "{refused:?}");
        }
    }

    /// Promise: Requests of foreign web pages are refused
    #[test]
    fn a_client_certificate_alone_is_not_enough() {
        let tls = place(Transport::Tls, true);
        let host = ("host", "studio.local:9443");
        assert!(check(&tls, &[host]).is_some());
        assert!(check(&tls, &[host, ("sec-fetch-site", "none")]).is_some());
        assert_eq!(check(&tls, &[host, ("sec-fetch-site", "same-origin")]), None);
        assert_eq!(check(&tls, &[host, ("origin", "https://studio.local:9443")]), None);
    }
}
