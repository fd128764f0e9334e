-- What sqlite3 is tried with when it has just been built, in a new data base: its answers go to the file "answers".
.output answers
SELECT sqlite_version();
CREATE TABLE town (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, people INTEGER CHECK (people > 0), river TEXT REFERENCES river (name));
CREATE TABLE river (name TEXT PRIMARY KEY, length REAL) WITHOUT ROWID;
CREATE INDEX by_people ON town (people DESC);
INSERT INTO river VALUES ('Elbe', 1094.3), ('Spree', 400.0), ('Weser', 451.4);
INSERT INTO town (name, people, river) VALUES ('Dresden', 556227, 'Elbe'), ('Hamburg', 1906411, 'Elbe'), ('Berlin', 3677472, 'Spree'),
    ('Bremen', 563290, 'Weser'), ('Magdeburg', 235775, 'Elbe'), ('Jena', 110731, NULL);
.mode column
.headers on
SELECT river.name, count(*) AS towns, sum(people) AS people, round(length / count(*), 2) AS share
    FROM town JOIN river ON town.river = river.name GROUP BY river.name HAVING people > 500000 ORDER BY people DESC;
.mode list
.headers off
SELECT name, rank() OVER by_river, sum(people) OVER (by_river ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), lag(name, 1, '-') OVER by_river
    FROM town WHERE river IS NOT NULL WINDOW by_river AS (PARTITION BY river ORDER BY people);
WITH RECURSIVE fibonacci (n, a, b) AS (SELECT 1, 0, 1 UNION ALL SELECT n + 1, b, a + b FROM fibonacci WHERE n < 90)
    SELECT n, a FROM fibonacci WHERE n % 15 = 0;
WITH RECURSIVE x (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM x WHERE i < 20000)
    INSERT INTO town (name, people) SELECT printf('village %05d', i), 1 + i * 7919 % 10007 FROM x;
SELECT count(*), min(people), max(people), total(people), avg(people) FROM town WHERE name GLOB 'village [0-9]*7';
EXPLAIN QUERY PLAN SELECT name FROM town WHERE people > 5000 ORDER BY people DESC;
SELECT json_extract('{"a": [1, 2.5, {"b": "\u00e9"}]}', '$.a[2].b'), json_group_object(name, length) FROM river;
SELECT key, value, type FROM json_each('[null, true, -1e3, "text"]');
BEGIN;
DELETE FROM town WHERE id > 6;
SAVEPOINT half;
UPDATE town SET people = people + 1 RETURNING id, people;
ROLLBACK TO half;
COMMIT;
INSERT INTO town (name, people) VALUES ('Jena', 110732) ON CONFLICT (name) DO UPDATE SET people = excluded.people;
SELECT name, people, upper(substr(name, 1, 2)), length(hex(name)), quote(river) FROM town ORDER BY name COLLATE NOCASE DESC LIMIT 3 OFFSET 1;
SELECT date('2022-12-28', 'start of month', '+1 month', '-1 day', 'weekday 0'), strftime('%s', '2000-02-29 12:00'), julianday('2000-01-01');
SELECT 7 / 2, 7 % -3, -7 >> 1, 9223372036854775807 + 1, round(sin(0.5) * pow(2, 10), 3), typeof(1e0), CAST('12abc' AS INTEGER), 'a' || NULL;
CREATE VIRTUAL TABLE place USING rtree (id, west, east, south, north);
INSERT INTO place VALUES (1, 9.5, 10.5, 53.0, 54.0), (2, 13.0, 13.5, 52.0, 53.0), (3, 8.5, 9.0, 53.0, 53.5);
SELECT id FROM place WHERE west >= 9 AND north <= 54 ORDER BY id;
CREATE TRIGGER flood AFTER UPDATE OF length ON river BEGIN UPDATE town SET people = people / 2 WHERE river = new.name; END;
UPDATE river SET length = length + 1 WHERE name = 'Elbe';
SELECT group_concat(people, ' ') FROM (SELECT people FROM town WHERE river = 'Elbe' ORDER BY id);
VACUUM;
PRAGMA integrity_check;
SELECT hex(sha3_query('SELECT * FROM town ORDER BY id'));
.dump river
