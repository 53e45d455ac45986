"""成果数据: the tables and layers of a release in the formats people work with."""
