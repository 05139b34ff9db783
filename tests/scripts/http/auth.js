import http from "k6/http";
const host = __ENV.HOST, b = __ENV.HTTP;
export default function () {
  const basic = http.get(`http://user:pass@${host}/basic-auth/user/pass`); console.log(basic.status, basic.json("user"), basic.url, basic.request.url);
  console.log(http.get(`http://user:wrong@${host}/basic-auth/user/pass`).status, http.get(`${b}/basic-auth/user/pass`).status);
  console.log(http.get(`http://user:pass@${host}/basic-auth/user/pass`, { auth: "basic" }).status, http.get(`http://user:pass@${host}/hidden-basic-auth/user/pass`).status);
  console.log(http.get(`http://u%40x:p%3Aq@${host}/basic-auth/u%40x/p%3Aq`).status);
  const own = http.get(`http://user:pass@${host}/headers`, { headers: { Authorization: "Bearer mine" } }); console.log(own.json("headers.Authorization"));
}
