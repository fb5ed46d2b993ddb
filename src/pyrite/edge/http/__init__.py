"""What every address shares: limits, origins, files, problems."""
