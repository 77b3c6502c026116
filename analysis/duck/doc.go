// Package duck reads and writes columns of microdata through DuckDB.
//
// It is the only package that knows the database driver. CSV and Parquet files
// come in, as whole columns ([ReadData], [ReadWave]) or as a source that is
// scanned chunk by chunk ([OpenParquet]); Parquet files go out ([WriteData],
// [WriteWave]), byte for byte the same for the same data. Plain Parquet files are
// scanned by package parquet, with DuckDB for all that it does not read; values
// pass in column chunks, never row by row. It leaves out
// all statistics: package estimate computes them from the chunks. [GroupBy]
// does the same reduction in SQL, as a second opinion and as the form in which
// it could be pushed to a remote engine.
package duck
