#!lua
-- Notes that a process is alive and works on these entries. Redis's clock alone counts.
-- KEYS  1 what is not done
-- ARGV  1 'begin' | 'renew' (leaves out those that another process has ended meanwhile)  2 entries, as a JSON list
--       3 seconds after which all are forgotten if nobody touches them
-- Answers  how many entries were given
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
