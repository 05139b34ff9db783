//! The contract between runner and the components that it runs, as a table: every WIT interface with
//! its version and who may import it, what each kind of component exports, and the rules by which
//! names and values of WIT become JavaScript's.
//!
//! Whatever else lists interfaces is made of this table: what is refused before it is compiled, the
//! worlds in `wit/`, the linkers. A test walks `wit/` and fails where the two differ. Pure:
//! the JS engine, which is a guest, is built with it too.

mod interfaces;
mod kinds;
mod names;
mod worlds;

pub use interfaces::{Importer, Interface, interfaces, is_wasi, table, versionless};
pub use interfaces::{LIFECYCLES, Lifecycle, lifecycle};
pub use kinds::{Carried, Kind, kinds};
pub use names::{camel_case, pascal_case};
pub use worlds::{Worlds, worlds};
