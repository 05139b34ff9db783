// What an iteration costs when the script does nothing; with one iteration, what a start costs.
export default function () {}
