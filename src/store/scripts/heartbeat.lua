#!lua
-- Tells the other processes the digest that one goes by, and answers theirs. Redis's clock alone counts.
-- KEYS  1 processes  2 text with this digest
-- ARGV  1 process  2 its digest  3 ms without a heartbeat after which a process counts as gone
-- Answers  {'kept' | 'missing' (the text), digest of another process, …}
local processes_key, text_key = KEYS[1], KEYS[2]
local process, digest, gone_ms = ARGV[1], ARGV[2], tonumber(ARGV[3])

local time = redis.call('TIME')
local now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local answer = { redis.call('EXISTS', text_key) == 1 and 'kept' or 'missing' }

redis.call('HSET', processes_key, process, cjson.encode({ digest = digest, at = now_ms }))
local all = redis.call('HGETALL', processes_key)
for place = 1, #all, 2 do
  local parsed, other = pcall(cjson.decode, all[place + 1])
  local valid = parsed and type(other) == 'table' and type(other.digest) == 'string' and type(other.at) == 'number'
  if not valid or now_ms - other.at > gone_ms then
    redis.call('HDEL', processes_key, all[place])
  else
    -- A time in the future would keep a process in the list for as long.
    if other.at > now_ms then
      redis.call('HSET', processes_key, all[place], cjson.encode({ digest = other.digest, at = now_ms }))
    end
    if other.digest ~= digest then
      answer[#answer + 1] = other.digest
    end
  end
end
return answer
