#!lua
-- Says of interactions that a bot has them in hand and lives, by the clock of Redis alone.
-- KEYS  1 interactions that are not done
-- ARGV  1 'begin', or 'renew': what another bot has ended meanwhile is not put back  2 entries, as a JSON list
--       3 seconds that they are kept if nobody does anything
-- Answers  how many there were
local unfinished_key = KEYS[1]
local how, entries, kept_seconds = ARGV[1], ARGV[2], ARGV[3]
local time = redis.call('TIME')
local now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local listed = cjson.decode(entries)
for _, entry in ipairs(listed) do
  if how == 'begin' then
    redis.call('ZADD', unfinished_key, now_ms, entry)
  else
    redis.call('ZADD', unfinished_key, 'XX', now_ms, entry)
  end
end
redis.call('EXPIRE', unfinished_key, kept_seconds)
return #listed
