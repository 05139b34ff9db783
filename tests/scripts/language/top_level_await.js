const value = await Promise.resolve(21);
const later = await new Promise((resolve) => setTimeout(() => resolve(2), 5));
export const options = { iterations: 1 };
export default function () { console.log(value * later); }
