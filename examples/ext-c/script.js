// Answers that differ in numbers and names, but have to look like the one that is expected.
import { check } from "k6";
import { Baseline, similarity } from "k6/x/similar";

export const options = {
  thresholds: { checks: ["rate==1"] },
};

const page = (name, total) => `<h1>Order of ${name}</h1><p>Thank you for your order. You pay ${total}.</p>`;
const expected = new Baseline(page("Ann", 12));

export default function () {
  check(expected.similarity(page("Bob", __ITER)), {
    "looks like an order": (similar) => similar > 0.8,
  });
  check(expected.similarity("<h1>502 Bad Gateway</h1>"), {
    "an error does not": (similar) => similar < 0.3,
  });
  check(null, {
    "the same is the same": () => similarity("abc", "abc") === 1 && similarity("abc", "xyz") === 0,
  });
}
