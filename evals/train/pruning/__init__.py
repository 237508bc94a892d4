"""Structured pruning of attention heads and feed-forward neurons by the optimal brain surgeon.

Heads and neurons are removed one by one: in each layer the one whose loss the others can make up for best,
their weights being changed to do so (Hassibi and Stork 1993, "Second order derivatives for network pruning:
optimal brain surgeon"; whole heads and neurons: Kurtic et al. 2022, arXiv:2203.07259). The loss's curvature
is approximated by a Kronecker product of the second moments of a layer's inputs and of the gradients at its
outputs (van der Ouderaa et al. 2024, arXiv:2312.17244); the loss is the cross entropy of the model's own
answers, so that no labels are needed. The loss increase is comparable between layers, and so a dynamic
program chooses what each layer keeps for the least loss in a given share of the time (Kurtic et al. 2023,
arXiv:2302.04089).

What is removed becomes 0, and the model keeps its shape: training goes on from it (a weight that is 0 with
its inputs has no gradient, and stays 0), and export leaves it out of the graph
(``rag.adapters.onnx.graph_optimization``).
"""
