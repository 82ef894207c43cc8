#!lua
-- Resets the idle time of a claim. JUSTID, so that a renewal does not count as a delivery.
-- KEYS  1 stream
-- ARGV  1 consumer group  2 entry  3 consumer  4 deliveries
-- Answers  1, or 0 where another worker has the claim by now, from whom it must not be taken back
local stream_key = KEYS[1]
local group, entry, consumer, deliveries = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local pending = redis.call('XPENDING', stream_key, group, entry, entry, 1)[1]
if not pending or pending[2] ~= consumer or pending[4] ~= deliveries then
  return 0
end
redis.call('XCLAIM', stream_key, group, consumer, 0, entry, 'IDLE', 0, 'JUSTID')
return 1
