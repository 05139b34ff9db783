export function setup() { return "just text"; }
export default function (data) { console.log(data, typeof data); }
export function teardown(data) { console.log(data); }
