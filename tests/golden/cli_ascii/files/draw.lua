df = frame{{"name", {"a", "b"}}, {"x", {1, 2}}}
print(df)
