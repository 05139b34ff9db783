//! Property names that native code reads or writes, interned once while the snapshot is made.

use rquickjs_sys::{self as q, JSAtom, JSContext};

macro_rules! atoms {
    ($($field:ident $(= $text:literal)?),* $(,)?) => {
        /// One field per name.
        #[derive(Clone, Copy)]
        pub struct Atoms {
            $(pub $field: JSAtom,)*
        }

        impl Atoms {
            /// # Safety
            /// `ctx` must be a live context.
            pub unsafe fn intern(ctx: *mut JSContext) -> Atoms {
                Atoms {
                    $($field: {
                        let name = atoms!(@text $field $($text)?);
                        unsafe {
                            q::JS_NewAtomLen(ctx, name.as_ptr().cast(), name.len() as _)
                        }
                    },)*
                }
            }
        }
    };
    (@text $field:ident) => { stringify!($field) };
    (@text $field:ident $text:literal) => { $text };
}

atoms! {
    // errors, modules
    message, name, stack, default, exports,
    es_module = "__esModule", resolve, prototype, length,
    // globals
    vu = "__VU", iter = "__ITER",
    // request parameters
    url, method, body, params, headers, tags, cookies, jar, timeout, redirects, auth,
    compression, throw, response_type = "responseType", response_callback = "responseCallback",
    value, replace, min, max,
    // k6/x/kv
    key, ttl,
    // response
    remote_ip, remote_port, status, status_text, proto, timings, tls_version,
    tls_cipher_suite, ocsp, error, error_code, request, duration, blocked, looking_up,
    connecting, tls_handshaking, sending, waiting, receiving, produced_at, this_update,
    next_update, revoked_at, revocation_reason, domain, path, http_only, secure, max_age,
    expires, click_link = "clickLink", html, json, submit_form = "submitForm",
    // cookie jar
    clear, cookies_for_url = "cookiesForURL", delete, set,
}
