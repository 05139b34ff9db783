import http, { type Response } from "k6/http";
import { check } from "k6";
interface User { name: string; age?: number }
type Named<T extends object = {}> = T & { readonly name: string };
enum Level { Low = 1, High = Low * 10, Text = "text" }
const enum Inline { One = 1 }
namespace Tools { export const twice = (n: number): number => n * 2; }
abstract class Base<T> {
  constructor(protected readonly value: T, public label?: string) {}
  abstract describe(): string;
}
class Impl extends Base<number> {
  private cache?: Map<string, number[]>;
  describe(): string { return `${this.value as number} ${this.label!}`; }
}
function overload(a: string): string;
function overload(a: number): string;
function overload(a: unknown): string { return typeof a; }
export const options = { iterations: 1, vus: 1 } satisfies Record<string, number>;
export default function (): void {
  const user: Named<User> = { name: "ann", age: 3 };
  console.log(user.name, Level.High, Level.Text, Level[10], Inline.One, Tools.twice(4));
  console.log(new Impl(1, "one").describe(), overload(1), (<any>user).age, user!.name);
  const response: Response = http.get(`${__ENV.HTTP}/json`);
  check(response, { ok: (r: Response): boolean => r.status === 200 });
  console.log(response.json("slideshow.title") as string);
  const tuple: [a: string, b?: number] = ["x"];
  const generic = <T,>(value: T): T => value;
  console.log(tuple.length, generic<string>("g"));
}
