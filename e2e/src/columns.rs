//! All that stands in a server's database, value by value: what somebody has who stole it.

use diesel::{
    Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection,
    sql_types::{Binary, Text},
};

use crate::server::TestServer;

/// A column.
#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    relation: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Binary)]
    value: Vec<u8>,
}

const OF_SQLITE: &str = "SELECT t.name AS relation, c.name AS name, c.type AS kind \
    FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c WHERE t.type = 'table'";
const OF_POSTGRES: &str = "SELECT table_name::text AS relation, column_name::text AS name, data_type::text AS kind \
    FROM information_schema.columns WHERE table_schema = 'public'";

/// Every value of every column of every table, as bytes: text in UTF-8, numbers as digits.
#[must_use]
pub fn of(server: &TestServer) -> Vec<Vec<u8>> {
    let mut values = Vec::new();
    if let Some(postgres) = server.postgres() {
        let mut connection = PgConnection::establish(&postgres.url()).unwrap();
        let columns: Vec<Column> = diesel::sql_query(OF_POSTGRES).load(&mut connection).unwrap();
        for Column { relation, name, kind } in columns {
            let value = match kind.as_str() {
                "bytea" => format!("\"{name}\""),
                _ => format!("convert_to(\"{name}\"::text, 'UTF8')"),
            };
            let query = format!("SELECT {value} AS value FROM \"{relation}\" WHERE \"{name}\" IS NOT NULL");
            values.extend(diesel::sql_query(query).load::<Value>(&mut connection).unwrap());
        }
    } else {
        let file = server.data_dir().join("igoon.db");
        let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
        let columns: Vec<Column> = diesel::sql_query(OF_SQLITE).load(&mut connection).unwrap();
        for Column { relation, name, .. } in columns {
            let query =
                format!("SELECT CAST(\"{name}\" AS BLOB) AS value FROM \"{relation}\" WHERE \"{name}\" IS NOT NULL");
            values.extend(diesel::sql_query(query).load::<Value>(&mut connection).unwrap());
        }
    }
    values.into_iter().map(|Value { value }| value).collect()
}
