-- Who issued a client certificate or set a password.

-- As for a token: a JSON array of users; null: the console, or unknown, because it is older than this column. Who asks for something cannot
-- approve it by a certificate or password from these rows. A sign-in by password inherits those of its password.
ALTER TABLE client_key ADD COLUMN issuers TEXT;
ALTER TABLE user ADD COLUMN password_issuers TEXT;
