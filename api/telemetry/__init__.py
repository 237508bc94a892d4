"""What is seen of the service from outside: metrics, traces and the state of its parts."""
