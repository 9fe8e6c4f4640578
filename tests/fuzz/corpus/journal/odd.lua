--@ journal assay=1 began=x
--! f(
--= 1 failed a at=b
x = [==[
--= 2 done
]==]
--= 2 done at=c
--= 2 sets "x y" text bytes=3 digest=00000000000000000000000000000001
--= 2 . "a\"b" float64 n=1 sum=NaN min=-Inf max=1e400
--= 2 . q int64 value="1 2"
--@ undone step=2
y = x --= 3 done
--= 99999999999999999999 done
