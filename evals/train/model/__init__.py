"""The span model in training: batches, losses, the training loop, distillation, predictions."""
