"""The reseller orders of AdventureWorksDW: what people decided is asked for, from quote to cash."""
