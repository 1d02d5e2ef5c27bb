"""What happened: cases and events on record, fits to them, forecasts scored against them."""
