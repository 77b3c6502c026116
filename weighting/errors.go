package weighting

import (
	"errors"
	"fmt"
	"strings"
)

// Code is the stable name of a kind of failure, for programs that must tell
// them apart.
type Code string

const (
	BadCase               Code = "bad_case"               // a step asks for something that does not exist
	BadData               Code = "bad_data"               // a column is not there, or holds text where a number belongs
	MissingDesignValue    Code = "missing_design_value"   // a unit lacks a value that its weight depends on
	InvalidWeights        Code = "invalid_weights"        // a weight is negative, not finite, or all are zero
	CellEmpty             Code = "cell_empty"             // nobody in the sample can carry the weight of a class or level
	MarginsInconsistent   Code = "margins_inconsistent"   // totals contradict each other or leave out a level of the sample
	CalibrationInfeasible Code = "calibration_infeasible" // no weights within the bounds meet the totals
)

// Error is a step that could not be done. Message names the class, margin,
// constraint or row, and what to do.
type Error struct {
	Code    Code
	Step    string // kind of the step, "rake"
	Message string

	Unmet []ConstraintReport // of CalibrationInfeasible: the totals missed, worst first
}

func (e *Error) Error() string {
	if e.Step == "" {
		return e.Message
	}
	return e.Step + ": " + e.Message
}

// CodeOf returns the code of a failed step, "" for any other error.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func failf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// inStep adds the kind of the step to an error that does not carry one.
func inStep(kind string, err error) error {
	var e *Error
	if errors.As(err, &e) && e.Step == "" {
		e.Step = kind
	}
	return err
}

// listFew joins names for a message, cutting a long list short.
func listFew(names []string) string {
	const most = 8
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
