#!lua
-- The one write: a batch of commits in their order, each of them whole or not at all. It stops at the first that can't be made.
-- Redis does not roll back, so all of a commit is checked before its first write, and the write that can fail comes first.
-- What a commit is about is not known here: it says what it expects to find and what to write, and names keys by their places.
--
-- KEYS  1 log  2 head of the log  3 stop: while it exists, nothing is written  4 turn  5… keys that the commits name
-- ARGV  1 the batch, as JSON: {id, seq, hash, writer, turnMs, takesTurn, seconds, types, commits}. A number in place of a text is
--       the argument in that place.
--           id            of the log, if its first record is among these
--           seq, hash     the last record that is expected in the log, its hash in hex
--           writer        whoever has the turn goes first: the others are told to wait
--           turnMs        how long a turn lasts; takesTurn: take it if the last record is another one
--           seconds       for how long the answer of a commit is kept
--           types         list of {place, type}: nothing is written while one of these keys is of another type
--         a commit: {op, answer, claim, expect, records, at, write}
--           op            place of the key that makes a repeat harmless; answer: what it keeps
--           claim         {stream, group, entry, consumer, deliveries} under which the writer works, or nothing
--           expect        list of {kind, place, …}, any of the last values being good; '' is nothing there:
--                         {'string', place, {values}}  {'field', place, field, {values}}
--                         {'below', place, field, number}  {'record', seq, hash in hex}
--           records       list of {bytes, hash (raw), mac (raw), key id}; at: the time of the last one
--           write         list of {verb, place, …}: {'set', place, value}  {'hset', place, field, value, …}
--                         {'zadd', place, score, member}  {'zrem', place, member}  {'xadd', place, field, value}
--                         {'expire', place, seconds}  {'del', place, value}, {'hdel', place, field, value}: if it has this value
--       2… texts that are long or no JSON
-- Answers  one list for each commit, up to the first that was not made:
--          {'committed'} | {'repeated', answer kept} | {'stopped'} | {'turn', ms that it lasts} | {'claim'}
--          {'head', id, seq, hash, time, hash at the seq expected (hex, '' = no such record)}
--          {'expected', place in its list, what was found} | {'failed', why}

local log_key, head_key, stop_key, turn_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local batch = cjson.decode(ARGV[1])

local function text_of(value)
  return type(value) == 'number' and ARGV[value] or value
end

local function to_hex(raw)
  return string.format(string.rep('%02x', #raw), string.byte(raw, 1, -1))
end

local function hash_at(seq)
  local id = string.format('%d-0', seq)
  local entry = redis.call('XRANGE', log_key, id, id)[1]
  return entry and to_hex(entry[2][4] or '') or ''
end

local function is_among(found, values)
  for _, value in ipairs(values) do
    if value == found then
      return true, found
    end
  end
  return false, found
end

-- Each gives whether it is as expected, and what was found.
local expectations = {
  string = function(key, values)
    return is_among(redis.call('GET', key) or '', values)
  end,
  field = function(key, field, values)
    return is_among(redis.call('HGET', key, field) or '', values)
  end,
  below = function(key, field, bound)
    local found = redis.call('HGET', key, field) or '0'
    return tonumber(found) < tonumber(bound), found
  end,
}

-- By key: scores and members that are still to be added, by one command for the whole batch. No expectation reads them.
local additions = {}

local function add_members(key)
  local members = additions[key]
  if members then
    additions[key] = nil
    redis.call('ZADD', key, unpack(members))
  end
end

local verbs = {
  set = function(key, value) redis.call('SET', key, value) end,
  del = function(key, value)
    if redis.call('GET', key) == value then
      redis.call('DEL', key)
    end
  end,
  hset = function(key, ...) redis.call('HSET', key, ...) end,
  hdel = function(key, field, value)
    if redis.call('HGET', key, field) == value then
      redis.call('HDEL', key, field)
    end
  end,
  zadd = function(key, score, member)
    local members = additions[key] or {}
    members[#members + 1], members[#members + 2] = score, member
    additions[key] = members
    -- Lua hands over only so many arguments.
    if #members >= 1000 then add_members(key) end
  end,
  zrem = function(key, member) add_members(key); redis.call('ZREM', key, member) end,
  xadd = function(key, field, value) redis.call('XADD', key, '*', field, value) end,
  expire = function(key, seconds) add_members(key); redis.call('EXPIRE', key, seconds) end,
}

local types = {
  string = 'string', field = 'hash', below = 'hash',
  set = 'string', del = 'string', hset = 'hash', hdel = 'hash', zadd = 'zset', zrem = 'zset', xadd = 'stream',
}

-- By key: what it is, or will be once the commit at hand is made.
local known_types = {}

local function wrong_type(key, needed)
  local found = known_types[key] or redis.call('TYPE', key).ok
  known_types[key] = found == 'none' and needed or found
  if known_types[key] ~= needed then
    return { 'failed', 'WRONGTYPE ' .. key .. ' is a ' .. found .. ', not a ' .. needed }
  end
end

local function unwritable(commit)
  for _, one in ipairs(commit.write) do
    local verb = one[1]
    if not verbs[verb] then return { 'failed', 'unknown: ' .. tostring(verb) } end
    local wrong = types[verb] and wrong_type(KEYS[one[2]], types[verb])
    if wrong then return wrong end
    local score = verb ~= 'zadd' or tonumber(one[3])
    if not score or score ~= score then return { 'failed', 'no score: ' .. tostring(one[3]) } end
  end
end

local function lost_claim(claim)
  if not claim then return nil end
  local pending = redis.call('XPENDING', KEYS[claim.stream], claim.group, claim.entry, claim.entry, 1)[1]
  if not pending or pending[2] ~= claim.consumer or pending[4] ~= claim.deliveries then
    return { 'claim' }
  end
end

local function unexpected(commit)
  for place, one in ipairs(commit.expect) do
    local kind, good, found = one[1], nil, nil
    if kind == 'record' then
      found = hash_at(tonumber(one[2]))
      good = found == one[3]
    else
      good, found = expectations[kind](KEYS[one[2]], one[3], one[4])
      -- On a key of another type Redis would have refused.
      known_types[KEYS[one[2]]] = types[kind]
    end
    if not good then return { 'expected', string.format('%d', place), found } end
  end
end

-- The last record of the log, as the commits so far have moved it.
local id, seq, last_hash, last_at = batch.id, tonumber(batch.seq), nil, nil

-- The record that the writer builds on must lie in the log itself: an emptied log may still have its head.
local function other_head()
  local head = redis.call('HMGET', head_key, 'log', 'seq', 'hash', 'at')
  local found_seq, found_hash = tonumber(head[2] or '0'), head[3] or string.rep('0', 64)
  local built_on = hash_at(seq)
  -- Before its first record a log has the name that this record gives it.
  id = found_seq > 0 and head[1] or id
  if found_seq ~= seq or found_hash ~= batch.hash or (found_seq > 0 and built_on ~= batch.hash) then
    if batch.takesTurn then
      redis.call('SET', turn_key, batch.writer, 'PX', batch.turnMs)
    end
    return { 'head', head[1] or '', string.format('%d', found_seq), found_hash, head[4] or '', built_on }
  end
end

-- A key that lasts longer than a turn, or for ever, or is no text, is no turn: nobody would end it, and all would wait.
local function turn_owner()
  local ms = redis.call('PTTL', turn_key)
  if ms < 0 or ms > tonumber(batch.turnMs) or redis.call('TYPE', turn_key).ok ~= 'string' then
    return nil
  end
  return redis.call('GET', turn_key), ms
end

-- Asked once for the whole batch, since nobody else writes meanwhile.
local is_held_up = true
local function hindrance()
  if redis.call('EXISTS', stop_key) == 1 then return { 'stopped' } end
  for _, one in ipairs(batch.types) do
    local wrong = wrong_type(KEYS[one[1]], one[2])
    if wrong then return wrong end
  end
  local owner, ms = turn_owner()
  if owner and owner ~= batch.writer then return { 'turn', string.format('%d', ms) } end
  local other = other_head()
  is_held_up = other ~= nil
  return other
end

local function refusal(commit)
  local before = redis.call('GET', KEYS[commit.op])
  if before then return { 'repeated', before } end
  return (is_held_up and hindrance()) or lost_claim(commit.claim) or unexpected(commit) or unwritable(commit)
end

local function make(commit)
  for offset, record in ipairs(commit.records) do
    local bytes, hash, mac = text_of(record[1]), text_of(record[2]), text_of(record[3])
    redis.call('XADD', log_key, string.format('%d-0', seq + offset), 'b', bytes, 'h', hash, 'm', mac, 'k', record[4])
  end
  local last = commit.records[#commit.records]
  if last then
    seq, last_hash, last_at = seq + #commit.records, text_of(last[2]), commit.at
  end
  for _, one in ipairs(commit.write) do
    for place = 3, #one do
      one[place] = text_of(one[place])
    end
    verbs[one[1]](KEYS[one[2]], unpack(one, 3))
  end
  redis.call('SET', KEYS[commit.op], text_of(commit.answer), 'EX', batch.seconds)
  return { 'committed' }
end

-- A command that fails concerns its own commit: those before it are made, and must be told so.
local function attempt(step, commit)
  local is_done, answer = pcall(step, commit)
  if is_done then return answer end
  return { 'failed', type(answer) == 'table' and answer.err or tostring(answer) }
end

local answers = {}
for _, commit in ipairs(batch.commits) do
  local answer = attempt(refusal, commit) or attempt(make, commit)
  table.insert(answers, answer)
  if answer[1] ~= 'committed' then break end
end
for key in pairs(additions) do
  add_members(key)
end
if last_hash then
  redis.call('HSET', head_key, 'log', id, 'seq', string.format('%d', seq), 'hash', to_hex(last_hash), 'at', last_at)
end
if answers[1][1] == 'committed' and turn_owner() == batch.writer then
  redis.call('DEL', turn_key)
end
return answers
