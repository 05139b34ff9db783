class Animal {
  #name;
  static count = 0;
  static { Animal.kind = "animal"; }
  constructor(name) { this.#name = name; Animal.count += 1; }
  get name() { return this.#name; }
  set name(value) { this.#name = value.trim(); }
  static create(...args) { return new this(...args); }
  #secret() { return `secret of ${this.#name}`; }
  tell() { return this.#secret(); }
  has(other) { return #name in other; }
  toString() { return `[${this.constructor.name} ${this.name}]`; }
}
class Dog extends Animal {
  legs = 4;
  tell() { return super.tell() + "!"; }
  *[Symbol.iterator]() { yield this.name; yield this.legs; }
}
export default function () {
  const dog = Dog.create("Rex");
  dog.name = "  Max ";
  console.log(`${dog} ${dog.tell()} ${Animal.count} ${Animal.kind} ${Dog.kind}`);
  console.log([...dog].join(","), dog instanceof Animal, dog.has({}), dog.has(new Animal("x")));
  const mixin = (base) => class extends base { extra() { return "extra"; } };
  console.log(new (mixin(Dog))("m").extra());
  try { Animal(); } catch (e) { console.log(e instanceof TypeError); }
  const point = { x: 1, get double() { return this.x * 2; }, ["k" + 1]: true, async go() {}, *gen() { yield 1; } };
  console.log(point.double, point.k1, JSON.stringify(Object.keys(point)));
}
