export default function () {
  const encoder = new TextEncoder();
  console.log(encoder.encoding, encoder.encode("aé€😀").join(), encoder.encode().length);
  const decoder = new TextDecoder();
  console.log(decoder.encoding, decoder.decode(new Uint8Array([97, 195, 169])), decoder.decode(new Uint8Array([226, 130, 172]).buffer));
  console.log(new TextDecoder("utf-16le").decode(new Uint8Array([97, 0, 98, 0])), new TextDecoder("utf-16be").decode(new Uint8Array([0, 97])));
  try { new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([255])); } catch (e) { console.log(e.name); }
  console.log(new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array([239, 187, 191, 97])).length, new TextDecoder().decode(new Uint8Array([239, 187, 191, 97])).length);
  try { new TextDecoder("nope"); } catch (e) { console.log(e.name); }
}
