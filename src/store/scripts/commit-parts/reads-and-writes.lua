-- What a commit may expect to find, and what it may write.

-- By key: the string that it has now, or false where there is nothing.
local strings = {}

local function string_at(key)
  if strings[key] == nil then strings[key] = call('GET', key) end
  return strings[key]
end

-- What the commits will ask, by one command for the whole batch. Where MGET finds no string there may be another type, which
-- only GET refuses.
local function read_strings()
  local keys, absent = {}, {}
  for _, commit in ipairs(batch.commits) do
    keys[#keys + 1] = KEYS[commit.op]
    for _, one in ipairs(commit.expect) do
      if one[1] == 'string' then keys[#keys + 1] = KEYS[one[2]] end
    end
  end
  if #keys == 0 then return end
  local found = call('MGET', unpack(keys))
  for place, key in ipairs(keys) do
    if found[place] then strings[key] = found[place] else absent[#absent + 1] = key end
  end
  if #absent > 0 and call('EXISTS', unpack(absent)) == 0 then
    for _, key in ipairs(absent) do strings[key] = false end
  end
end

-- Each gives whether it is as expected, and what was found.
local expectations = {
  string = function(key, values)
    return is_among(string_at(key) or '', values)
  end,
  field = function(key, field, values)
    return is_among(call('HGET', key, field) or '', values)
  end,
  below = function(key, field, bound)
    local found = call('HGET', key, field) or '0'
    return tonumber(found) < tonumber(bound), found
  end,
}

-- By key: scores and members that are still to be added, by one command for the whole batch. No expectation reads them.
local additions = {}

local function add_members(key)
  local members = additions[key]
  if members then
    additions[key] = nil
    call('ZADD', key, unpack(members))
  end
end

local verbs = {
  set = function(key, value)
    call('SET', key, value)
    strings[key] = value
  end,
  del = function(key, value)
    if string_at(key) == value then
      call('DEL', key)
      strings[key] = false
    end
  end,
  hset = function(key, ...) call('HSET', key, ...) end,
  hdel = function(key, field, value)
    if call('HGET', key, field) == value then
      call('HDEL', key, field)
    end
  end,
  zadd = function(key, score, member)
    local members = additions[key] or {}
    members[#members + 1], members[#members + 2] = score, member
    additions[key] = members
    -- Lua hands over only so many arguments.
    if #members >= 1000 then add_members(key) end
  end,
  zrem = function(key, member) add_members(key); call('ZREM', key, member) end,
  xadd = function(key, field, value) call('XADD', key, '*', field, value) end,
  expire = function(key, seconds) add_members(key); call('EXPIRE', key, seconds) end,
}

local types = {
  string = 'string', field = 'hash', below = 'hash',
  set = 'string', del = 'string', hset = 'hash', hdel = 'hash', zadd = 'zset', zrem = 'zset', xadd = 'stream',
}
