// k6/http: constants, `url`, `file` and form bodies; everything else is native.
(function (native) {
  "use strict";
  const { GoError, warn, encodeUtf8, randomBytes } = native;

  const constants = {
    TLS_1_0: "tls1.0",
    TLS_1_1: "tls1.1",
    TLS_1_2: "tls1.2",
    TLS_1_3: "tls1.3",
    OCSP_STATUS_GOOD: "good",
    OCSP_STATUS_REVOKED: "revoked",
    OCSP_STATUS_SERVER_FAILED: "server_failed",
    OCSP_STATUS_UNKNOWN: "unknown",
    OCSP_REASON_UNSPECIFIED: "unspecified",
    OCSP_REASON_KEY_COMPROMISE: "key_compromise",
    OCSP_REASON_CA_COMPROMISE: "ca_compromise",
    OCSP_REASON_AFFILIATION_CHANGED: "affiliation_changed",
    OCSP_REASON_SUPERSEDED: "superseded",
    OCSP_REASON_CESSATION_OF_OPERATION: "cessation_of_operation",
    OCSP_REASON_CERTIFICATE_HOLD: "certificate_hold",
    OCSP_REASON_REMOVE_FROM_CRL: "remove_from_crl",
    OCSP_REASON_PRIVILEGE_WITHDRAWN: "privilege_withdrawn",
    OCSP_REASON_AA_COMPROMISE: "aa_compromise",
  };

  // http.url`http://host/${id}`: the name keeps the place of the value, not the value.
  function url(parts, ...values) {
    let name = "";
    let address = "";
    for (let i = 0; i < parts.length; i++) {
      name += parts[i];
      address += parts[i];
      if (i < parts.length - 1) {
        name += "${}";
        address += i < values.length ? String(values[i]) : "";
      }
    }
    const clean = address.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i, "$1****:****@");
    return { name, url: address, clean_url: clean };
  }

  const isBuffer = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value);
  const bytesOf = (value) =>
    value instanceof ArrayBuffer
      ? new Uint8Array(value)
      : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);

  class FileData {
    constructor(data, filename, contentType) {
      this.data = data;
      this.filename = filename;
      this.content_type = contentType;
    }
  }

  function file(data, filename, contentType) {
    if (typeof data !== "string" && !isBuffer(data)) {
      const type = data === null || data === undefined ? "<nil>" : typeof data;
      throw new GoError(`invalid type ${type}, expected string or ArrayBuffer`);
    }
    return new FileData(
      data,
      filename === undefined ? `${Date.now()}000000` : String(filename),
      contentType === undefined ? "application/octet-stream" : String(contentType),
    );
  }

  const escape = (text) =>
    encodeURIComponent(text.toWellFormed())
      .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
      .replace(/%20/g, "+");

  function scalar(key, value) {
    if (value === null || value === undefined) return "";
    if (typeof value === "object" || typeof value === "function") {
      warn(`the value of '${key}' in a request body is an object, which a form cannot hold; it is sent empty`);
      return "";
    }
    return String(value);
  }

  function form(data) {
    const pairs = [];
    for (const key of Object.keys(data).sort()) {
      const values = Array.isArray(data[key]) ? data[key] : [data[key]];
      for (const value of values) pairs.push(`${escape(key)}=${escape(scalar(key, value))}`);
    }
    return { body: pairs.join("&"), type: "application/x-www-form-urlencoded" };
  }

  const quoted = (text) => text.replace(/\\/g, "\\\\").replace(/"/g, '\\"');

  function multipart(data) {
    // Not Math.random: the numbers that a script seeded are the script's.
    let boundary = "";
    for (const byte of new Uint8Array(randomBytes(30))) boundary += byte.toString(16).padStart(2, "0");
    const chunks = [];
    const text = (value) => chunks.push(new Uint8Array(encodeUtf8(value)));
    for (const key of Object.keys(data)) {
      const values = Array.isArray(data[key]) ? data[key] : [data[key]];
      for (const value of values) {
        text(`--${boundary}\r\nContent-Disposition: form-data; name="${quoted(key)}"`);
        if (value instanceof FileData) {
          const { filename, content_type: type } = value;
          text(`; filename="${quoted(filename)}"\r\nContent-Type: ${type}\r\n\r\n`);
          if (typeof value.data === "string") text(value.data);
          else chunks.push(bytesOf(value.data));
          text("\r\n");
        } else {
          text(`\r\n\r\n${scalar(key, value)}\r\n`);
        }
      }
    }
    text(`--${boundary}--\r\n`);
    const body = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    let at = 0;
    for (const chunk of chunks) {
      body.set(chunk, at);
      at += chunk.length;
    }
    return { body: body.buffer, type: `multipart/form-data; boundary=${boundary}` };
  }

  // Called by native code for a body that is an object.
  native.encodeForm = (data) => {
    // A file is a part of a form and no form.
    if (data instanceof FileData) return { refused: "*http.FileData" };
    for (const key of Object.keys(data)) {
      const value = data[key];
      if (value instanceof FileData) return multipart(data);
      if (Array.isArray(value) && value.some((v) => v instanceof FileData)) {
        return multipart(data);
      }
    }
    return form(data);
  };

  return {
    ...constants,
    url,
    CookieJar: native.CookieJar,
    cookieJar: native.cookieJar,
    file,
    get: native.get,
    head: native.head,
    post: native.post,
    put: native.put,
    patch: native.patch,
    del: native.del,
    options: native.options,
    request: native.request,
    asyncRequest: native.asyncRequest,
    batch: native.batch,
    setResponseCallback: native.setResponseCallback,
    expectedStatuses: native.expectedStatuses,
  };
});
