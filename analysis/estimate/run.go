package estimate

import (
	"context"

	"barometer/weighting/design"
)

// Warning is something the reader of an estimate should know.
type Warning string

// Run estimates everything asked for from two scans of the data: one for the
// design and the domains, one for the items.
//
// Estimates come item by item in the order of the request, for each item
// breakdown by breakdown, for each breakdown its domains in the order of their
// levels. Errors are *DataError, *DesignError and *variance.LonelyError.
func Run(ctx context.Context, src Source, spec design.Spec, req Request) ([]Estimate, []Warning, error) {
	if err := req.check(); err != nil {
		return nil, nil, err
	}
	s, err := Resolve(ctx, src, spec)
	if err != nil {
		return nil, nil, err
	}
	r, err := s.reduce(ctx, src, req)
	if err != nil {
		return nil, nil, err
	}
	estimates, err := r.estimates(req)
	return estimates, s.Warnings, err
}
