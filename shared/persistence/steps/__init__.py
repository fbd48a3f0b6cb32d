"""Steps of the tables that every service has. Each service's own history takes them in."""
