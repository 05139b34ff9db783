// Logging in with a second factor.
import { check } from "k6";
import http from "k6/http";
import totp from "k6/x/totp";

export const options = {
  thresholds: { checks: ["rate==1"] },
};

// The secret of RFC 6238's examples; every user of a real test has one of its own.
const secret = "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ";
const account = totp.Account.create(secret, 8);

export default function () {
  check(account.codeAt(59), { "as in the RFC": (code) => code === "94287082" });
  check(totp.code(secret), { "six digits": (code) => /^\d{6}$/.test(code) });
  check(account.remaining(), { "valid for a while": (left) => left >= 1 && left <= 30 });
  try {
    totp.code("1");
  } catch (error) {
    check(error, { "mistakes are told": (error) => error.payload.tag === "bad-secret" });
  }
  if (__ENV.BASE_URL) http.post(`${__ENV.BASE_URL}/post`, { user: "ann", code: totp.code(secret) });
}
