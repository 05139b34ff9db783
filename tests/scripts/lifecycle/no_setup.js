export default function (data) { console.log(String(data), arguments.length); }
