// What a SOAP service says, looked at by path.
import { check } from "k6";
import xml from "k6/x/xml";

export const options = {
  thresholds: { checks: ["rate==1"] },
};

const answer = `<?xml version="1.0"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:shop">
  <soap:Body>
    <order id="7"><item><name>tea</name><price>4.20</price></item><item><name>milk</name></item></order>
  </soap:Body>
</soap:Envelope>`;

export default function () {
  check(xml.text(answer, ".//{*}price"), { "price is there": (price) => price === "4.20" });
  check(xml.text(answer, ".//{*}discount"), { "discount is not": (text) => text === undefined });
  check(xml.find(answer, ".//{urn:shop}name"), {
    "two items": (names) => names.map((name) => name.text).join() === "tea,milk",
  });
  check(xml.find(answer, ".//{*}order")[0], {
    "attributes are there": (order) => order.attributes[0].join("=") === "id=7",
  });
  try {
    xml.text("<open>", ".");
  } catch (error) {
    check(error, { "mistakes are told": (error) => error.message.includes("no element found") });
  }
}
