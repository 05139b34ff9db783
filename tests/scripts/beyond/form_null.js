import http from "k6/http";
export default function () { console.log(JSON.stringify(http.post(`${__ENV.HTTP}/post`, { z: null }).json("form.z"))); }
