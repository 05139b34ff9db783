import http from "k6/http";
const b = __ENV.HTTP;
export default function () {
  const r = http.get(`${b}/redirect/3`); console.log(r.status, r.url, r.request.url, r.json("url"));
  const zero = http.get(`${b}/redirect/3`, { redirects: 0 }); console.log(zero.status, zero.headers["Location"], zero.url);
  const two = http.get(`${b}/redirect/3`, { redirects: 2 }); console.log(two.status, two.headers["Location"], two.url);
  const many = http.get(`${b}/redirect/15`); console.log(many.status, many.headers["Location"]);
  const abs = http.get(`${b}/absolute-redirect/2`); console.log(abs.status, abs.url);
  for (const code of [301, 302, 303, 307, 308]) {
    const p = http.post(`${b}/redirect-to?url=/anything&status_code=${code}`, "payload");
    console.log(code, p.status, p.json("method"), JSON.stringify(p.json("data")), p.json("headers.Referer") !== undefined);
  }
  const h = http.head(`${b}/redirect-to?url=/get&status_code=301`); console.log(h.status, h.url);
  const put = http.put(`${b}/redirect-to?url=/anything&status_code=302`, "x"); console.log(put.json("method"));
  const hdr = http.get(`${b}/redirect-to?url=/anything`, { headers: { Authorization: "Bearer x", "X-Kept": "1" } }); console.log(hdr.json("headers.Authorization"), hdr.json("headers.X-Kept"));
  const query = http.get(`${b}/redirect-to?url=/get%3Fa%3Db`); console.log(query.json("args.a"), query.url);
}
