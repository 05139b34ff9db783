const [first] = ["./text.txt"].map((name) => open(name));
export const here = first.length > 0 && open("./text.txt", "b").byteLength > 0;
