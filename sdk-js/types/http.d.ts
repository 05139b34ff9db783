declare module "k6/http" {
  import type { Tags } from "k6";

  /** What {@link url} makes: an address, and a name in which values are `${}`. */
  export interface TaggedUrl { readonly name: string; readonly url: string; readonly clean_url: string }
  export type Url = string | TaggedUrl;
  export type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | (string & {});
  export type ResponseType = "text" | "binary" | "none";
  type Scalar = string | number | boolean | null;

  /** A part of a multipart body. */
  export interface FileData {
    data: string | ArrayBuffer | ArrayBufferView;
    filename: string;
    content_type: string;
  }
  /** Text and bytes are sent as they are; an object as a form, multipart where it holds a file. */
  export type Body =
    | string
    | ArrayBuffer
    | ArrayBufferView
    | { [field: string]: Scalar | FileData | (Scalar | FileData)[] }
    | null
    | undefined;

  /** Made by {@link expectedStatuses}. */
  export interface ExpectedStatuses { readonly __expectedStatuses: never }

  export interface Params<T extends ResponseType = ResponseType> {
    /** `digest` and `ntlm` negotiate with the user of the URL; basic needs no mention. */
    auth?: "basic" | "digest" | "ntlm";
    /** Of the request body, applied in order: `gzip`, `deflate`, `br`, `zstd`, with commas. */
    compression?: string;
    /** Sent beside the jar's, or instead of those with `replace`. Not kept. */
    cookies?: Record<string, Scalar | { value: Scalar; replace?: boolean }>;
    headers?: Record<string, Scalar>;
    /** Instead of the VU's own jar. */
    jar?: CookieJar;
    /** How many to follow. */
    redirects?: number;
    /** What counts as a success; null records no judgement. */
    responseCallback?: ExpectedStatuses | null;
    responseType?: T;
    /** `name` replaces the URL in the metrics. */
    tags?: Tags;
    /** Throw instead of answering with `error`. */
    throw?: boolean;
    /** Milliseconds, or text such as `1m30s`; 60 s unless set. */
    timeout?: number | string;
  }

  /** Milliseconds of the last hop; 0 for what did not happen. */
  export interface Timings {
    /** sending + waiting + receiving. */
    duration: number;
    /** Waiting for a connection, its making included. */
    blocked: number;
    /** Always 0. */
    looking_up: number;
    connecting: number;
    tls_handshaking: number;
    sending: number;
    waiting: number;
    receiving: number;
  }

  export interface ResponseCookie {
    name: string;
    value: string;
    domain: string;
    path: string;
    http_only: boolean;
    secure: boolean;
    max_age: number;
    /** Unix time; -6795364578871 for a session cookie. */
    expires: number;
  }

  export interface SentRequest {
    method: string;
    url: string;
    headers: Record<string, string[]>;
    body: string;
    cookies: Record<string, { name: string; value: string; replace: boolean }[]>;
  }

  type BodyOf<T> = T extends "binary" ? ArrayBuffer | null : T extends "none" ? null : string | null;

  export interface Response<T extends ResponseType = "text"> {
    remote_ip: string;
    remote_port: number;
    /** Of the last hop. */
    url: string;
    /** 0 where there was no answer. */
    status: number;
    /** Such as `200 OK`. */
    status_text: string;
    /** Such as `HTTP/1.1`. */
    proto: string;
    /** Names in canonical form; repeated ones joined with a comma. */
    headers: Record<string, string>;
    cookies: Record<string, ResponseCookie[]>;
    body: BodyOf<T>;
    timings: Timings;
    tls_version: string;
    tls_cipher_suite: string;
    ocsp: {
      produced_at: number;
      this_update: number;
      next_update: number;
      revoked_at: number;
      revocation_reason: string;
      status: string;
    };
    /** Empty unless the request failed. */
    error: string;
    /** 0, k6's code of the failure, or 1000 + status from 400 on. */
    error_code: number;
    /** Of the first hop; null where nothing could be sent. */
    request: SentRequest | null;
    /**
     * The body as JSON, or what a GJSON path finds in it: undefined where that is nothing.
     * Throws for a body that is null or, without a path, no JSON.
     */
    json(): any;
    json(path: string): any;
  }

  type Sent<T extends ResponseType> = Response<ResponseType extends T ? "text" : T>;

  export function get<T extends ResponseType>(url: Url, params?: Params<T> | null): Sent<T>;
  export function head<T extends ResponseType>(url: Url, params?: Params<T> | null): Sent<T>;
  export function post<T extends ResponseType>(url: Url, body?: Body, params?: Params<T> | null): Sent<T>;
  export function put<T extends ResponseType>(url: Url, body?: Body, params?: Params<T> | null): Sent<T>;
  export function patch<T extends ResponseType>(url: Url, body?: Body, params?: Params<T> | null): Sent<T>;
  export function del<T extends ResponseType>(url: Url, body?: Body, params?: Params<T> | null): Sent<T>;
  export function options<T extends ResponseType>(url: Url, body?: Body, params?: Params<T> | null): Sent<T>;
  export function request<T extends ResponseType>(method: Method, url: Url, body?: Body, params?: Params<T> | null): Sent<T>;
  /** Lets the VU go on; the iteration waits for it. */
  export function asyncRequest<T extends ResponseType>(method: Method, url: Url, body?: Body, params?: Params<T> | null): Promise<Sent<T>>;

  export type BatchEntry =
    | Url
    | readonly [Method, Url, Body?, (Params | null)?]
    | { method?: Method; url: Url; body?: Body; params?: Params | null };
  /** Sends in parallel, within the options `batch` and `batchPerHost`; answers in kind. */
  export function batch<E extends readonly BatchEntry[] | Record<string, BatchEntry>>(requests: E): { [K in keyof E]: Response<any> };

  /** `` http.url`https://host/${id}` ``: all such requests share one name in the metrics. */
  export function url(parts: TemplateStringsArray, ...values: unknown[]): TaggedUrl;
  export function file(data: FileData["data"], filename?: string, contentType?: string): FileData;
  export function expectedStatuses(...statuses: (number | { min: number; max: number })[]): ExpectedStatuses;
  /** What counts as a success in this VU from now on; 200 to 399 unless set. */
  export function setResponseCallback(expected: ExpectedStatuses | null): void;

  export class CookieJar {
    cookiesForURL(url: string): Record<string, string[]>;
    /** `expires` is a date such as `Mon, 02 Jan 2006 15:04:05 GMT`; `max_age` is in seconds. */
    set(url: string, name: string, value: string, attributes?: {
      domain?: string;
      path?: string;
      expires?: string;
      max_age?: number;
      secure?: boolean;
      http_only?: boolean;
    }): boolean;
    clear(url: string): void;
    delete(url: string, name: string): void;
  }
  /** The jar of this VU, emptied before each iteration unless `noCookiesReset`. */
  export function cookieJar(): CookieJar;

  export const TLS_1_0: "tls1.0";
  export const TLS_1_1: "tls1.1";
  export const TLS_1_2: "tls1.2";
  export const TLS_1_3: "tls1.3";
  export const OCSP_STATUS_GOOD: "good";
  export const OCSP_STATUS_REVOKED: "revoked";
  export const OCSP_STATUS_SERVER_FAILED: "server_failed";
  export const OCSP_STATUS_UNKNOWN: "unknown";
  export const OCSP_REASON_UNSPECIFIED: "unspecified";
  export const OCSP_REASON_KEY_COMPROMISE: "key_compromise";
  export const OCSP_REASON_CA_COMPROMISE: "ca_compromise";
  export const OCSP_REASON_AFFILIATION_CHANGED: "affiliation_changed";
  export const OCSP_REASON_SUPERSEDED: "superseded";
  export const OCSP_REASON_CESSATION_OF_OPERATION: "cessation_of_operation";
  export const OCSP_REASON_CERTIFICATE_HOLD: "certificate_hold";
  export const OCSP_REASON_REMOVE_FROM_CRL: "remove_from_crl";
  export const OCSP_REASON_PRIVILEGE_WITHDRAWN: "privilege_withdrawn";
  export const OCSP_REASON_AA_COMPROMISE: "aa_compromise";

  const http: typeof import("k6/http");
  export default http;
}
