-- wrk: every request with a key at random from the file named in KEYS, to the path in TARGET.
local keys = {}
for line in io.lines(os.getenv("KEYS")) do
    keys[#keys + 1] = "Bearer " .. line
end
math.randomseed(os.time())

function request()
    local header = { Authorization = keys[math.random(#keys)] }
    return wrk.format("GET", os.getenv("TARGET"), header)
end
