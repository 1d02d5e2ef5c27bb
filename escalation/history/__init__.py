"""What happened: cases and events on record, fits to them, forecasts held against them."""
