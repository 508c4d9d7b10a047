import numpy as np

steps = np.array([1, 2, 3, 4, 5])
print("numpy", np.__version__, "says the sum of", steps, "is", steps.sum())
