-- Tables of every shape that the echo has to order, bound and finish.
few = {3, 1, x = {y = {z = {w = 1}}}, b = true, ["a b"] = 2, [-1] = "minus", [2.5] = "between", [true] = "yes"}
few.self = few
many = {}
for i = 1, 30 do many[i] = i end
mixed = {}
for i = 40, 1, -1 do mixed["key" .. i] = i end
for i = 5, 1, -1 do mixed[i * 10] = i end
numbers = {[1 << 62] = 1, [(1 << 62) + 1] = 2, [-1 / 0] = 3, [1 / 0] = 4, [0.5] = 5}
texts = {["b\0b"] = 1, b = 2, ["b\0a"] = 3, ["é"] = 4, ["line\nend"] = 5, [""] = 6}
a, b = {}, {}
a.b, b.a = b, a
large = {}
for i = 1, 200000 do large["k" .. i] = i end
functions = {f = print, t = frame{a = {1, 2}}}
