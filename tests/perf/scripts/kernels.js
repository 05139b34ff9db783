// Ten small CPU kernels; -e KERNEL=name picks one, -e MS=… says for how long to repeat it.
//
// A kernel returns a checksum, so that a tool that does less work is found out. It is repeated
// until the time is up and prints `kernel NAME CHECKSUM MILLISECONDS-PER-CALL`. Nothing is
// random, and every value stays within 32 bits.

const kernels = {
  // Function calls: naive recursion.
  calls() {
    const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2));
    return fib(19);
  },

  // Loops: integer arithmetic on locals.
  loops() {
    let sum = 0;
    for (let i = 0; i < 300; i++) {
      for (let j = 0; j < 300; j++) {
        sum = (sum + ((i * j) ^ (i + j))) | 0;
      }
    }
    return sum;
  },

  // JSON: a document of a common size there and back.
  json() {
    const items = [];
    for (let i = 0; i < 60; i++) {
      items.push({ id: i, name: 'item ' + i, price: i * 1.25, tags: ['a', 'b', 'c'], nested: { ok: true, none: null } });
    }
    const text = JSON.stringify({ items });
    let total = text.length;
    for (let i = 0; i < 10; i++) {
      total += JSON.parse(text).items.length + JSON.stringify(JSON.parse(text)).length;
    }
    return total;
  },

  // Strings: build, split, search, replace, change case.
  strings() {
    let text = '';
    for (let i = 0; i < 1500; i++) {
      text += 'word' + i + ' ';
    }
    const words = text.split(' ');
    let total = words.length;
    for (const word of words) {
      if (word.indexOf('9') >= 0) {
        total += word.toUpperCase().replace('WORD', 'w').length + word.charCodeAt(0);
      }
    }
    return total + text.slice(10, 5000).lastIndexOf('word7');
  },

  // Regular expressions: find fields and replace them.
  regex() {
    const line = '10.0.0.7 - - [10/Oct/2024:13:55:36] "GET /items/42?page=3&sort=up HTTP/1.1" 200 2326 ';
    const text = line.repeat(40);
    let total = 0;
    const request = /"(GET|POST) \/items\/(\d+)\?([^ ]*) HTTP\/1\.\d" (\d{3})/g;
    let match;
    while ((match = request.exec(text)) !== null) {
      total += match[2].length + match[3].length + Number(match[4]);
    }
    return total + text.replace(/(\w+)=(\w+)/g, '$2=$1').length + (text.match(/\d+/g) || []).length;
  },

  // Maps and sets.
  maps() {
    const map = new Map();
    for (let i = 0; i < 3000; i++) {
      map.set('key' + (i % 700), (map.get('key' + (i % 700)) || 0) + i);
    }
    const set = new Set();
    for (let i = 0; i < 3000; i++) {
      set.add((i * 7919) % 1009);
    }
    let total = map.size + set.size;
    for (const [key, value] of map) {
      total = (total + key.length + value) | 0;
    }
    return total;
  },

  // Classes: construction, inheritance, accessors, private fields by convention.
  classes() {
    class Shape {
      constructor(name) {
        this._name = name;
      }
      area() {
        return 0;
      }
      get label() {
        return this._name;
      }
    }
    class Box extends Shape {
      constructor(width, height) {
        super('box');
        this.width = width;
        this.height = height;
      }
      area() {
        return super.area() + this.width * this.height;
      }
    }
    let total = 0;
    for (let i = 0; i < 3000; i++) {
      const box = new Box(i % 17, i % 13);
      total += box.area() + box.label.length;
    }
    return total;
  },

  // Sorting with a comparison function.
  sort() {
    const values = [];
    let seed = 42;
    for (let i = 0; i < 1500; i++) {
      seed = (seed * 1103 + 12345) % 65536;
      values.push({ key: seed, place: i });
    }
    values.sort((a, b) => a.key - b.key || a.place - b.place);
    let total = 0;
    for (let i = 0; i < values.length; i += 10) {
      total = (total + values[i].key * (i % 7)) | 0;
    }
    return total;
  },

  // Array functions: map, filter, reduce, spread, destructuring.
  arrays() {
    const values = Array.from({ length: 2000 }, (_, i) => i);
    const kept = values.map((v) => v * 3).filter((v) => v % 2 === 0);
    const [first, second, ...rest] = [...kept, ...values.slice(0, 100)];
    return first + second + rest.reduce((sum, v) => (sum + v) | 0, 0) + rest.indexOf(2994) + (rest.includes(17) ? 1 : 0);
  },

  // Closures: functions made, kept and called.
  closures() {
    const counters = [];
    for (let i = 0; i < 500; i++) {
      let count = i;
      counters.push((step) => {
        count += step;
        return count;
      });
    }
    let total = 0;
    for (let round = 0; round < 10; round++) {
      for (const counter of counters) {
        total = (total + counter(round)) | 0;
      }
    }
    return total;
  },
};

export default function () {
  const name = __ENV.KERNEL;
  const kernel = kernels[name];
  const limit = Number(__ENV.MS || 400);
  const checksum = kernel();
  let calls = 0;
  let spent = 0;
  const start = Date.now();
  do {
    kernel();
    calls++;
    spent = Date.now() - start;
  } while (spent < limit);
  console.log(`kernel ${name} ${checksum} ${spent / calls}`);
}
