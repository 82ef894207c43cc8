#!lua
-- Moves the floor: what lies at or below it is archived, and no longer part of the log in Redis. It never goes back.
-- KEYS  1 floor  2 audit log
-- ARGV  1 seq of the last record that was archived  2 its hash (hex)  3 its id in the log
-- Answers  1, or 0 where that record is not in the log, is its last one, or lies below the floor
local floor_key, log_key = KEYS[1], KEYS[2]
local seq, hash, id = ARGV[1], ARGV[2], ARGV[3]
local floor = tonumber(redis.call('HGET', floor_key, 'seq') or '0')
local last = redis.call('XREVRANGE', log_key, '+', '-', 'COUNT', 1)[1]
local found = redis.call('XRANGE', log_key, id, id)[1]
if not found or last[1] == id or tonumber(seq) <= floor then
  return 0
end
redis.call('HSET', floor_key, 'seq', seq, 'hash', hash)
return 1
