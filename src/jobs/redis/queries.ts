// The scripts that only read. The keys are listed at the head of scripts.ts, which defines the functions they use.

/** time, models → model, id and row of the job to start next; nothing if none may start. */
const heads = /* lua */ `
local now = tonumber(ARGV[1])
if call('SISMEMBER', key('paused'), '*') == 1 then return nil end
local function levelOf(id) return tonumber(field(id, 'level')) or 0 end
local function candidate(model)
  local function q(name) return key('q', model, name) end
  if call('SISMEMBER', key('paused'), ':' .. model) == 1 or call('HEXISTS', q('meta'), 'paused') == 1 then return nil end
  local stalled = call('LINDEX', q('wait'), -1)
  if stalled then return stalled end
  local first = call('ZRANGE', q('prioritized'), 0, 0)[1]
  local due = call('ZRANGEBYSCORE', q('delayed'), '-inf', number((now + 1) * 4096 - 1), 'LIMIT', 0, 1)[1]
  if due and (not first or levelOf(due) <= levelOf(first)) then return due end
  return first
end
local best
for i = 2, #ARGV do
  local id = candidate(ARGV[i])
  if id then
    local served = tonumber(call('ZSCORE', key('served'), field(id, 'owner')) or 0)
    local one = {model = ARGV[i], id = id, level = levelOf(id), served = served}
    if not best or one.level < best.level or (one.level == best.level and (one.served < best.served
      or (one.served == best.served and one.id < best.id))) then best = one end
  end
end
return best and {best.model, best.id, row(best.id)}
`;

/** ids → for each its row and the JSON of its progress, 'expired' or 'unknown'. */
const look = /* lua */ `
local found = {}
for i, id in ipairs(ARGV) do
  local one = row(id)
  if one and one[4] == 'RUNNING' then
    local head = string.match(call('GETRANGE', key('progress', id), 0, 15), '^R%d+\\n')
    one[7] = head and call('GETRANGE', key('progress', id), #head, #head + tonumber(string.sub(head, 2, -2)) - 1)
  end
  found[i] = one or (call('ZSCORE', key('expired'), id) and 'expired' or 'unknown')
end
return found
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
local oldest = call('ZRANGE', key('status', 'QUEUED'), 0, 0)[1]
return {call('ZCARD', key('status', 'QUEUED')), call('ZCARD', key('status', 'RUNNING')), oldest and row(oldest)}
`;

/** id of a waiting job, or '-' → the last id of the page behind it or '', and { id, model, level } of those without an entry. */
const missing = /* lua */ `
local ids = call('ZRANGEBYLEX', key('status', 'QUEUED'), ARGV[1], '+', 'LIMIT', 0, 500)
local found = {}
for _, id in ipairs(ids) do
  local model = field(id, 'model')
  if call('EXISTS', key('q', model, id)) == 0 then found[#found + 1] = {id, model, field(id, 'level')} end
end
return {ids[500] or '', found}
`;

export const QUERIES = { heads, look, owners, uses, waiting, counts, missing } as const;
