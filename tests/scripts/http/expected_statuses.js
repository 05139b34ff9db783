import http from "k6/http";
const b = __ENV.HTTP;
export default function () {
  const expected = http.expectedStatuses(200, 404, { min: 500, max: 503 });
  console.log(typeof expected, http.get(`${b}/status/404`, { responseCallback: expected }).status);
  http.setResponseCallback(http.expectedStatuses({ min: 400, max: 499 })); http.get(`${b}/status/418`); http.setResponseCallback(null); http.get(`${b}/status/500`);
  for (const bad of [() => http.expectedStatuses(), () => http.expectedStatuses("200"), () => http.expectedStatuses({ min: 1 }), () => http.setResponseCallback(5), () => http.expectedStatuses(200.5)]) {
    try { bad(); console.log("accepted"); } catch (e) { console.log("refused"); }
  }
}
