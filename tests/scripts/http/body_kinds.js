import http from "k6/http";
export default function () {
  const bodies = { date: new Date(0), map: new Map([["a", 1]]), emptyMap: new Map(), set: new Set([1]), function: () => 1, number: 5, fraction: 1.5, bool: false, list: [1], emptyList: [], big: 10n, promise: Promise.resolve(1), file: http.file("x", "n.txt"), object: { a: 1 }, emptyObject: {}, noPrototype: Object.assign(Object.create(null), { a: 1 }), bytes: new Uint8Array([65, 66]), part: new Uint8Array([65, 66, 67]).subarray(1, 2), buffer: new Uint8Array([67]).buffer, nothing: null, undefined };
  for (const [name, body] of Object.entries(bodies)) {
    const r = http.post(`${__ENV.HTTP}/anything`, body);
    console.log(name, r.status, r.error_code, r.error, r.request ? JSON.stringify([r.request.body, r.request.headers["Content-Type"]]) : "null");
  }
}
