-- coroutine.wrap on top of the tracked coroutine.resume, so that Ctrl-C reaches every coroutine.
local create, resume, close, status = coroutine.create, coroutine.resume, coroutine.close, coroutine.status

local function finish(co, ok, ...)
  if ok then
    return ...
  end
  if status(co) ~= "dead" then
    close(co)
  end
  error((...), 0)
end

function coroutine.wrap(f) -- luacheck: ignore 122
  local co = create(f)
  return function(...)
    return finish(co, resume(co, ...))
  end
end
