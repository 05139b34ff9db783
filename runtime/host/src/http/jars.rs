//! `runner:http/http.cookie-jar`.

use runner_http::CookieJar;
use wasmtime::component::Resource;

use crate::VuState;
use crate::bindings::runner::http::http::{self as wit, HostCookieJar};

impl HostCookieJar for VuState {
    fn new(&mut self) -> Resource<CookieJar> {
        self.new_jar(CookieJar::default())
    }

    fn cookies_for_url(
        &mut self,
        jar: Resource<CookieJar>,
        url: String,
    ) -> Result<Vec<(String, String)>, String> {
        self.jar(&jar)?.cookies_for_url(&url)
    }

    fn set(
        &mut self,
        jar: Resource<CookieJar>,
        url: String,
        name: String,
        value: String,
        attributes: wit::CookieAttributes,
    ) -> Result<(), String> {
        let attributes = runner_http::CookieAttributes {
            domain: attributes.domain,
            path: attributes.path,
            expires: attributes.expires,
            max_age: attributes.max_age,
            secure: attributes.secure,
            http_only: attributes.http_only,
        };
        self.jar(&jar)?.set(&url, &name, &value, &attributes)
    }

    fn clear(&mut self, jar: Resource<CookieJar>, url: String) -> Result<(), String> {
        self.jar(&jar)?.clear(&url)
    }

    fn delete(
        &mut self,
        jar: Resource<CookieJar>,
        url: String,
        name: String,
    ) -> Result<(), String> {
        self.jar(&jar)?.delete(&url, &name)
    }

    fn drop(&mut self, jar: Resource<CookieJar>) -> wasmtime::Result<()> {
        self.table.delete(jar)?;
        Ok(())
    }
}

impl VuState {
    pub(super) fn new_jar(&mut self, jar: CookieJar) -> Resource<CookieJar> {
        // The table holds four billion entries; a guest that keeps so many has trapped for want
        // of memory long before.
        self.table
            .push(jar)
            .unwrap_or_else(|_| Resource::new_own(u32::MAX))
    }

    fn jar(&self, handle: &Resource<CookieJar>) -> Result<&CookieJar, String> {
        self.table.get(handle).map_err(|error| error.to_string())
    }
}
