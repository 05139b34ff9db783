// Globals known from the web: TextEncoder, TextDecoder and crypto.
(function (native) {
  "use strict";
  const { encodeUtf8, decodeText, randomBytes } = native;
  const define = (name, value) =>
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });

  define(
    "TextEncoder",
    class TextEncoder {
      get encoding() {
        return "utf-8";
      }
      encode(text = "") {
        return new Uint8Array(encodeUtf8(String(text)));
      }
    },
  );

  const labels = {
    "": "utf-8",
    utf8: "utf-8",
    "utf-8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "utf-16": "utf-16le",
    "utf-16le": "utf-16le",
    "utf-16be": "utf-16be",
  };

  define(
    "TextDecoder",
    class TextDecoder {
      #encoding;
      #fatal;
      #ignoreBOM;
      constructor(label = "utf-8", options = {}) {
        const encoding = labels[String(label).trim().toLowerCase()];
        if (encoding === undefined) {
          throw new RangeError(`unsupported encoding: ${label}`);
        }
        this.#encoding = encoding;
        this.#fatal = Boolean(options?.fatal);
        this.#ignoreBOM = Boolean(options?.ignoreBOM);
      }
      get encoding() {
        return this.#encoding;
      }
      get fatal() {
        return this.#fatal;
      }
      get ignoreBOM() {
        return this.#ignoreBOM;
      }
      decode(buffer) {
        if (buffer === undefined) return "";
        return decodeText(buffer, this.#encoding, this.#fatal, this.#ignoreBOM);
      }
    },
  );

  const integers = [
    Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
    BigInt64Array, BigUint64Array,
  ];

  const crypto = {
    // One random byte per element, as in k6.
    getRandomValues(array) {
      if (!integers.some((type) => array instanceof type)) {
        throw new TypeError("getRandomValues() needs an array of integers");
      }
      if (array.length > 65536) {
        throw new RangeError("getRandomValues() fills at most 65536 elements");
      }
      const bytes = new Uint8Array(randomBytes(array.length));
      const big = array instanceof BigInt64Array || array instanceof BigUint64Array;
      for (let i = 0; i < bytes.length; i++) array[i] = big ? BigInt(bytes[i]) : bytes[i];
      return array;
    },
    randomUUID() {
      const bytes = new Uint8Array(randomBytes(16));
      bytes[6] = (bytes[6] & 0x0f) | 0x40;
      bytes[8] = (bytes[8] & 0x3f) | 0x80;
      let text = "";
      for (let i = 0; i < 16; i++) {
        if (i === 4 || i === 6 || i === 8 || i === 10) text += "-";
        text += bytes[i].toString(16).padStart(2, "0");
      }
      return text;
    },
  };
  define("crypto", crypto);
});
