import http from "k6/http";
const stable = (o) => JSON.stringify(o, o && typeof o === "object" ? Object.keys(o).sort() : null);
export default function () {
  const file = http.file("file content", "name.txt", "text/plain");
  console.log(file.data, file.filename, file.content_type);
  const auto = http.file(new Uint8Array([1, 2, 3]).buffer);
  console.log(/^\d+$/.test(auto.filename), auto.content_type);
  const r = http.post(`${__ENV.HTTP}/post`, { field: "value", number: 5, file, binary: http.file(new Uint8Array([0, 255]).buffer, "b.bin") });
  const j = r.json();
  console.log(stable(j.form), stable(j.files), j.headers["Content-Type"].split(";")[0]);
}
