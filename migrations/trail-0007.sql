-- A row costs less to write: what is unfinished is not listed row by row.

-- Every allowed decision before `before_seq` has its outcome. A checkpoint's transaction moves it on, so that a start finds what was cut
-- off without reading the trail's history.
CREATE TABLE finished (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    before_seq INTEGER NOT NULL
) STRICT;

INSERT INTO finished SELECT 1, coalesce((SELECT min(seq) FROM unfinished), (SELECT seq FROM last_seq) + 1);

DROP TABLE unfinished;

CREATE TRIGGER finished_appends BEFORE INSERT ON finished BEGIN SELECT raise(ABORT, 'the trail only grows'); END;
CREATE TRIGGER finished_kept BEFORE DELETE ON finished BEGIN SELECT raise(ABORT, 'the trail is kept'); END;
CREATE TRIGGER finished_stays BEFORE UPDATE ON finished
WHEN EXISTS (
    SELECT 1 FROM decision WHERE seq >= old.before_seq AND seq < new.before_seq AND bytes ->> 'verdict' = 'allow'
        AND NOT EXISTS (SELECT 1 FROM outcome WHERE outcome.decision = decision.seq)
)
BEGIN SELECT raise(ABORT, 'it has no outcome'); END;
