-- wrk: every request with a key at random from the file named in KEYS, to the path in TARGET.
-- The requests are written out before the clock starts, so that the client costs as little as it
-- can, and the same whatever it asks for. DISTINCT asks for at least so many different texts: a
-- client that sends few would find them all in its processor's cache.
local scheme = os.getenv("SCHEME") or "Bearer"
local distinct = tonumber(os.getenv("DISTINCT") or 0)
local requests = {}

function init()
    local keys = {}
    for line in io.lines(os.getenv("KEYS")) do
        keys[#keys + 1] = line
    end
    for number = 1, math.max(#keys, distinct) do
        local header = { Authorization = scheme .. " " .. keys[(number - 1) % #keys + 1] }
        if distinct > 0 then
            header["Number"] = string.format("%07d", number)
        end
        requests[number] = wrk.format("GET", os.getenv("TARGET"), header)
    end
    math.randomseed(os.time())
end

function request()
    return requests[math.random(#requests)]
end
