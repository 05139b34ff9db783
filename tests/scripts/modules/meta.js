export default function () {
  const url = import.meta.resolve("./files/lib.js");
  console.log(url.startsWith("file:///"), url.endsWith("/files/lib.js"), typeof import.meta.url);
}
