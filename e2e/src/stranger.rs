//! Requests by nobody in particular, from whatever address one likes, with their whole answers. The server has to trust
//! 127.0.0.1 as a proxy for that ([`PROXY`]).

use std::{net::Ipv4Addr, time::Duration};

use igoon_shared::protocol::{error::ErrorBody, http::API};
use reqwest::header::HeaderMap;
use serde::{Serialize, de::DeserializeOwned};

/// What the server is started with, so that it believes the sources.
pub const PROXY: [&str; 2] = ["--trusted-proxy", "127.0.0.1"];

/// Makes requests.
#[derive(Clone, Debug)]
pub struct Stranger {
    url: String,
    http: reqwest::Client,
}

/// An answer as it came.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Stranger {
    /// Talks to this server.
    #[must_use]
    pub fn new(url: &str) -> Self {
        // The server closes what is idle for five seconds; a request that is on its way then would be lost.
        let http = reqwest::Client::builder().no_proxy().pool_idle_timeout(Duration::from_secs(2)).build().unwrap();
        Self { url: url.to_owned(), http }
    }

    /// Makes a request from this source.
    pub async fn post(&self, source: Ipv4Addr, path: &str, body: &impl Serialize) -> Answer {
        let request = self.http.post(format!("{}{API}{path}", self.url)).header("X-Forwarded-For", source.to_string());
        let answer = request.json(body).send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Answer { status, headers, body: answer.bytes().await.unwrap().to_vec() }
    }
}

impl Answer {
    /// What it says, if it is a success.
    #[must_use]
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        let read = || serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"));
        (self.status < 300).then(read)
    }

    /// The refusal that it is.
    #[must_use]
    pub fn refusal(&self) -> ErrorBody {
        assert!(self.status >= 400, "{self:?}");
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }
}

/// The source with this number, of sixteen million in 10.0.0.0/8.
#[must_use]
pub fn source(number: u32) -> Ipv4Addr {
    Ipv4Addr::from(0x0A00_0000 + number)
}
