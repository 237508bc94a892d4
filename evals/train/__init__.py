"""Training of the reader and its confidence: training data in, `rag/models/` out.

The commands, in the order of the recipe in the model card; each prints its options with ``--help``:

- ``python -m evals.train``: fine-tune on labels, on a teacher's soft labels, or by feature distillation;
- ``python -m evals.train.prune``: remove attention heads and feed-forward neurons;
- ``python -m evals.train.weight_averaging``: average the weights of several models;
- ``python -m evals.train.export``: the int8 graph that ships;
- ``python -m evals.train.dequantize``: weights of the int8 graph, to train on from;
- ``python -m evals.train.evaluate_reader``: the reader alone on the open sets;
- ``python -m evals.train.calibrate``: fit the confidence;
- ``python -m evals.train.evidence``: groups and training of an evidence reader, which no service uses yet.

They use the packages ``data`` (questions to examples), ``synthetic`` (pages that are made up), ``model``
(batches, losses, the training loop, predictions), ``pruning`` and ``calibration``.
"""
