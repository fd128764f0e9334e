-- What Lua is tried with when it has just been built: check.lua FILE writes its answers there.
local out = assert(io.open(arg[1], "w"))
local function say(format, ...) out:write(string.format(format, ...), "\n") end
say("%d %s %.17g", 7 // 2, 7 / 2, 2 ^ 0.5)
say("%x %d", math.maxinteger, math.mininteger)
say("%s", table.concat({ 3, 1, 2 }, ","))
local words = {}
for word in ("the quick brown fox"):gmatch("%a+") do words[#words + 1] = word:upper() end
table.sort(words, function(a, b) return #a < #b or (#a == #b and a < b) end)
say("%s", table.concat(words, " "))
say("%s", ("key=value"):gsub("(%w+)=(%w+)", "%2=%1"))
local function numbers(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i * i) end end) end
local sum = 0
for square in numbers(10) do sum = sum + square end
say("%d", sum)
local ok, message = pcall(error, { code = 42 })
say("%s %d", ok, message.code)
local point = setmetatable({}, { __add = function(_, n) return n + 1 end, __index = function(_, key) return key .. "!" end })
say("%d %s", point + 41, point.key)
say("%s", utf8.char(228, 8364))
goto done
say("not reached")
::done::
say("%q", "a\nb")
out:close()
