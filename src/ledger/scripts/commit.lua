#!lua
-- The one write: the operation's answer, audit records, the request's state, indexes, outbox and timers, or nothing.
-- Redis does not roll back, so everything is checked before the first write, and the one write that can fail comes first.
--
-- KEYS  1 head  2 audit log  3 operation  4 request  5 open request of the execution  6 open requests
--       7 outbox  8 timers  9 limits in force  10 changes under way
--       11 other request that the decision rests on  12 what bots saw that found the log lost  13 archived up to  14… index keys
-- ARGV  1 operation's answer  2 operation's seconds to live
--       3 log id, if this is the first record  4 seq expected of the head  5 hash expected of the head (hex)
--       6 request id  7 version expected ('' = no request changes)  8 new state  9 new version
--       10 seconds to live of a closed request ('' = it is open)  11 'take' | 'keep' | 'free' the execution  12 now, ms
--       13 claim's entry ('' = none)  14 claim's consumer  15 claim's deliveries  16 consumer group
--       17 execution  18 limit in force expected ('' = none, '*' = any), while no other request's change is under way
--       19 new limit in force ('' = unchanged)  20 'take' | 'keep' | 'free' the execution's change
--       21 version expected of the other request ('' = any)
--       22 seq up to which these records say that the log was archived ('' = they don't)  23 hash of the record there (hex)
--       24 number of records, then for each: bytes, hash (raw), mac (raw), kid; last record's hash (hex) and time
--       … number of index entries, then for each: place in KEYS, seq
--       … number of effects, then each
--       … number of timers to set, then for each: effect, due ms
--       … number of timers to clear, then each effect
-- Answers  {'committed'} | {'repeated', answer} | {'seen'} | {'claim-lost'} | {'already-open', request} | {'moved', version}
--          {'head', log, seq, hash, time, hash of the record at the seq expected (hex, '' = no such record)}

local head_key, log_key, operation_key, request_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local execution_key, open_key, outbox_key, timers_key = KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local answer, operation_seconds = ARGV[1], ARGV[2]
local first_log, seq_expected, hash_expected = ARGV[3], tonumber(ARGV[4]), ARGV[5]
local request_id, version_expected, state, version = ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local closed_seconds, execution_guard, now_ms = ARGV[10], ARGV[11], ARGV[12]
local claim_entry, claim_consumer, claim_deliveries, group = ARGV[13], ARGV[14], tonumber(ARGV[15]), ARGV[16]
local in_force_key, changing_key, other_key, seen_key, archived_key = KEYS[9], KEYS[10], KEYS[11], KEYS[12], KEYS[13]
local execution, in_force_expected, in_force, change_guard = ARGV[17], ARGV[18], ARGV[19], ARGV[20]
local other_expected, archived, archived_hash = ARGV[21], ARGV[22], ARGV[23]

local at = 23
local function take()
  at = at + 1
  return ARGV[at]
end

local function must_be(key, wanted)
  local found = redis.call('TYPE', key).ok
  if found ~= 'none' and found ~= wanted then
    error({ err = 'WRONGTYPE ' .. key .. ' is a ' .. found .. ', not a ' .. wanted })
  end
end

local function to_hex(raw)
  return (string.gsub(raw, '.', function(byte)
    return string.format('%02x', string.byte(byte))
  end))
end

local done = redis.call('GET', operation_key)
if done then
  return { 'repeated', done }
end

-- A bot found the log lost: nothing is written until the records that it saw are there again, or their loss was accepted.
if redis.call('EXISTS', seen_key) == 1 then
  return { 'seen' }
end

must_be(head_key, 'hash')
must_be(log_key, 'stream')
must_be(request_key, 'hash')
must_be(execution_key, 'string')
must_be(open_key, 'zset')
must_be(outbox_key, 'stream')
must_be(timers_key, 'zset')
must_be(in_force_key, 'hash')
must_be(changing_key, 'hash')
must_be(other_key, 'hash')
must_be(archived_key, 'hash')
for place = 14, #KEYS do
  must_be(KEYS[place], 'zset')
end

local head = redis.call('HMGET', head_key, 'log', 'seq', 'hash', 'at')
local seq = tonumber(head[2] or '0')
local hash = head[3] or string.rep('0', 64)
-- The record that the caller builds on must be in the log itself: an emptied log may still have its head.
local id_expected = string.format('%d-0', seq_expected)
local seen = redis.call('XRANGE', log_key, id_expected, id_expected)[1]
local seen_hash = seen and to_hex(seen[2][4] or '') or ''
if seq ~= seq_expected or hash ~= hash_expected or (seq > 0 and seen_hash ~= hash_expected) then
  return { 'head', head[1] or '', string.format('%d', seq), hash, head[4] or '', seen_hash }
end

if claim_entry ~= '' then
  local pending = redis.call('XPENDING', outbox_key, group, claim_entry, claim_entry, 1)[1]
  if not pending or pending[2] ~= claim_consumer or pending[4] ~= claim_deliveries then
    return { 'claim-lost' }
  end
end

if version_expected ~= '' then
  local found = redis.call('HGET', request_key, 'version') or '0'
  if found ~= version_expected then
    return { 'moved', found }
  end
  local open_now = redis.call('GET', execution_key)
  if execution_guard == 'take' and open_now then
    return { 'already-open', open_now }
  end
  if in_force_expected ~= '*' then
    local changing = redis.call('HGET', changing_key, execution)
    local current = redis.call('HGET', in_force_key, execution) or ''
    if current ~= in_force_expected or (changing and changing ~= request_id) then
      return { 'moved', found }
    end
  end
  if other_expected ~= '' and redis.call('HGET', other_key, 'version') ~= other_expected then
    return { 'moved', found }
  end
end

if archived ~= '' then
  local archived_before = tonumber(redis.call('HGET', archived_key, 'seq') or '0')
  local last = redis.call('XRANGE', log_key, archived .. '-0', archived .. '-0')[1]
  if not last or to_hex(last[2][4] or '') ~= archived_hash or tonumber(archived) <= archived_before then
    return { 'moved', '' }
  end
end

local record_count = tonumber(take())
for offset = 1, record_count do
  local bytes, record_hash, mac, kid = take(), take(), take(), take()
  redis.call('XADD', log_key, string.format('%d-0', seq + offset), 'b', bytes, 'h', record_hash, 'm', mac, 'k', kid)
end
local last_hash, last_time = take(), take()
local last_seq = string.format('%d', seq + record_count)
local log = head[1] or first_log
redis.call('HSET', head_key, 'log', log, 'seq', last_seq, 'hash', last_hash, 'at', last_time)

if archived ~= '' then
  redis.call('HSET', archived_key, 'log', log, 'seq', archived, 'hash', archived_hash, 'at', last_time, 'by', last_seq)
end

if version_expected ~= '' then
  redis.call('HSET', request_key, 'state', state, 'version', version, 'seq', last_seq, 'hash', last_hash)
  if execution_guard == 'take' then
    redis.call('SET', execution_key, request_id)
    redis.call('ZADD', open_key, now_ms, request_id)
  elseif execution_guard == 'free' then
    if redis.call('GET', execution_key) == request_id then
      redis.call('DEL', execution_key)
    end
    redis.call('ZREM', open_key, request_id)
  end
  if in_force ~= '' then
    redis.call('HSET', in_force_key, execution, in_force)
  end
  if change_guard == 'take' then
    redis.call('HSET', changing_key, execution, request_id)
  elseif change_guard == 'free' and redis.call('HGET', changing_key, execution) == request_id then
    redis.call('HDEL', changing_key, execution)
  end
end
if closed_seconds ~= '' then
  redis.call('EXPIRE', request_key, closed_seconds)
end

for _ = 1, tonumber(take()) do
  local place, indexed = tonumber(take()), take()
  redis.call('ZADD', KEYS[place], indexed, indexed)
end
for _ = 1, tonumber(take()) do
  redis.call('XADD', outbox_key, '*', 'e', take())
end
for _ = 1, tonumber(take()) do
  local effect, due = take(), take()
  redis.call('ZADD', timers_key, due, effect)
end
for _ = 1, tonumber(take()) do
  redis.call('ZREM', timers_key, take())
end
redis.call('SET', operation_key, answer, 'EX', operation_seconds)
return { 'committed' }
