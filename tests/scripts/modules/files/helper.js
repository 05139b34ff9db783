let calls = 0;
export function helper() { calls += 1; return `call ${calls}`; }
