export default function () {
  console.log("price: $42 and €7".match(/(?<=\$)\d+/)[0], "a1b2".replace(/(?<!a)\d/, "#"));
  console.log([..."a1b22".matchAll(/[a-z](\d+)/g)].map((m) => m[1] + "@" + m.index).join());
  console.log("x\ny".match(/x.y/s) !== null, /^\w+$/i.test("Été"));
  const sticky = /o/y; sticky.lastIndex = 1;
  console.log(sticky.test("foo"), sticky.lastIndex, "a,b;c".split(/[,;]/).length, "aaa".replaceAll("a", "b"));
  console.log("Hello".replace(/l/g, (m, at) => at), /(a)|(b)/.exec("b")[1] === undefined);
  console.log(/(\d{3})-\1/.test("123-123"), "tel".search(/e/), "A-B".toLowerCase().replace(/-(\w)/, (_, c) => c.toUpperCase()));
  console.log(/a{2,3}?/.exec("aaaa")[0], /[\u{1F600}-\u{1F64F}]/u.test("😀"), "line1\nline2".match(/^line/gm).length);
}
