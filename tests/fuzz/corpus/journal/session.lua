-- A journal of assay: what was typed, as Lua. `assay replay FILE --check` runs it and compares.
--@ journal assay=0.2.0 began=2026-11-22T05:13:21Z
--@ in folder="/shop"
--@ machine seed=1 threads=2 isa=avx512 libm=2.36-fma blas=none
n = 0
--= 1 done at=2026-11-22T05:13:21Z wall=0.000199
--= 1 sets n number value=0
function count() n = n + 1 return n end
--= 2 done at=2026-11-22T05:13:21Z wall=1.73e-05
--= 2 sets count function
a = count()
--= 3 done at=2026-11-22T05:13:21Z wall=1.31e-05
--= 3 sets a number value=1
--= 3 sets n number value=1
b = a * 2
--= 4 done at=2026-11-22T05:13:21Z wall=1.28e-05
--= 4 sets b number value=2
u = {x = 1}
--= 5 done at=2026-11-22T05:13:21Z wall=1.2e-05
--= 5 sets u table digest=43f0b0f44b8ae6313e70af77793ff643
v = u
--= 6 done at=2026-11-22T05:13:21Z wall=1.45e-05
--= 6 sets v table digest=43f0b0f44b8ae6313e70af77793ff643
v.y = b
--= 7 done at=2026-11-22T05:13:21Z wall=1.23e-05
--= 7 sets u table digest=c8fb7fcafd8d924da04893104ce7e7ff
--= 7 sets v table digest=c8fb7fcafd8d924da04893104ce7e7ff
f = io.open("made.csv", "w")
--= 8 done at=2026-11-22T05:13:21Z wall=2.59e-05
--= 8 sets f userdata
f:write("k,v\n1,2\n") f:close()
--= 9 done at=2026-11-22T05:13:21Z wall=9.45e-05
df = read "made.csv"
--= 10 done at=2026-11-22T05:13:21Z wall=0.00371
--= 10 read made.csv bytes=8 digest=bcf83ba2948c6ffbf423a14813a5a3cc
--= 10 sets df frame rows=1 columns=2 digest=34662235b01753617a08086310f2f4b5
--= 10 . k int64 value=1 digest=bb61e240c0c537bb14468282955fb1e1
--= 10 . v int64 value=2 digest=32a4a828e056286d018f091f22bea7ff
other = read "iris.csv"
--= 11 done at=2026-11-22T05:13:21Z wall=0.0025
--= 11 read iris.csv bytes=3858 digest=f8be50cbdf63a6241cccb353f3fd13c0
--= 11 sets other frame rows=150 columns=5 digest=e7f68d671f28e1beca6004092505d83d
--= 11 . sepal_length float64 n=150 missing=0 sum=876.5000000000002 squares=5223.849999999998 min=4.3 max=7.9 digest=51fe1b7c033b9f9a058aaff2cf2e0550
--= 11 . sepal_width float64 n=150 missing=0 sum=458.60000000000014 squares=1430.399999999999 min=2 max=4.4 digest=97bcbb46743a09f7b7e8f53f26c181f5
--= 11 . petal_length float64 n=150 missing=0 sum=563.7000000000004 squares=2582.7100000000005 min=1 max=6.9 digest=88a6d1b85aa243de75ae3b2e43d9f7e4
--= 11 . petal_width float64 n=150 missing=0 sum=179.90000000000012 squares=302.3300000000001 min=0.1 max=2.5 digest=ba5166d4cf608e38ca1a382000e64d55
--= 11 . species category n=150 missing=0 digest=67a760bee08b215d1824bcca6ac89b8c
other:head(2)
--= 12 done at=2026-11-22T05:13:21Z wall=7.23e-05
--= 12 uses other frame rows=150 columns=5 digest=e7f68d671f28e1beca6004092505d83d
--= 12 shows "" frame rows=2 columns=5 digest=c306dd64e1564325842d55f15b817f1b
--= 12 . sepal_length float64 n=2 missing=0 sum=10 squares=50.02 min=4.9 max=5.1 digest=ae9a1187a537500692b481d096d3b3f8
--= 12 . sepal_width float64 n=2 missing=0 sum=6.5 squares=21.25 min=3 max=3.5 digest=f5c01125383f5cb69060a3147d5ec35d
--= 12 . petal_length float64 n=2 missing=0 sum=2.8 squares=3.9199999999999995 min=1.4 max=1.4 digest=dbceb3c42faa55e2785cb8496db91e34
--= 12 . petal_width float64 n=2 missing=0 sum=0.4 squares=0.08000000000000002 min=0.2 max=0.2 digest=984ac711ed553b11c50cc59bd4d449c3
--= 12 . species category n=2 missing=0 digest=90f74e4a50b5be450cbd423e807ff739
c = _:head(1)
--= 13 done at=2026-11-22T05:13:21Z wall=1.94e-05
--= 13 uses "" frame rows=2 columns=5 digest=c306dd64e1564325842d55f15b817f1b
--= 13 sets c frame rows=1 columns=5 digest=13efcaf8b51caac61f36249f67327289
--= 13 . sepal_length float64 value=5.1 digest=41f7597f96212237e8fa71814827aaa1
--= 13 . sepal_width float64 value=3.5 digest=1df7ca55f8bc13a9b657340ca8587a2a
--= 13 . petal_length float64 value=1.4 digest=6871ae71b4c77615055b28c997e36070
--= 13 . petal_width float64 value=0.2 digest=1987aa314671900fa2d838a2929064ce
--= 13 . species category value=setosa digest=c9b09e486a6747c96cc98ddeab9e9735
seg = df:mutate{"w = v * $p", p = a}
--= 14 done at=2026-11-22T05:13:21Z wall=6.01e-05
--= 14 uses df frame rows=1 columns=2 digest=34662235b01753617a08086310f2f4b5
--= 14 sets seg frame rows=1 columns=3 digest=1461596673eebc1f2b98d3e54c4ad2b2
--! y = 5 error("x")
--= 15 failed lua-error at=2026-11-22T05:13:21Z wall=2.24e-05
--= 15 sets y number value=5
z = y + 1
--= 16 done at=2026-11-22T05:13:21Z wall=1.76e-05
--= 16 sets z number value=6
--@ ended at=2026-11-22T05:13:21Z
