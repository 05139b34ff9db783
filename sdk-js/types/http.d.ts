declare module "k6/http" {
  import type { Tags } from "k6";

  /** What {@link url} makes: an address, and a name in which values are `${}`. */
  export interface TaggedUrl { readonly name: string; readonly url: string; readonly clean_url: string }
  export type Url = string | TaggedUrl;
  export type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | (string & {});
  export type HttpURL = TaggedUrl;
  export type ResponseType = "text" | "binary" | "none";
  export type ResponseBody = string | ArrayBuffer | null;
  type Scalar = string | number | boolean | null;

  /** A part of a multipart body. */
  export interface FileData {
    data: string | ArrayBuffer | ArrayBufferView;
    filename: string;
    content_type: string;
  }
  /** An object is sent as a form, multipart where it holds a file. */
  export interface StructuredRequestBody {
    [field: string]: Scalar | FileData | (Scalar | FileData)[];
  }
  /** Text and bytes are sent as they are. */
  export type RequestBody = string | ArrayBuffer | ArrayBufferView | StructuredRequestBody;
  export type Body = RequestBody | null | undefined;

  /** Made by {@link expectedStatuses}. */
  export interface ExpectedStatuses { readonly __expectedStatuses: never }
  export type ExpectedStatusesCallback = ExpectedStatuses;
  /** A range, ends included. */
  export interface ExpectedStatusesObject { min: number; max: number }

  export type AuthMethod = "basic" | "digest" | "ntlm";
  export type ParamsCookieValue = Scalar | { value: Scalar; replace?: boolean };

  export interface Params {
    /** `digest` and `ntlm` negotiate with the user of the URL; basic needs no mention. */
    auth?: AuthMethod;
    /** Of the request body, applied in order: `gzip`, `deflate`, `br`, `zstd`, with commas. */
    compression?: string;
    /** Sent beside the jar's, or instead of those with `replace`. Not kept. */
    cookies?: Record<string, ParamsCookieValue>;
    headers?: Record<string, Scalar>;
    /** Instead of the VU's own jar. */
    jar?: CookieJar;
    /** How many to follow. */
    redirects?: number;
    /** What counts as a success; null records no judgement. */
    responseCallback?: ExpectedStatuses | null;
    responseType?: ResponseType;
    /** `name` replaces the URL in the metrics. */
    tags?: Tags;
    /** Throw instead of answering with `error`. */
    throw?: boolean;
    /** Milliseconds, or text such as `1m30s`; 60 s unless set. */
    timeout?: number | string;
  }
  /** Parameters that say what the body will be. */
  export interface RefinedParams<T extends ResponseType | undefined> extends Params {
    responseType?: T;
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

  export interface RequestCookie { name: string; value: string; replace: boolean }
  export interface SentRequest {
    method: string;
    url: string;
    headers: Record<string, string[]>;
    body: string;
    cookies: Record<string, RequestCookie[]>;
  }

  /** Such as `HTTP/1.1`; empty where there was no answer. */
  export type Protocol = "HTTP/1.0" | "HTTP/1.1" | "HTTP/2.0" | (string & {});
  /** As IANA names it. */
  export type CipherSuite = "" | `TLS_${string}`;

  export interface Response {
    remote_ip: string;
    remote_port: number;
    /** Of the last hop. */
    url: string;
    /** 0 where there was no answer. */
    status: number;
    /** Such as `200 OK`. */
    status_text: string;
    proto: Protocol;
    /** Names in canonical form; repeated ones joined with a comma. */
    headers: Record<string, string>;
    cookies: Record<string, ResponseCookie[]>;
    /** Null where there was no answer. */
    body: ResponseBody;
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

  /** The body of an answer; what was not asked for is text. */
  export type RefinedResponseBody<T extends ResponseType | undefined> =
    T extends "binary" ? ArrayBuffer : T extends "none" ? null : T extends "text" ? string : string | null;
  export interface RefinedResponse<T extends ResponseType | undefined> extends Response {
    body: RefinedResponseBody<T>;
  }

  export function get<T extends ResponseType | undefined = undefined>(url: Url, params?: RefinedParams<T> | null): RefinedResponse<T>;
  export function head<T extends ResponseType | undefined = undefined>(url: Url, params?: RefinedParams<T> | null): RefinedResponse<T>;
  export function post<T extends ResponseType | undefined = undefined>(url: Url, body?: Body, params?: RefinedParams<T> | null): RefinedResponse<T>;
  export function put<T extends ResponseType | undefined = undefined>(url: Url, body?: Body, params?: RefinedParams<T> | null): RefinedResponse<T>;
  export function patch<T extends ResponseType | undefined = undefined>(url: Url, body?: Body, params?: RefinedParams<T> | null): RefinedResponse<T>;
  export function del<T extends ResponseType | undefined = undefined>(url: Url, body?: Body, params?: RefinedParams<T> | null): RefinedResponse<T>;
  export function options<T extends ResponseType | undefined = undefined>(url: Url, body?: Body, params?: RefinedParams<T> | null): RefinedResponse<T>;
  export function request<T extends ResponseType | undefined = undefined>(method: Method, url: Url, body?: Body, params?: RefinedParams<T> | null): RefinedResponse<T>;
  /** Lets the VU go on; the iteration waits for it. */
  export function asyncRequest<T extends ResponseType | undefined = undefined>(method: Method, url: Url, body?: Body, params?: RefinedParams<T> | null): Promise<RefinedResponse<T>>;

  export type ArrayRefinedBatchRequest<T extends ResponseType | undefined> =
    readonly [Method, Url, Body?, (RefinedParams<T> | null)?];
  export interface ObjectRefinedBatchRequest<T extends ResponseType | undefined> {
    method?: Method;
    url: Url;
    body?: Body;
    params?: RefinedParams<T> | null;
  }
  export type RefinedBatchRequest<T extends ResponseType | undefined> =
    | Url
    | ArrayRefinedBatchRequest<T>
    | ObjectRefinedBatchRequest<T>;
  export type ArrayBatchRequest = ArrayRefinedBatchRequest<ResponseType | undefined>;
  export type ObjectBatchRequest = ObjectRefinedBatchRequest<ResponseType | undefined>;
  export type BatchRequest = RefinedBatchRequest<ResponseType | undefined>;
  export type BatchRequests = readonly BatchRequest[] | { [name: string]: BatchRequest };
  /** An answer for each, under its place or name. */
  export type BatchResponses<Q> = {
    [K in keyof Q]: RefinedResponse<
      Q[K] extends readonly [any, any, any, { responseType: infer T extends ResponseType }] ? T
      : Q[K] extends { params: { responseType: infer T extends ResponseType } } ? T
      : undefined
    >;
  };
  /** Sends in parallel, within the options `batch` and `batchPerHost`; answers in kind. */
  export function batch<const Q extends BatchRequests>(requests: Q): BatchResponses<Q>;

  /** `` http.url`https://host/${id}` ``: all such requests share one name in the metrics. */
  export function url(parts: TemplateStringsArray, ...values: unknown[]): TaggedUrl;
  export function file(data: FileData["data"], filename?: string, contentType?: string): FileData;
  export function expectedStatuses(...statuses: (number | ExpectedStatusesObject)[]): ExpectedStatuses;
  /** What counts as a success in this VU from now on; 200 to 399 unless set. */
  export function setResponseCallback(expected: ExpectedStatuses | null): void;

  export interface CookieJarCookies { [name: string]: string[] }
  export interface CookieOptions {
    domain?: string;
    path?: string;
    /** Such as `Mon, 02 Jan 2006 15:04:05 GMT`. */
    expires?: string;
    /** Seconds. */
    max_age?: number;
    secure?: boolean;
    http_only?: boolean;
  }
  export class CookieJar {
    cookiesForURL(url: string): CookieJarCookies;
    set(url: string, name: string, value: string, attributes?: CookieOptions | null): boolean;
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
