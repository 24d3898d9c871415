"""Where cells come from: Eurostat's interface, a local store, the embedded snapshot."""
