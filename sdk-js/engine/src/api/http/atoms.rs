//! Property names of `k6/http`.

crate::atoms! {
    // request parameters
    name, url, method, body, params, headers, tags, cookies, jar, timeout, redirects, auth,
    compression, throw, response_type = "responseType", response_callback = "responseCallback",
    value, replace, min, max,
    // response
    remote_ip, remote_port, status, status_text, proto, timings, tls_version,
    tls_cipher_suite, ocsp, error, error_code, request, duration, blocked, looking_up,
    connecting, tls_handshaking, sending, waiting, receiving, produced_at, this_update,
    next_update, revoked_at, revocation_reason, domain, path, http_only, secure, max_age,
    expires, click_link = "clickLink", html, json, submit_form = "submitForm",
    // cookie jar
    clear, cookies_for_url = "cookiesForURL", delete, set,
}
