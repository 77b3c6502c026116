// Package parquet reads the plain kind of Parquet file that surveys live in:
// flat columns of numbers, codes and texts, in dictionary or plain pages, stored
// as they are or packed with Snappy or Zstandard.
//
// A file comes in as an io.ReaderAt; a [File] goes out, an estimate.Source that
// decodes pages on all processors, a block of rows at a time. A 0/1 item is taken
// from its dictionary page to a bit a row without ever being a number, which is
// where the time of large tables goes. It leaves out everything else that the format
// allows: nested columns, dates and decimals, delta encodings, encryption.
// [File.Reads] says from the footer alone what it reads; package duck has
// DuckDB read the rest. Files are hostile until decoded: sizes and counts are
// checked before memory is taken, and what does not fit is an error that names
// the column and the row group.
//
// Format: Apache Parquet, parquet-format 2.10 (2023), files Encodings.md and
// parquet.thrift.
package parquet
