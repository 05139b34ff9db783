import http from "k6/http";
const b = __ENV.HTTP;
export default function () {
  for (const [path, key] of [["gzip", "gzipped"], ["deflate", "deflated"], ["brotli", "brotli"], ["zstd", "zstd"]]) {
    const r = http.get(`${b}/${path}`); console.log(path, r.status, r.json(key), r.headers["Content-Encoding"]);
  }
  for (const kind of ["gzip", "deflate", "br", "zstd", "gzip, br"]) {
    const r = http.post(`${b}/anything`, "compress me ".repeat(50), { compression: kind });
    const j = r.json(); console.log(kind, r.status, j.headers["Content-Encoding"], j.data.startsWith("data:application/octet-stream;base64,"), Number(j.headers["Content-Length"]) < 200);
  }
  const plain = http.post(`${b}/anything`, "x", { compression: "nonsense" }); console.log(plain.status, plain.error !== "");
  console.log(String(http.get(`${b}/headers`).json("headers.Accept-Encoding")));
}
