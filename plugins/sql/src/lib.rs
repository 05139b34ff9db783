//! The extension `sql`: `import sql from "k6/x/sql"`. SQLite, compiled in.
//!
//! [`database`] is a connection, [`lock`] keeps the virtual users apart that write one file,
//! [`value`] carries parameters and columns, [`source`] knows files and what SQL may do to them.

mod database;
mod lock;
mod source;
mod value;

use std::cell::RefCell;

use database::Connected;
use exports::runner::sql::sql::{Database, Guest, GuestDatabase, Outcome, Row, Value};

wit_bindgen::generate!({
    path: ["../../wit", "wit"],
    world: "runner:sql/plugin",
    generate_all,
});

struct Sql;

export!(Sql);

impl Guest for Sql {
    type Database = Handle;

    fn open(driver: String, source: String) -> Result<Database, String> {
        if driver != "sqlite3" {
            return Err(format!(
                "unknown driver {driver:?}; there is one driver: sqlite3"
            ));
        }
        let connected = Connected::open(&source)?;
        Ok(Database::new(Handle(RefCell::new(Some(connected)))))
    }
}

/// A database of the script's, until it closes it.
struct Handle(RefCell<Option<Connected>>);

impl Handle {
    fn with<T>(&self, work: impl FnOnce(&mut Connected) -> Result<T, String>) -> Result<T, String> {
        let mut connected = self.0.borrow_mut();
        work(connected.as_mut().ok_or("the database is closed")?)
    }
}

impl GuestDatabase for Handle {
    fn exec(&self, query: String, args: Option<Vec<Value>>) -> Result<Outcome, String> {
        self.with(|connected| connected.exec(&query, args.unwrap_or_default()))
    }

    fn query(&self, query: String, args: Option<Vec<Value>>) -> Result<Vec<Row>, String> {
        self.with(|connected| connected.query(&query, args.unwrap_or_default()))
    }

    fn close(&self) -> Result<(), String> {
        self.0.replace(None);
        Ok(())
    }
}
