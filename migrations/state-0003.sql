-- Who issued a token.

-- A JSON array of users: the one who issued it, and those who issued the token that was used for it. Null: the console, or a sign-in by
-- password. Who asks for something cannot approve it with a token from this row.
ALTER TABLE token ADD COLUMN issuers TEXT;
