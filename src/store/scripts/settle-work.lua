#!lua
-- Ends a claimed piece of work: it leaves its stream, and gets a timer where it has to be tried again. A timer that is due
-- earlier is left as it is: a commit may have set it while this work ran. How often it was tried is counted here, so that it is
-- counted over all workers and their restarts. Each wait is twice as long as the one before.
-- KEYS  1 stream  2 timers  3 how often it was tried  4 dead letters
-- ARGV  1 consumer group  2 entry  3 consumer  4 deliveries  5 the work ('' = done)  6 now in ms ('' = Redis's clock)
--       7 counter ('' = none)  8 forget all counters: 1, or 0  9 wait in ms  10 longest wait in ms
--       11 tries after which it is a dead letter (0 = never)  12 ms since the first try after which it is one (0 = never)
--       13 why  14 most dead letters  15 ms for which counters are kept
-- Answers  {'lost'} where another worker has the claim by now, who will end it | {'done'} | {'waits', ms} | {'dead'}
local stream_key, timers_key, tries_key, dead_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local group, entry, consumer, deliveries = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local work, given_ms, counter, forget = ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local wait_ms, longest_ms, most_tries, most_ms = tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12])
local why, most_dead, kept_ms = ARGV[13], ARGV[14], ARGV[15]

local pending = redis.call('XPENDING', stream_key, group, entry, entry, 1)[1]
if not pending or pending[2] ~= consumer or pending[4] ~= deliveries then
  return { 'lost' }
end

local now_ms = tonumber(given_ms)
if not now_ms then
  local time = redis.call('TIME')
  now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local is_dead = false
if forget == '1' then
  redis.call('DEL', tries_key)
end
if counter ~= '' then
  local tries = redis.call('HINCRBY', tries_key, counter, 1)
  redis.call('HSETNX', tries_key, counter .. ' since', string.format('%d', now_ms))
  redis.call('PEXPIRE', tries_key, kept_ms)
  local since_ms = now_ms - tonumber(redis.call('HGET', tries_key, counter .. ' since'))
  is_dead = (most_tries > 0 and tries >= most_tries) or (most_ms > 0 and since_ms >= most_ms)
  wait_ms = math.min(wait_ms * 2 ^ math.min(tries - 1, 30), longest_ms)
end

local answer = { 'done' }
if is_dead then
  redis.call('XADD', dead_key, 'MAXLEN', most_dead, '*', 'e', work, 'why', why)
  redis.call('DEL', tries_key)
  answer = { 'dead' }
elseif work ~= '' then
  redis.call('ZADD', timers_key, 'LT', string.format('%d', now_ms + wait_ms), work)
  answer = { 'waits', string.format('%d', wait_ms) }
end
redis.call('XACK', stream_key, group, entry)
redis.call('XDEL', stream_key, entry)
return answer
