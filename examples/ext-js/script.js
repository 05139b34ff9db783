// Request bodies from a template that a person who writes no code can edit.
import { check } from "k6";
import http from "k6/http";
import mustache from "k6/x/mustache";

const order = `{
  "customer": "{{customer}}",
  "items": [{{#items}}"{{name}}"{{^last}}, {{/last}}{{/items}}]
}`;

export const options = {
  thresholds: { checks: ["rate==1"] },
};

export default function () {
  const body = mustache.render(
    order,
    JSON.stringify({ customer: `customer-${__VU}`, items: [{ name: "tea" }, { name: "milk", last: true }] }),
  );
  check(JSON.parse(body), {
    "customer is filled in": (order) => order.customer === `customer-${__VU}`,
    "items are listed": (order) => order.items.join() === "tea,milk",
  });
  check(mustache.placeholders(order), {
    "placeholders are known": (names) => names.includes("customer"),
  });
  try {
    mustache.render("{{#open}}", "{}");
  } catch (error) {
    check(error, { "mistakes are told": (error) => error.message.includes("Unclosed section") });
  }
  if (__ENV.BASE_URL) http.post(`${__ENV.BASE_URL}/post`, body);
}
