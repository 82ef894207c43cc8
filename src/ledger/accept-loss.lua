#!lua
-- Lets the log go on after a loss that a person accepted: one record, at a place that leaves the gap.
-- KEYS  1 head  2 audit log
-- ARGV  1 id of the last entry that survived ('' = none)  2 log id  3 the new record's seq  4 its bytes  5 its hash (raw)
--       6 its mac (raw)  7 its kid  8 its hash (hex)  9 its time  10 places that no record has, all told
-- Answers  {'accepted'} | {'moved', id of the last entry}
local head_key, log_key = KEYS[1], KEYS[2]
local last_expected, log, seq, bytes, hash, mac, kid = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local hash_hex, time, gap = ARGV[8], ARGV[9], ARGV[10]
local last = redis.call('XREVRANGE', log_key, '+', '-', 'COUNT', 1)[1]
local last_id = last and last[1] or ''
if last_id ~= last_expected then
  return { 'moved', last_id }
end
redis.call('XADD', log_key, seq .. '-0', 'b', bytes, 'h', hash, 'm', mac, 'k', kid)
redis.call('HSET', head_key, 'log', log, 'seq', seq, 'hash', hash_hex, 'at', time, 'loss', seq, 'gap', gap)
return { 'accepted' }
