"""Which folders are packages; everything else about the distribution is in pyproject.toml.

A data set's pages lie in a folder of its name beside its cases. Those of ``seeds`` lie at the top of the
repository; in a wheel they are a folder beside the cases too.
"""

from setuptools import find_namespace_packages, setup

NAMES = ("api", "evals", "ingest", "rag")

setup(
    packages=[
        *find_namespace_packages(
            include=[*NAMES, *(f"{name}.*" for name in NAMES)], exclude=["*.__pycache__"]
        ),
        "evals.datasets.seeds",
    ],
    package_dir={"evals.datasets.seeds": "seeds"},
)
