"""The shared ground: what sound looks like to the network, and the network itself."""
