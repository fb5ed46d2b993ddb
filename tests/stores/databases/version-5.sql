BEGIN TRANSACTION;
CREATE TABLE bad_rows (
    id INTEGER PRIMARY KEY AUTOINCREMENT, received_ms INTEGER NOT NULL, code TEXT NOT NULL, path TEXT NOT NULL,
    message TEXT NOT NULL, url TEXT NOT NULL, body BLOB NOT NULL, client TEXT NOT NULL DEFAULT '', cut INTEGER NOT NULL DEFAULT 0,
    visitor TEXT NOT NULL DEFAULT '', ecid TEXT NOT NULL DEFAULT '', source TEXT NOT NULL DEFAULT 'web', context TEXT NOT NULL DEFAULT ''
);
INSERT INTO "bad_rows" VALUES(1,3,'body.events','$.events','expected a list of events, got a number','/ee/v1/collect?configId=shop',X'7B2278646D223A207B226964656E746974794D6170223A207B2246504944223A205B7B226964223A20226465766963652D31227D5D7D7D2C20226576656E7473223A20357D','loopback',0,'device-1','','web','');
INSERT INTO "bad_rows" VALUES(2,3,'body.events','$.events','expected a list of events, got a number','/ee/v1/collect?configId=shop',X'7B2278646D223A207B226964656E746974794D6170223A207B2246504944223A205B7B226964223A20225C753030363465766963652D31227D5D7D7D2C20226576656E7473223A20357D','loopback',0,'device-1','','web','');
INSERT INTO "bad_rows" VALUES(3,3,'body.events','$.events','expected a list of events, got a number','/ee/v1/collect?configId=shop',X'7B2278646D223A207B226964656E746974794D6170223A207B2246504944223A205B7B226964223A20226465766963652D3131227D5D7D7D2C20226576656E7473223A20357D','loopback',0,'device-11','','web','');
CREATE TABLE counts (
    at_ms INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (at_ms, kind, name)
) WITHOUT ROWID;
INSERT INTO "counts" VALUES(0,'event','t',3);
CREATE TABLE deliveries (
    datastream TEXT NOT NULL, page TEXT NOT NULL, seen_ms INTEGER NOT NULL, sent INTEGER NOT NULL, retried INTEGER NOT NULL,
    acknowledged INTEGER NOT NULL, restored INTEGER NOT NULL, dropped TEXT NOT NULL, PRIMARY KEY (datastream, page)
) WITHOUT ROWID;
INSERT INTO "deliveries" VALUES('shop','p1',20,3,0,0,0,'{"full": 1}');
CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, datastream TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, url TEXT NOT NULL,
    visitor TEXT NOT NULL, made_ms INTEGER NOT NULL, received_ms INTEGER NOT NULL, body TEXT NOT NULL,
    source TEXT NOT NULL DEFAULT 'web', way TEXT NOT NULL DEFAULT '', session TEXT NOT NULL DEFAULT '', UNIQUE (datastream, id)
);
INSERT INTO "events" VALUES(1,'shop','e1','t','https://a.test/','device-1',1,2,'{"xdm": {"_id": "e1"}}','web','','');
INSERT INTO "events" VALUES(2,'shop','e2','t','https://a.test/','device-1',1,2,'{"xdm": {"_id": "e2"}}','web','','');
INSERT INTO "events" VALUES(3,'shop','e3','t','https://a.test/','device-2',1,2,'{"xdm": {"_id": "e3"}}','web','','');
CREATE TABLE experiments (
    id TEXT NOT NULL, since_ms INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (id, since_ms)
) WITHOUT ROWID;
INSERT INTO "experiments" VALUES('offer',1,'{}');
CREATE TABLE links (
    source TEXT NOT NULL, target TEXT NOT NULL, datastream TEXT NOT NULL, how TEXT NOT NULL, made_ms INTEGER NOT NULL,
    PRIMARY KEY (source, target, datastream, how)
) WITHOUT ROWID;
CREATE TABLE nonces (value TEXT NOT NULL PRIMARY KEY, until_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE probe (id INTEGER PRIMARY KEY, padding BLOB NOT NULL);
CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY, datastream TEXT NOT NULL, source TEXT NOT NULL, visitor TEXT NOT NULL, key TEXT NOT NULL,
    started_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, idle_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL, how TEXT NOT NULL,
    robot INTEGER, campaign TEXT NOT NULL, pages INTEGER NOT NULL DEFAULT 0, events INTEGER NOT NULL DEFAULT 0, value REAL NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE shown (
    datastream TEXT NOT NULL, visitor TEXT NOT NULL, experience TEXT NOT NULL, at_ms INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (datastream, visitor, experience, at_ms, seq)
) WITHOUT ROWID;
INSERT INTO "shown" VALUES('shop','device-1','offer',2,1);
CREATE TABLE visitors (
    datastream TEXT NOT NULL, visitor TEXT NOT NULL, first_seen_ms INTEGER NOT NULL, last_seen_ms INTEGER NOT NULL,
    events INTEGER NOT NULL, ecid TEXT NOT NULL, consent TEXT NOT NULL, visits INTEGER NOT NULL DEFAULT 1,
    views INTEGER NOT NULL DEFAULT 0, previous_ms INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (datastream, visitor)
) WITHOUT ROWID;
INSERT INTO "visitors" VALUES('shop','device-1',10,10,2,'11111111111111111111111111111111111111','in',1,1,0);
INSERT INTO "visitors" VALUES('shop','device-2',20,20,1,'','',1,0,0);
CREATE INDEX events_of ON events (visitor);
CREATE INDEX visitors_of ON visitors (visitor);
CREATE INDEX sessions_of ON sessions (visitor, datastream, source, started_ms);
CREATE INDEX links_to ON links (target);
CREATE INDEX nonces_until ON nonces (until_ms);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('bad_rows',3);
INSERT INTO "sqlite_sequence" VALUES('events',3);
COMMIT;
PRAGMA user_version = 5;
