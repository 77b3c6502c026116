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
	r, err := s.reduction(ctx, src, spec, req)
	if err != nil {
		return nil, nil, err
	}
	estimates, err := r.estimates(req)
	if err != nil {
		return nil, nil, err
	}
	return estimates, s.Warnings, s.ratioDeffs(ctx, src, req, estimates)
}

// reduction sums the items by cell: at the source where it offers to, else by
// scanning it.
func (s *Sample) reduction(ctx context.Context, src Source, spec design.Spec, req Request) (*reduction, error) {
	breakdowns := req.breakdowns()
	if r, ok := src.(Reducer); ok && s.reducible(spec) {
		return s.reduceAtSource(ctx, r, spec, breakdowns, req.Items)
	}
	return s.reduce(ctx, src, breakdowns, req.Items)
}
