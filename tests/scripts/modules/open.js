const text = open("./files/text.txt");
const binary = open("files/data.bin", "b");
const users = JSON.parse(open("./files/users.json"));
export default function () {
  console.log(text.split("\n").length, text.split("\n")[1], typeof text);
  console.log(binary instanceof ArrayBuffer, new Uint8Array(binary).join(), users.users[1].name);
  try { open("./files/text.txt"); } catch (e) { console.log("refused", e instanceof Error || typeof e); }
  try { require("./files/common.js"); } catch (e) { console.log("require refused"); }
}
