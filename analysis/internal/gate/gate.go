// Package gate holds the key that makes a table.Table. Go lets only packages
// under analysis import it, and the import test only package disclosure: so no
// chart, report, exporter or page can make a table from an unsuppressed estimate.
package gate

// Passed is held by a caller that has applied the disclosure policy.
type Passed struct{}
