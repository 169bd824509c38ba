DROP TABLE unheard_statements;
DROP TABLE statements;
