"""`genrescope tag --ray`: a catalogue of any size on any number of machines, by Ray Data, into Parquet."""
