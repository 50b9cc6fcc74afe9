-- Allowed decisions without an outcome, so that a start finds what was cut off without reading the trail's history. A decision is added
-- and taken out in the transaction of its own row and of its outcome's.
CREATE TABLE unfinished (seq INTEGER PRIMARY KEY NOT NULL) STRICT;

INSERT INTO unfinished (seq) SELECT seq FROM decision
WHERE verdict = 'allow' AND seq > coalesce((SELECT max(seq) FROM event WHERE kind = 'start'), 0)
    AND NOT EXISTS (SELECT 1 FROM outcome WHERE outcome.decision = decision.seq);

CREATE TRIGGER unfinished_stays BEFORE DELETE ON unfinished
WHEN NOT EXISTS (SELECT 1 FROM outcome WHERE outcome.decision = old.seq)
BEGIN SELECT raise(ABORT, 'it has no outcome'); END;
