#!lua
-- Lets the log continue after a loss that was accepted, by one record in a place that leaves the gap.
-- KEYS  1 head  2 audit log  3 accepted losses: by place, how many places each left empty  4 archived up to
-- ARGV  1 id of the last entry ('' = none)  2 log id  3 the new record's seq  4 its bytes  5 its hash (raw)
--       6 its mac (raw)  7 its kid  8 its hash (hex)  9 its time
--       10 seq of the last record that survived  11 places that this leaves empty  12 last archived seq ('' = none)
-- Answers  {'accepted'} | {'moved', id of the last entry}
local head_key, log_key, losses_key, archived_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local last_expected, log, seq, bytes, hash, mac, kid = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local hash_hex, time, survived, gap, archived_expected = ARGV[8], ARGV[9], tonumber(ARGV[10]), ARGV[11], ARGV[12]
local last = redis.call('XREVRANGE', log_key, '+', '-', 'COUNT', 1)[1]
local last_id = last and last[1] or ''
if last_id ~= last_expected or (redis.call('HGET', archived_key, 'seq') or '') ~= archived_expected then
  return { 'moved', last_id }
end
redis.call('XADD', log_key, seq .. '-0', 'b', bytes, 'h', hash, 'm', mac, 'k', kid)
redis.call('HSET', head_key, 'log', log, 'seq', seq, 'hash', hash_hex, 'at', time)
-- Losses that were accepted above the last record are part of this loss now.
for _, place in ipairs(redis.call('HKEYS', losses_key)) do
  if tonumber(place) > survived then
    redis.call('HDEL', losses_key, place)
  end
end
redis.call('HSET', losses_key, seq, gap)
-- The record that says what was archived may be lost: from now on this one says it.
if archived_expected ~= '' then
  redis.call('HSET', archived_key, 'by', seq)
end
return { 'accepted' }
