// args: -i 3 -u 1
export default function () { console.log("iteration", __ITER); if (__ITER === 1) throw new Error("only this one"); }
