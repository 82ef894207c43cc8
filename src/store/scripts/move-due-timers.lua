#!lua
-- Moves the timers that are due to the outbox.
-- KEYS  1 timers  2 outbox
-- ARGV  1 now, ms  2 most to move
-- Answers  how many were moved
local timers_key, outbox_key = KEYS[1], KEYS[2]
local now_ms, most = ARGV[1], ARGV[2]
local due = redis.call('ZRANGEBYSCORE', timers_key, '-inf', now_ms, 'LIMIT', 0, most)
for _, effect in ipairs(due) do
  redis.call('XADD', outbox_key, '*', 'e', effect)
  redis.call('ZREM', timers_key, effect)
end
return #due
