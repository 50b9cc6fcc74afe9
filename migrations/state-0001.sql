-- state.db: who may sign in. The gateway is its only writer, under the state folder's lock.

-- A user. `password` is an argon2id hash in PHC form, or null for users who have tokens only. Users are disabled, not deleted:
-- names are never reused, so a name in the trail stays unambiguous.
CREATE TABLE user (
    name       TEXT    PRIMARY KEY NOT NULL,
    role       TEXT    NOT NULL,
    disabled   INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    password   TEXT,
    created_at INTEGER NOT NULL -- Unix time in seconds, as everywhere in this file
) STRICT, WITHOUT ROWID;

-- An issued token that has not expired. Its text is not stored. A token without a row is invalid.
CREATE TABLE token (
    jti        TEXT    PRIMARY KEY NOT NULL,
    user       TEXT    NOT NULL REFERENCES user (name),
    issued_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked    INTEGER NOT NULL CHECK (revoked IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX token_by_expiry ON token (expires_at);
