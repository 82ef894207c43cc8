#!lua
-- Gives dead letters back to the streams of their kinds, so that they are tried again.
-- KEYS  1 dead letters  2… streams
-- ARGV  1 kinds: JSON, the place among the streams by kind  2 ids: JSON
-- Answers  for each id 'sent' | 'missing' | 'unknown' (its kind is not known here, or it can't be read: it stays)
local dead_key = KEYS[1]
local kinds, ids = cjson.decode(ARGV[1]), cjson.decode(ARGV[2])

local function stream_of(kind)
  local at = kinds[kind] + 1
  return KEYS[at]
end

local answers = {}
for place, id in ipairs(ids) do
  local entry = redis.call('XRANGE', dead_key, id, id)[1]
  local work = entry and entry[2][2] or ''
  local is_read, value = pcall(cjson.decode, work)
  local kind = is_read and type(value) == 'table' and type(value.kind) == 'string' and value.kind or ''
  if not entry then
    answers[place] = 'missing'
  elseif not kinds[kind] then
    answers[place] = 'unknown'
  else
    redis.call('XADD', stream_of(kind), '*', 'e', work)
    redis.call('XDEL', dead_key, id)
    answers[place] = 'sent'
  end
end
return answers
