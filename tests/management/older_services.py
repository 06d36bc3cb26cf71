"""The four older services' data as they documented it: small, with something of each kind."""

import json
import sqlite3

BLOOM = """
CREATE TABLE moderation_logs (
    id INTEGER PRIMARY KEY, message_id VARCHAR UNIQUE NOT NULL, user_id VARCHAR NOT NULL,
    content VARCHAR NOT NULL, pii_detected BOOLEAN, pii_type VARCHAR,
    content_category VARCHAR NOT NULL, action_taken VARCHAR(7), action_reason VARCHAR,
    flagged BOOLEAN, categories_scores JSON, created_at DATETIME, manual_review BOOLEAN,
    manual_review_approved BOOLEAN, manual_review_notes VARCHAR, reviewed_at DATETIME);
INSERT INTO moderation_logs VALUES
    (1, 'b1', 'ana', 'good morning', 0, NULL, 'OK', NULL, NULL, 0, '{"OK": 0.9}',
     '2026-02-01 08:00:00', 0, NULL, NULL, NULL),
    (2, 'b2', 'bo', 'mail me at bo@example.org', 1, 'EMAIL', 'OK', 'WARNING', 'PII', 1, NULL,
     '2026-02-01 08:01:00', 0, NULL, NULL, NULL),
    (3, 'b3', 'cy', 'awful words', 0, NULL, 'H', 'BAN', 'hate', 1, '{"OK": 0.1, "H": 0.8}',
     '2026-02-01 08:02:00.500000', 1, 0, 'clear case', '2026-02-01 09:00:00'),
    (4, 'b4', 'cy', 'sounded worse than it was', 0, NULL, 'V', 'KICK', 'violence', 0,
     '{"V": 0.6}', '2026-02-01 08:03:00', 1, 1, NULL, '2026-02-01 09:01:00');
CREATE TABLE moderation_actions (
    id INTEGER PRIMARY KEY, player_id VARCHAR, action VARCHAR, reason VARCHAR,
    performed_by VARCHAR, success BOOLEAN, error VARCHAR, applied BOOLEAN, created_at DATETIME);
INSERT INTO moderation_actions VALUES
    (1, 'cy', 'ban', 'hate', 'manual', 1, NULL, 1, '2026-02-01 09:00:01'),
    (2, 'bo', 'kick', 'spam', 'ai', 1, NULL, 1, '2026-02-01 09:00:02'),
    (3, 'di', 'ban', 'spam', 'ai', 0, 'gone', 0, '2026-02-01 09:00:03');
"""

AURAFLOW = """
CREATE TABLE channels (id INTEGER PRIMARY KEY, community_id INTEGER, name TEXT);
INSERT INTO channels VALUES (7, 1, 'general'), (8, 2, 'other');
CREATE TABLE ai_agent_logs (
    id INTEGER PRIMARY KEY, agent_id INTEGER, user_id INTEGER, channel_id INTEGER,
    message_id INTEGER, action_type TEXT, input_text TEXT, output_text TEXT,
    confidence_score REAL, created_at TIMESTAMP);
INSERT INTO ai_agent_logs VALUES
    (1, 1, 12, 7, 501, 'moderation', 'hello', '{"action": "allow", "severity": "none"}', 0.0,
     '2026-02-01T08:00:00'),
    (2, 1, 13, 7, 502, 'moderation', 'shut up idiot',
     '{"action": "flag", "severity": "medium", "reasons": ["harassment"]}', 0.8,
     '2026-02-01T08:01:00'),
    (3, 1, 13, 7, NULL, 'moderation', 'a threat',
     '{"action": "block", "severity": "critical", "reasons": ["threats_detected"]}', 0.95,
     '2026-02-01T08:02:00'),
    (4, 1, 13, 8, 504, 'moderation', 'elsewhere', '{"action": "allow"}', 0.0,
     '2026-02-01T08:03:00'),
    (5, 2, 13, 7, 505, 'summary', 'x', 'y', 0.0, '2026-02-01T08:04:00'),
    (6, 1, 13, 7, 506, 'moderation', 'x', 'no json', 0.0, '2026-02-01T08:05:00');
CREATE TABLE moderation_logs (
    id INTEGER PRIMARY KEY, user_id INTEGER, channel_id INTEGER, message_text TEXT,
    flag_type TEXT, severity TEXT, confidence REAL, action_taken TEXT, reason TEXT,
    created_at TIMESTAMP);
INSERT INTO moderation_logs VALUES
    (1, 14, 7, 'buy now', 'spam', 'low', 0.7, 'deleted', 'spam', '2026-02-01T09:00:00');
CREATE TABLE blocked_users (
    id INTEGER PRIMARY KEY, community_id INTEGER, user_id INTEGER, blocked_at TIMESTAMP);
INSERT INTO blocked_users VALUES (1, 1, 14, '2026-02-01T09:00:00'), (2, 2, 15, '2026-02-01');
CREATE TABLE community_members (
    id INTEGER PRIMARY KEY, community_id INTEGER, user_id INTEGER, violation_count INTEGER);
INSERT INTO community_members VALUES (1, 1, 13, 2), (2, 1, 12, 0), (3, 2, 15, 4);
"""

AUTOMODERATE = """
CREATE TABLE projects (id CHAR(36) PRIMARY KEY, name VARCHAR(100));
INSERT INTO projects VALUES ('p1', 'Forum'), ('p2', 'Shop');
CREATE TABLE users (id CHAR(36) PRIMARY KEY, username VARCHAR);
INSERT INTO users VALUES ('u1', 'mira');
CREATE TABLE api_users (id CHAR(36) PRIMARY KEY, project_id CHAR(36), external_user_id VARCHAR);
INSERT INTO api_users VALUES ('a1', 'p1', 'ana');
CREATE TABLE content (
    id CHAR(36) PRIMARY KEY, project_id CHAR(36), content_type VARCHAR, content_data TEXT,
    meta_data JSON, status VARCHAR(20), api_user_id CHAR(36), created_at DATETIME);
INSERT INTO content VALUES
    ('c1', 'p1', 'text', 'fine', '{"page": 3}', 'approved', 'a1', '2026-02-01 08:00:00'),
    ('c2', 'p1', 'text', 'unclear', '{"user_id": "bo"}', 'flagged', NULL, '2026-02-01 08:01:00'),
    ('c3', 'p1', 'text', 'bad', NULL, 'rejected', 'a1', '2026-02-01 08:02:00'),
    ('c4', 'p1', 'text', 'not judged', NULL, 'pending', 'a1', '2026-02-01 08:03:00'),
    ('c5', 'p1', 'image', 'x.png', NULL, 'approved', 'a1', '2026-02-01 08:04:00'),
    ('c6', 'p2', 'text', 'of the shop', NULL, 'approved', NULL, '2026-02-01 08:05:00');
CREATE TABLE moderation_results (
    id CHAR(36) PRIMARY KEY, content_id CHAR(36), moderator_type VARCHAR, moderator_id CHAR(36),
    decision VARCHAR, confidence FLOAT, reason TEXT, details JSON, created_at DATETIME);
INSERT INTO moderation_results VALUES
    ('r1', 'c1', 'ai', NULL, 'approved', 0.9, '', NULL, '2026-02-01 08:00:01'),
    ('r2', 'c2', 'ai', NULL, 'flagged', 0.5, '', NULL, '2026-02-01 08:01:01'),
    ('r3', 'c3', 'rule', NULL, 'flagged', 0.8, '', '{"rule_name": "Slurs"}', '2026-02-01 08:02:01'),
    ('r4', 'c3', 'manual', 'u1', 'rejected', 1.0, 'an insult', NULL, '2026-02-01 09:00:00');
CREATE TABLE moderation_rules (
    id CHAR(36) PRIMARY KEY, project_id CHAR(36), name VARCHAR, rule_type VARCHAR,
    rule_data JSON, action VARCHAR, is_active BOOLEAN, priority INTEGER);
INSERT INTO moderation_rules VALUES
    ('m1', 'p1', 'Slurs, rough', 'keyword', '{"keywords": ["zorgling"]}', 'flag', 1, 900),
    ('m2', 'p1', 'Broken', 'regex', '{"pattern": "(", "flags": []}', 'reject', 1, 100),
    ('m3', 'p2', 'Shop', 'keyword', '{"keywords": ["x"]}', 'reject', 1, 100);
"""

HASH = "a" * 64
#: As mongoexport writes them, a document a line.
CHAT_SERVICE = {
    "blacklist_words": [
        {"word": "zorgling", "language": "en", "category": "insult", "severity": "high",
         "is_active": True, "is_regex": False, "added_by": "the-admin-key"},
        {"word": "zorg(", "language": "es", "category": "insult", "severity": "low",
         "is_active": True, "is_regex": True},
        {"word": "old", "language": "es", "category": "insult", "severity": "low",
         "is_active": False},
    ],
    "violations": [
        {"user_id": "ana", "channel_id": "lobby", "message_id": f"v{number}",
         "message_content_hash": HASH, "detected_words": ["zorgling"], "toxicity_score": 0.9,
         "severity": "high", "action_taken": "message_blocked", "strike_count_at_time": number,
         "timestamp": {"$date": f"2026-02-0{number}T08:00:00Z"}, "metadata": {}}
        for number in (1, 2, 3)
    ],
    "user_strikes": [
        {"user_id": "ana", "channel_id": "lobby", "strike_count": {"$numberInt": "2"},
         "last_violation": {"$date": "2026-02-03T08:00:00Z"},
         "strikes_reset_at": {"$date": "2126-03-01T08:00:00Z"}, "is_banned": True,
         "ban_type": "temporary", "ban_expires_at": {"$date": "2126-02-04T08:00:00Z"}},
    ],
    "bans": [
        {"user_id": "ana", "channel_id": "lobby", "ban_type": "temporary", "reason": "3 strikes",
         "banned_at": {"$date": "2026-02-03T08:00:00Z"},
         "banned_until": {"$date": "2126-02-04T08:00:00Z"}, "banned_by": "system",
         "is_active": True},
        {"user_id": "bo", "channel_id": "lobby", "ban_type": "permanent", "reason": "spam",
         "banned_at": {"$date": "2026-02-01T08:00:00Z"}, "is_active": False,
         "unbanned_at": {"$date": "2026-02-02T08:00:00Z"}, "unbanned_by": "the-admin-key"},
        {"user_id": "cy", "channel_id": "lobby", "ban_type": "temporary", "reason": "spam",
         "banned_at": {"$date": "2026-02-01T08:00:00Z"},
         "banned_until": {"$date": "2026-02-02T08:00:00Z"}, "is_active": True},
        {"user_id": "di", "channel_id": "lobby", "ban_type": "temporary", "is_active": True,
         "banned_at": {"$date": "2026-02-01T08:00:00Z"}},
    ],
}  # fmt: skip


def sqlite_file(path, script):
    with sqlite3.connect(path) as connection:
        connection.executescript(script)
    connection.close()
    return str(path)


def folder(path, tables):
    path.mkdir()
    for name, rows in tables.items():
        lines = "".join(f"{json.dumps(row)}\n" for row in rows)
        (path / f"{name}.jsonl").write_text(lines)
    return str(path)
