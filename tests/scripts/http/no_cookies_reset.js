// args: -i 2 -u 1
import http from "k6/http";
export const options = { noCookiesReset: true };
export default function () { console.log(JSON.stringify(http.get(`${__ENV.HTTP}/cookies`).json("cookies"))); http.get(`${__ENV.HTTP}/cookies/set?kept=${__ITER}`); }
