//! Client keys in `state.db`.

use rusqlite::params;

use super::{Store, read_issuers, run, write_issuers};
use crate::failure::Context;
use crate::identity::error::Result;
use crate::identity::records::ClientKey;

/// An expired key is remembered for as long as one may live, so that the returning device is recognised and not taken for a guess.
pub const REMEMBERED_S: i64 = 90 * 86_400;

impl Store {
    pub(super) fn load_client_keys(&self) -> Result<Vec<ClientKey>> {
        let columns = "SELECT spki_sha256, user, label, issued_at, expires_at, revoked, issuers FROM client_key";
        let mut keys = self.db.prepare(columns)?;
        let rows = keys.query_map([], |row| {
            let issuers = read_issuers(row.get(6)?);
            Ok(ClientKey {
                key: row.get(0)?,
                user: row.get(1)?,
                label: row.get(2)?,
                issued_at: row.get(3)?,
                expires_at: row.get(4)?,
                revoked: row.get::<_, bool>(5)? || issuers.is_none(),
                issuers: issuers.unwrap_or_default(),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>().context("cannot read the client keys")?)
    }

    pub fn add_client_key(&mut self, key: &ClientKey) -> Result<()> {
        let issuers = write_issuers(&key.issuers)?;
        let row = params![key.key, key.user, key.label, key.issued_at, key.expires_at, key.revoked, issuers];
        let columns = "spki_sha256, user, label, issued_at, expires_at, revoked, issuers";
        let sql = format!("INSERT INTO client_key ({columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        self.write(|file| {
            run(file, "DELETE FROM client_key WHERE expires_at < ?1", params![key.issued_at - REMEMBERED_S])?;
            run(file, &sql, row)
        })
    }

    pub fn revoke_client_key(&mut self, key: &str) -> Result<()> {
        self.write(|file| run(file, "UPDATE client_key SET revoked = 1 WHERE spki_sha256 = ?1", params![key]))
    }
}
