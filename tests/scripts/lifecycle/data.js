// args: -i 2 -u 1
export function setup() {
  return { text: "x", number: 1.5, list: [1, null, { deep: true }], nothing: null, missing: undefined, date: new Date(0), flag: false };
}
export default function (data) {
  console.log(JSON.stringify(Object.keys(data).sort()), data.list[2].deep, data.date, data.number + 1, String(data.nothing), data.flag);
  data.text += "y"; console.log(data.text);
}
export function teardown(data) { console.log("teardown", data.text, data.list.length); }
