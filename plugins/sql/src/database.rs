//! One connection: statements, parameters, rows.

use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::{Batch, Connection, Error, ErrorCode, Statement};

use crate::exports::runner::sql::sql::{Outcome, Row, Value};
use crate::lock::Lock;
use crate::source;

/// An open database. What it has is given up in this order: closing rolls back, under the lock.
pub struct Connected {
    connection: Connection,
    /// None in memory.
    lock: Option<Lock>,
    source: String,
}

impl Connected {
    pub fn open(source: &str) -> Result<Self, String> {
        let connection = source::open(source)?;
        let path = connection.path().filter(|path| !path.is_empty());
        Ok(Self {
            lock: path.map(Lock::of).transpose()?,
            connection,
            source: source.to_owned(),
        })
    }

    pub fn exec(&mut self, query: &str, args: Vec<Value>) -> Result<Outcome, String> {
        let mut affected = 0;
        self.each(query, args, |connection, statement| {
            let before = connection.total_changes();
            let mut rows = statement.raw_query();
            while rows.next()?.is_some() {}
            if connection.total_changes() != before {
                affected += connection.changes();
            }
            Ok(())
        })?;
        Ok(Outcome {
            rows_affected: affected,
            last_insert_id: self.connection.last_insert_rowid(),
        })
    }

    pub fn query(&mut self, query: &str, args: Vec<Value>) -> Result<Vec<Row>, String> {
        let mut found = Vec::new();
        self.each(query, args, |_, statement| {
            found.clear();
            let names: Vec<_> = statement.column_names().map(str::to_owned).collect();
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                let columns = names.iter().enumerate();
                let columns = columns
                    .map(|(index, name)| Ok((name.clone(), Value::from(row.get_ref(index)?))));
                found.push(Row::Object(columns.collect::<rusqlite::Result<_>>()?));
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Runs `work` for each statement, with its parameters bound, while nobody else uses the file.
    fn each(
        &mut self,
        query: &str,
        args: Vec<Value>,
        work: impl FnMut(&Connection, &mut Statement<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), String> {
        if let Some(lock) = &mut self.lock {
            lock.take()?;
        }
        let result = statements(&self.connection, query, args, work);
        if let Some(lock) = &mut self.lock
            && self.connection.is_autocommit()
        {
            lock.give_back();
        }
        result.map_err(|failed| match failed {
            Failed::Arguments(text) => text,
            Failed::Sqlite(error) => {
                let write = [ErrorCode::ReadOnly, ErrorCode::CannotOpen];
                let code = error.sqlite_error_code();
                if self.lock.is_some() && code.is_some_and(|code| write.contains(&code)) {
                    format!("{} ({})", text(error), source::needed(&self.source))
                } else {
                    text(error)
                }
            }
        })
    }
}

enum Failed {
    Arguments(String),
    Sqlite(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Sqlite(error)
    }
}

fn statements(
    connection: &Connection,
    query: &str,
    args: Vec<Value>,
    mut work: impl FnMut(&Connection, &mut Statement<'_>) -> rusqlite::Result<()>,
) -> Result<(), Failed> {
    let given = args.len();
    let (mut args, mut wanted) = (args.into_iter(), 0);
    let mut batch = Batch::new(connection, query);
    while let Some(mut statement) = batch.next()? {
        let count = statement.parameter_count();
        wanted += count;
        for index in 1..=count {
            let Some(value) = args.next() else {
                return Err(wrong_count(wanted, given));
            };
            statement.raw_bind_parameter(index, value)?;
        }
        work(connection, &mut statement)?;
    }
    if args.len() > 0 {
        return Err(wrong_count(wanted, given));
    }
    Ok(())
}

fn wrong_count(wanted: usize, given: usize) -> Failed {
    Failed::Arguments(format!(
        "the query has placeholders for {wanted} arguments, got {given}"
    ))
}

/// SQLite's own words.
pub fn text(error: Error) -> String {
    match error {
        Error::SqlInputError { msg, .. } => msg,
        other => other.to_string(),
    }
}
