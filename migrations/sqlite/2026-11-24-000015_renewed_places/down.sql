DROP TABLE renewed_places;
