// Mustache templates, by the npm package of that name.
import Mustache from "mustache";

// Bodies are JSON, SQL or text more often than HTML.
Mustache.escape = String;

/** Tokens are [kind, name, start, end, inner tokens?]. */
function collect(tokens, names) {
  for (const [kind, name, , , inner] of tokens) {
    if (kind !== "text" && kind !== "!") names.add(name);
    if (Array.isArray(inner)) collect(inner, names);
  }
  return names;
}

/** What is thrown is the error of the result: a string here. */
function told(work) {
  try {
    return work();
  } catch (error) {
    throw error.message;
  }
}

export const mustache = {
  render: (template, values) => told(() => Mustache.render(template, JSON.parse(values))),
  placeholders: (template) => told(() => [...collect(Mustache.parse(template), new Set())]),
};
