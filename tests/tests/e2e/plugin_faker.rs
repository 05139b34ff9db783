//! The extension `faker`: the same seed gives the same values, here and on the machine of the
//! extension's own tests; impossible arguments are refused.

use runner_tests::{Output, Runner, guest, is_k6};

fn run(script: &str) -> Output {
    Runner::new()
        .script(script)
        .file("faker.wasm", guest("plugins/faker"))
        .args(["--ext", "faker=faker.wasm"])
        .run()
        .succeeds()
}

/// Values that the extension's own tests expect, too.
#[test]
fn a_seed_gives_the_same_values_everywhere() {
    if is_k6() {
        return;
    }
    let script = "
import faker, { Faker } from 'k6/x/faker';
export default function () {
  const own = new Faker(11);
  console.log(own.fullName(), own.uuid(), own.int(1, 1000), own.date());
  faker.seed(11);
  console.log(faker.fullName(), faker.uuid(), faker.int(1, 1000), faker.date());
}
";
    let line = "Enola Hermiston 5bba04f3-887b-4117-8a4f-a5869e1b3565 554 2000-08-03";
    run(script).console_is(&[line, line]);
}

#[test]
fn everything_can_be_made_by_the_module_and_by_an_object() {
    if is_k6() {
        return;
    }
    let script = "
import faker, { Faker } from 'k6/x/faker';
const own = new Faker(3n), twin = new Faker(3);
const names = Object.keys(faker).filter((name) => !['Faker', 'seed', 'pattern', 'pick', 'shuffle', 'default'].includes(name));
export default function () {
  for (const name of names) {
    const [made, same] = [own[name](), twin[name]()];
    if (made === undefined || made === '') console.log(name, 'made nothing');
    if (JSON.stringify(made) !== JSON.stringify(same)) console.log(name, 'differs');
    if (typeof faker[name]() !== typeof made) console.log(name, 'is of two types');
  }
  const { firstName, email, birthDate } = own.person();
  console.log(names.length > 40, email.startsWith(firstName.toLowerCase()), /^\\d{4}-\\d\\d-\\d\\d$/.test(birthDate));
  console.log(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(faker.uuid()));
  console.log(/@example\\.(com|net|org)$/.test(faker.email()), /^\\d\\d-[a-z]$/.test(faker.pattern('##-?')));
  console.log(faker.words(7).length, faker.password(20).length, faker.sentence(4).split(' ').length);
  console.log(['a', 'b'].includes(faker.pick(['a', 'b'])), faker.shuffle(['x', 'y', 'z']).sort().join(''));
  console.log(faker.date('2024-02-29', '2024-02-29'), faker.int(5, 5), faker.float(2, 2), faker.boolean(1));
}
";
    run(script).console_is(&[
        "true true true",
        "true",
        "true true",
        "7 20 4",
        "true xyz",
        "2024-02-29 5 2 true",
    ]);
}

#[test]
fn impossible_arguments_are_refused() {
    if is_k6() {
        return;
    }
    let script = "
import faker from 'k6/x/faker';
export default function () {
  for (const call of [
    () => faker.int(2, 1), () => faker.float(0, Infinity), () => faker.boolean(2), () => faker.pick([]),
    () => faker.date('yesterday'), () => faker.date('2024-01-02', '2024-01-01'), () => faker.words(100001),
    () => faker.int(1.5), () => faker.seed(-1),
  ]) {
    try { call(); console.log('accepted'); } catch (error) { console.log(error.message); }
  }
}
";
    run(script).console_is(&[
        "min must not be larger than max, got 2 and 1",
        "min and max must be finite, min not larger; got 0 and inf",
        "the probability must be from 0 to 1, got 2",
        "the list to pick from is empty",
        "\"yesterday\" is no day; write it as YYYY-MM-DD",
        "from must not be later than to, got 2024-01-02 and 2024-01-01",
        "number must be at most 100000, got 100001",
        "faker.int: argument 1 (min) must be an integer from -9223372036854775808 to 9223372036854775807, got 1.5",
        "faker.seed: argument 1 (seed) must be an integer from 0 to 18446744073709551615, got -1",
    ]);
}

#[test]
fn users_without_a_seed_differ() {
    if is_k6() {
        return;
    }
    let script = "
import faker from 'k6/x/faker';
export const options = { scenarios: { each: { executor: 'per-vu-iterations', vus: 5, iterations: 2 } } };
export default function () { console.log(faker.uuid()); }
";
    let output = run(script);
    let made: std::collections::HashSet<_> = output.console().into_iter().collect();
    assert_eq!(made.len(), 10, "{output}");
}
