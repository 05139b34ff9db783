export async function setup() { await new Promise((r) => setTimeout(r, 5)); return { token: "t" }; }
export default async function (data) { await null; console.log("default", data.token, __VU, __ITER); }
export async function teardown(data) { await new Promise((r) => setTimeout(r, 1)); console.log("teardown", data.token, __VU); }
