"""The networks, checkpoint to generator, the demo portraits and their training."""
