//! The web client. Release builds carry it inside (`build.rs` puts it there, brotli-compressed besides); debug builds read
//! `dist/` from disk at each request, so that a rebuilt page needs no rebuilt server. Without `dist/` a page says what to do.

mod compress;
mod csp;
mod files;
mod service_worker;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderValue},
    },
    web,
};
use igoon_shared::protocol::error::ErrorCode;

use self::files::{File, Source};
use super::{Origins, Service};
use crate::error::Error;

const INDEX: &str = "index.html";
const MISSING: &str = include_str!("missing.html");

/// The web client's files and what its pages may do.
pub struct Assets {
    source: Source,
    connect: String,
    /// The policy of the embedded page; of one on disk it is made anew each time.
    csp: Option<HeaderValue>,
    /// The service worker's script, likewise.
    service_worker: Option<File>,
}

impl Assets {
    /// The files of this build; `origins` are those under which the server is reached.
    #[must_use]
    pub fn new(origins: &Origins) -> Self {
        Self::with(Source::of_this_build(), origins)
    }

    fn with(source: Source, origins: &Origins) -> Self {
        // Browsers differ in whether 'self' covers WebSockets to the same place (CSP level 3 says yes); so both stand there.
        let connect = origins.websockets().fold("'self'".to_owned(), |all, one| format!("{all} {one}"));
        let mut assets = Self { source, connect, csp: None, service_worker: None };
        if assets.source.is_fixed() {
            assets.csp = Some(assets.make_csp());
            assets.service_worker = service_worker::script(&assets.source);
        }
        assets
    }

    fn csp(&self) -> HeaderValue {
        self.csp.clone().unwrap_or_else(|| self.make_csp())
    }

    fn make_csp(&self) -> HeaderValue {
        let index = self.source.get(INDEX);
        csp::policy(index.as_ref().map_or("", |index| index.text()), &self.connect)
    }

    /// The file at a path below the root.
    fn get(&self, path: &str) -> Option<File> {
        match path {
            service_worker::PATH if self.source.is_fixed() => self.service_worker.clone(),
            service_worker::PATH => service_worker::script(&self.source),
            _ => self.source.get(path),
        }
    }
}

/// Any path that is not the API's.
pub(super) async fn serve(service: web::Data<Service>, request: HttpRequest) -> Result<HttpResponse, Error> {
    respond(&service.assets, &request)
}

fn respond(assets: &Assets, request: &HttpRequest) -> Result<HttpResponse, Error> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return Err(Error::NoSuchMethod);
    }
    let path = request.path().trim_start_matches('/');
    if let Some(file) = Some(path).filter(|path| *path != INDEX && !path.is_empty()).and_then(|path| assets.get(path)) {
        return Ok(answer(assets, request, path, &file));
    }
    let wants_a_page = path.is_empty() || accepts(request.headers(), header::ACCEPT, "text/html");
    if !wants_a_page {
        return Err(ErrorCode::NotFound.into());
    }
    // The pages' own addresses are the web client's business.
    Ok(match assets.source.get(INDEX) {
        Some(index) => answer(assets, request, INDEX, &index),
        None => HttpResponse::build(StatusCode::SERVICE_UNAVAILABLE)
            .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
            .body(MISSING),
    })
}

fn answer(assets: &Assets, request: &HttpRequest, path: &str, file: &File) -> HttpResponse {
    let etag = file.etag();
    let hashed = files::is_hashed(path);
    let same = !hashed && accepts(request.headers(), header::IF_NONE_MATCH, etag);
    let mut response = HttpResponse::build(if same { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, assets.csp()))
        .insert_header((header::VARY, "Accept-Encoding"));
    if hashed {
        response.insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"));
    } else {
        // Weak: it stands for the file in both encodings.
        response.insert_header((header::CACHE_CONTROL, "no-cache")).insert_header((header::ETAG, format!("W/{etag}")));
    }
    if same {
        return response.finish();
    }
    response.insert_header((header::CONTENT_TYPE, files::content_type(path)));
    match file.brotli().filter(|_| accepts(request.headers(), header::ACCEPT_ENCODING, "br")) {
        Some(brotli) => response.insert_header((header::CONTENT_ENCODING, "br")).body(brotli),
        None => response.body(file.bytes()),
    }
}

/// Whether a list in a header has this element, whatever its parameters (but `q=0`, which refuses it).
fn accepts(headers: &HeaderMap, name: header::HeaderName, element: &str) -> bool {
    let lists = headers.get_all(name).filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().is_some_and(|part| part.strip_prefix("W/").unwrap_or(part) == element);
        named && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn assets(dist: &std::path::Path) -> Assets {
        Assets::with(Source::Folder(dist.to_owned()), &Origins::new(&[], "http", 8080))
    }

    fn get(assets: &Assets, path: &str, headers: &[(header::HeaderName, &str)]) -> Result<HttpResponse, Error> {
        let request = TestRequest::with_uri(path);
        let request =
            headers.iter().fold(request, |request, (name, value)| request.insert_header((name.clone(), *value)));
        respond(assets, &request.to_http_request())
    }

    fn header_of(response: &HttpResponse, name: header::HeaderName) -> &str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn pages_are_checked_anew_and_hashed_files_are_kept() {
        let dist = tempfile::tempdir().unwrap();
        std::fs::write(dist.path().join("index.html"), "<script type=\"module\">x</script>").unwrap();
        std::fs::write(dist.path().join("app-0123456789abcdef.js"), "y").unwrap();
        let assets = assets(dist.path());
        for page in ["/", "/index.html", "/join/room?x"] {
            let response = get(&assets, page, &[(header::ACCEPT, "text/html,*/*;q=0.8")]).unwrap();
            assert_eq!(header_of(&response, header::CONTENT_TYPE), "text/html; charset=utf-8", "{page}");
            assert_eq!(header_of(&response, header::CACHE_CONTROL), "no-cache");
            let csp = header_of(&response, header::CONTENT_SECURITY_POLICY);
            assert!(csp.contains("sha256-") && csp.contains("ws://127.0.0.1:8080"), "{csp}");
            let etag = header_of(&response, header::ETAG).to_owned();
            let again = get(&assets, page, &[(header::ACCEPT, "text/html"), (header::IF_NONE_MATCH, &etag)]).unwrap();
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        }
        let script = get(&assets, "/app-0123456789abcdef.js", &[]).unwrap();
        assert_eq!(header_of(&script, header::CACHE_CONTROL), "public, max-age=31536000, immutable");
        assert!(get(&assets, "/missing.js", &[(header::ACCEPT, "*/*")]).is_err());
    }

    #[test]
    fn the_service_worker_and_the_manifest_are_checked_anew_and_are_of_their_types() {
        let dist = tempfile::tempdir().unwrap();
        std::fs::write(dist.path().join("sw.js"), "// own text").unwrap();
        std::fs::write(dist.path().join("manifest.webmanifest"), "{}").unwrap();
        let assets = assets(dist.path());
        for (path, content_type) in
            [("/sw.js", "text/javascript; charset=utf-8"), ("/manifest.webmanifest", "application/manifest+json")]
        {
            let response = get(&assets, path, &[]).unwrap();
            assert_eq!(header_of(&response, header::CONTENT_TYPE), content_type);
            assert_eq!(header_of(&response, header::CACHE_CONTROL), "no-cache");
            let csp = header_of(&response, header::CONTENT_SECURITY_POLICY);
            assert!(csp.contains("worker-src 'self'") && csp.contains("manifest-src 'self'"), "{csp}");
            let etag = header_of(&response, header::ETAG).to_owned();
            let again = get(&assets, path, &[(header::IF_NONE_MATCH, &etag)]).unwrap();
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        }
        let etag = |assets: &Assets| header_of(&get(assets, "/sw.js", &[]).unwrap(), header::ETAG).to_owned();
        let before = etag(&assets);
        std::fs::write(dist.path().join("manifest.webmanifest"), "{ }").unwrap();
        assert_ne!(etag(&assets), before, "a file on disk changed, and so did the build");
    }

    #[test]
    fn without_the_web_client_a_page_says_what_to_do() {
        let empty = tempfile::tempdir().unwrap();
        let response = get(&assets(empty.path()), "/", &[]).unwrap();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    }

    fn accepts_encoding(value: &'static str) -> bool {
        let request = TestRequest::default().insert_header((header::ACCEPT_ENCODING, value)).to_http_request();
        accepts(request.headers(), header::ACCEPT_ENCODING, "br")
    }

    #[test]
    fn brotli_is_sent_to_those_who_take_it() {
        assert!(accepts_encoding("gzip, deflate, br, zstd"));
        assert!(accepts_encoding("br;q=0.5"));
        assert!(!accepts_encoding("br;q=0, gzip"));
        assert!(!accepts_encoding("brotli"));
    }

    #[test]
    fn a_known_etag_is_recognised_weak_or_strong() {
        let request = TestRequest::default().insert_header((header::IF_NONE_MATCH, "\"a\", W/\"b\"")).to_http_request();
        assert!(accepts(request.headers(), header::IF_NONE_MATCH, "\"b\""));
        assert!(!accepts(request.headers(), header::IF_NONE_MATCH, "\"c\""));
    }
}
