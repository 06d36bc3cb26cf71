"""Programs of others: adapters that stand on the same services as the native API."""
