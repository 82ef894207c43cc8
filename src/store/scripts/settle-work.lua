#!lua
-- Ends a claimed piece of work: it leaves the outbox, and gets a timer where it has to be tried again. A timer that is due
-- earlier is left as it is: a commit may have set it while this work ran.
-- KEYS  1 outbox  2 timers
-- ARGV  1 consumer group  2 entry  3 consumer  4 deliveries  5 effect to try again ('' = done)  6 due, ms
-- Answers  1, or 0 where another worker has the claim by now, who will end it
local outbox_key, timers_key = KEYS[1], KEYS[2]
local group, entry, consumer, deliveries = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local again, due = ARGV[5], ARGV[6]
local pending = redis.call('XPENDING', outbox_key, group, entry, entry, 1)[1]
if not pending or pending[2] ~= consumer or pending[4] ~= deliveries then
  return 0
end
if again ~= '' then
  redis.call('ZADD', timers_key, 'LT', due, again)
end
redis.call('XACK', outbox_key, group, entry)
redis.call('XDEL', outbox_key, entry)
return 1
