// Orders of texts are Unicode's, for no language in particular.
export default function () {
  const words = [
    "a", "B", "b", "A", "á", "a-b", "ab", "a b", "_", "-", "1", "10", "2", "Z", "z", "ä", "ß", "ss", "é", "e", "résumé",
    "resume", "Résumé", "", "α", "я", "日", "本", "😀", "$", "€", "%", ".", ",", "~", "co-op", "coop", "CO-OP",
    "a\u0301", "i", "I", "ı", "İ", "æ", "ae", "Æ", "ø", "o", "ñ", "n", "ll", "!", "?", "Zoë", "zoe", "Ångström", "zebra",
  ];
  console.log(JSON.stringify(words.slice().sort((x, y) => x.localeCompare(y))));
  const pairs = [
    ["a", "A"], ["A", "a"], ["a", "b"], ["a", "B"], ["a", "á"], ["á", "b"], ["a-b", "ab"], ["ab", "a-b"], ["", "a"], ["a", "a"],
    ["a\u0301", "á"], ["Ab", "aB"], ["ab", "aB"], ["aC", "Ab"], ["a", "ab"], ["B", "ab"], ["10", "9"], ["a\n", "a"], ["x\u0000y", "xy"],
  ];
  console.log(JSON.stringify(pairs.map(([x, y]) => x.localeCompare(y))));
  let ascii = "";
  for (let code = 32; code < 127; code++) ascii += String.fromCharCode(code);
  console.log([...ascii].sort((x, y) => x.localeCompare(y)).join(""));
  // The same through the host, which sees what is not ASCII.
  console.log([...ascii].sort((x, y) => `é${x}`.localeCompare(`é${y}`)).join(""));
  console.log(["Ab", "aB", "AB", "ab", "aC", "Aa"].sort((x, y) => x.localeCompare(y)).join());
  console.log("a".localeCompare("b", "de", { sensitivity: "base" }), "2".localeCompare("10", undefined, { numeric: true }), "undefined".localeCompare());
  console.log("I".toLocaleLowerCase("tr"), "i".toLocaleUpperCase("tr"), String.prototype.localeCompare.length, Object.keys(String.prototype).length);
  try { String.prototype.localeCompare.call(null, "a"); } catch (e) { console.log(e.name); }
  console.log((5).toString().localeCompare.call(15, 2), [3, 1, 2].map(String).sort("".localeCompare.call.bind("".localeCompare)).join());
}
