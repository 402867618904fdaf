// The scripts that only read. The keys are listed at the head of prelude.ts, which defines the functions they use.

/** With the JSON of the progress of a job that runs. */
const ROW_AND_PROGRESS = /* lua */ `
local function rowAndProgress(id)
  local shown = row(id)
  if shown and shown[3] == 'RUNNING' then
    local size = string.match(call('GETRANGE', key('progress', id), 0, 15), '^%d+')
    shown[7] = size and call('GETRANGE', key('progress', id), #size + 1, #size + tonumber(size))
  end
  return shown
end
`;

/** ids → for each its row, 'expired' or 'unknown'. */
const look = /* lua */ `${ROW_AND_PROGRESS}
local found = {}
for i, id in ipairs(ARGV) do
  found[i] = rowAndProgress(id) or (call('ZSCORE', key('expired'), id) and 'expired' or 'unknown')
end
return found
`;

/** ids → the position of each that waits, else -1. */
const positions = /* lua */ `
local found = {}
for i, id in ipairs(ARGV) do found[i] = field(id, 'status') == 'QUEUED' and position(id) or -1 end
return found
`;

/**
 * owner or '*' for everybody's, bounds of the ids (exclusive), 'newest' or 'oldest', limit, statuses → the first ids from that
 * end and their rows.
 */
const list = /* lua */ `${ROW_AND_PROGRESS}
local owner, least, most, from, limit = unpack(ARGV)
local index, size, found = jobsOf(owner), tonumber(limit), {}
local isNewest = from == 'newest'
for i = 6, #ARGV do
  local low, high = place(ARGV[i], timeOf(least)), place(ARGV[i], timeOf(most))
  local taken, offset = 0, 0
  repeat
    local ids = isNewest and call('ZREVRANGEBYSCORE', index, high, low, 'LIMIT', offset, size)
      or call('ZRANGEBYSCORE', index, low, high, 'LIMIT', offset, size)
    for _, id in ipairs(ids) do
      if id > least and id < most then
        found[#found + 1] = id
        taken = taken + 1
      end
    end
    offset = offset + size
  until #ids < size or taken >= size
end
table.sort(found, function(one, other) if isNewest then return one > other end return one < other end)
local page = {}
for i = 1, math.min(size, #found) do page[i] = {found[i], rowAndProgress(found[i])} end
return page
`;

/** owner or '*' for everybody's, times as beginnings of ids (the second one exclusive), statuses → number of jobs. */
const total = /* lua */ `
local owner, least, most = unpack(ARGV)
local index, sum = jobsOf(owner), 0
for i = 4, #ARGV do
  sum = sum + call('ZCOUNT', index, place(ARGV[i], timeOf(least)), '(' .. place(ARGV[i], timeOf(most)))
end
return sum
`;

/** ids → the owner of each job that is kept or expired; nothing where it is not known. */
const owners = /* lua */ `
local found = {}
for i, id in ipairs(ARGV) do found[i] = call('HGET', key('job', id), 'owner') or call('HGET', key('owners', 'expired'), id) end
return found
`;

/** owner or '*' for everybody's, objects → of each 'used', 'expired' or 'unknown'; what an earlier version noted is no source. */
const uses = /* lua */ `
local owner, found = ARGV[1], {}
for i = 2, #ARGV do
  local object = ARGV[i]
  local viewers, was = key('viewers', object), call('HGET', key('owners', 'gone'), object) or '*'
  local function isHidden() return call('EXISTS', viewers) == 1 and call('HEXISTS', viewers, '*') + call('HEXISTS', viewers, owner) == 0 end
  if call('HEXISTS', key('uses'), object) == 1 then found[i - 1] = owner ~= '*' and isHidden() and 'unknown' or 'used'
  elseif not call('ZSCORE', key('gone'), object) or (owner ~= '*' and was ~= '*' and was ~= owner) then found[i - 1] = 'unknown'
  else found[i - 1] = 'expired' end
end
return found
`;

/** limit → for each model its name and the rows of its waiting jobs, the next one first. */
const waiting = /* lua */ `
local found = {}
for _, model in ipairs(call('SMEMBERS', key('models'))) do
  local rows = {}
  local function take(ids)
    for _, id in ipairs(ids) do
      if #rows < tonumber(ARGV[1]) and field(id, 'status') == 'QUEUED' then rows[#rows + 1] = row(id) end
    end
  end
  take(call('LRANGE', key('q', model, 'wait'), 0, -1))
  take(call('ZRANGE', key('q', model, 'prioritized'), 0, ARGV[1] - 1))
  take(call('ZRANGE', key('q', model, 'delayed'), 0, ARGV[1] - 1))
  if #rows > 0 then found[#found + 1] = {model, rows} end
end
return found
`;

/** → waiting, running, row of the oldest waiting job. */
const counts = /* lua */ `
local index = key('jobs')
local oldest = first(index, 'QUEUED', 1)[1]
return {count(index, 'QUEUED'), count(index, 'RUNNING'), oldest and row(oldest)}
`;

/** Waiting jobs to pass over, the newest first → how many came behind them, and { id, model, level } of those without an entry. */
const missing = /* lua */ `
local ids = latest('QUEUED', ARGV[1], 500)
local found = {}
for _, id in ipairs(ids) do
  local model = field(id, 'model')
  if call('EXISTS', key('q', model, id)) == 0 then found[#found + 1] = {id, model, field(id, 'level')} end
end
return {#ids, found}
`;

/** Jobs to pass over → how many came behind them, at most 500, and the ids of those whose record is gone. */
const vanished = /* lua */ `
local ids = call('ZRANGE', key('jobs'), ARGV[1], ARGV[1] + 499)
local found = {}
for _, id in ipairs(ids) do
  if call('HEXISTS', key('job', id), 'record') == 0 then found[#found + 1] = id end
end
return {#ids, found}
`;

/** → the greatest id of a job that is kept. */
const lastId = /* lua */ `
local last
for status in pairs(STATUSES) do
  local id = latest(status, 0, 1)[1]
  if id and (not last or id > last) then last = id end
end
return last
`;

export const QUERIES = {
  look,
  positions,
  list,
  total,
  owners,
  uses,
  waiting,
  counts,
  missing,
  vanished,
  lastId,
} as const;
