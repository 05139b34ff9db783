let ready = "no";
setTimeout(() => { ready = "yes"; }, 1);
export default function () { console.log(ready); }
