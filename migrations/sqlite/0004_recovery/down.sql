DROP TABLE recovery_kits;
DROP TABLE recovery_requests;
DROP TABLE recoveries;
DROP TABLE recovery_keys;
