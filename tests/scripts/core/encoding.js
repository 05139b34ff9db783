import encoding, { b64encode, b64decode } from "k6/encoding";
export default function () {
  for (const variant of [undefined, "std", "rawstd", "url", "rawurl"]) {
    const packed = variant ? b64encode("hällo??>", variant) : b64encode("hällo??>");
    console.log(String(variant), packed, b64decode(packed, variant || "std", "s"));
  }
  console.log(b64encode(new Uint8Array([0, 255, 128]).buffer), b64encode(""), encoding.b64encode("a"));
  const bytes = b64decode("AP+A");
  console.log(bytes instanceof ArrayBuffer, new Uint8Array(bytes).join());
  console.log(b64decode("aGk=", "std", "s"), b64decode("aGk", "rawstd", "s"), b64encode(new Uint8Array([104, 105])));
  try { b64decode("!!!", "std", "s"); } catch (e) { console.log("refused"); }
}
